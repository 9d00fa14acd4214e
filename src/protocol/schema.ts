import * as z from "zod";
import { columnNames, leaveOut, listOf, mapping, named, number, oneOf, text, whole } from "./kinds.ts";
import { study } from "./schemaCard.ts";
import { comparison } from "./schemaDesign.ts";
import { linkage } from "./schemaLinkage.ts";
import { analysisSchema, outcome, sensitivity } from "./schemaQuestions.ts";
import { source } from "./schemaSources.ts";
import { unit } from "./schemaUnits.ts";

/** The whole of a study file, as this edition of the program carries it out. */
export const protocolSchema = mapping(
  "a study",
  {
    assay: whole("which edition of the grammar it follows", 1),
    study,
    simulation: mapping("invented inputs", {
      workforce: mapping("an invented workforce, written into the folder `workforce` of the data", {
        seed: whole("its seed"),
        teachers: whole("teachers in a census, about", 1).optional(),
        schools: whole("schools open in a year, about", 1).optional(),
        programmeSchools: whole("schools of the programme", 1).optional(),
        hiddenSelection: number("log-odds of being chosen by a commitment nobody records").optional(),
        retentionEffect: number("true effect on the log-odds of staying").optional(),
        progressionEffect: number("true effect on the log-odds of moving up").optional(),
        schoolEffect: number("true effect on every teacher of a programme school").optional(),
      }),
    }).optional(),
    sources: named("which files it reads", source),
    linkage: named("how people and schools are followed across sources", linkage).optional(),
    units: named("who or what it counts", unit),
    design: mapping(
      "who is compared with whom",
      { comparisons: named("who is compared with whom", comparison) },
      leaveOut("allocations compliance"),
    ),
    outcomes: named("what is looked at", outcome),
    analyses: named("which questions are put", analysisSchema),
    sensitivity: named("the analyses with one thing changed", sensitivity).optional(),
    disclosure: mapping(
      "disclosure",
      {
        ruleSet: text("which rules hold").optional(),
        minimum: whole("the smallest count printed").optional(),
        namesAllowed: columnNames("columns whose values may be named").optional(),
      },
      leaveOut("secondary round against release"),
    ).optional(),
    report: mapping(
      "the report",
      {
        skeleton: oneOf("its shape", ["eef", "programme", "brief"]).optional(),
        formats: listOf("how it is written", oneOf("a format", ["html"], ["docx", "pdf"])).optional(),
        language: oneOf("its language", ["en"], ["cy"]).optional(),
      },
      leaveOut("template prose tables charts leaveOut stars decimals recommendations glossary"),
    ).optional(),
  },
  {
    ...leaveOut("include", "Leave it out, and write the entries into this file."),
    ...leaveOut("security", "Leave it out: no rating of strength is printed."),
    ...leaveOut("theoryOfChange surveys fieldwork cost"),
  },
);

export type ProtocolText = z.output<typeof protocolSchema>;
export type SourceText = NonNullable<ProtocolText["sources"]>[string];
export type LinkageText = NonNullable<ProtocolText["linkage"]>[string];
export type UnitText = ProtocolText["units"][string];
export type ComparisonText = ProtocolText["design"]["comparisons"][string];
export type MatchText = NonNullable<ComparisonText["match"]>;
export type SpecificationText = NonNullable<MatchText["specifications"]>[string];
export type OutcomeText = ProtocolText["outcomes"][string];
export type AnalysisText = ProtocolText["analyses"][string];
export type SensitivityText = NonNullable<ProtocolText["sensitivity"]>[string];
export type CovariateText = MatchText["covariates"][number];

/**
 * The schema of `study.yaml` as JSON Schema, for editors. An entry that starts from a sibling (`like`) or a described
 * file (`use`) may leave its required keys to it.
 */
export function studySchema(): Record<string, unknown> {
  return relaxed(z.toJSONSchema(protocolSchema, { io: "input" })) as Record<string, unknown>;
}

function relaxed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(relaxed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, relaxed(value)]));
  const properties = (copy.properties ?? {}) as Record<string, unknown>;
  const borrowed = ["like", "use"].filter((key) => key in properties && "required" in copy);
  if (borrowed.length === 0) return copy;
  const { required, ...rest } = copy;
  return { ...rest, anyOf: [{ required }, ...borrowed.map((key) => ({ required: [key] }))] };
}
