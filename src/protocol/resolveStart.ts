import { type Item, placeAt } from "./item.ts";
import { declaredAt, expressionAt, isDeclared, present, type Reading } from "./reading.ts";
import { sourceScope } from "./resolveSources.ts";
import type { ComparisonText } from "./schema.ts";
import type { StartRule, StudySource } from "./study.ts";
import { UNKNOWN, type UnitModel } from "./unitColumns.ts";
import { NO_BASELINE } from "./validate.ts";

/** The column that says in which year a unit of a comparison with starts of its own was looked at first. */
export const BASELINE_YEAR = "baseline_year";

/** The unit of a comparison whose units start in different years: it knows the year each row was taken in. */
export function withBaselineYear(unit: UnitModel): UnitModel {
  const columns = new Map(unit.columns).set(BASELINE_YEAR, {
    ...UNKNOWN,
    type: { kind: "academicYear" },
    label: "baseline year",
  });
  return { ...unit, columns };
}

/** Years from baseline to time zero: the census after that of the covariates, or the same one under a preset. */
export const lagOf = (start: StartRule | undefined): number | undefined =>
  start === undefined ? undefined : Number(start.rule === "firstCensusInPost");

/**
 * How each unit's own start is found, where `baselineYear` is a rule.
 * @returns undefined where it is a year, or where the rule is at fault, which is said.
 */
export function resolveStart(
  reading: Reading,
  id: string,
  text: ComparisonText,
  item: Item,
  unit: UnitModel,
  sources: ReadonlyMap<string, StudySource>,
): StartRule | undefined {
  const { faults, defaults } = reading;
  const path = `design.comparisons.${id}`;
  const rule = text.baselineYear;
  const zero = text.timeZero;
  if (typeof rule === "number") {
    if (typeof zero === "object" && rule !== NO_BASELINE)
      faults.add(
        "wrong-kind",
        placeAt(item, ["timeZero"]),
        "A rule for time zero needs a rule for the baseline year: here one year is given for all.",
        "Write `timeZero: baseline`, or `baselineYear: { rule: firstRecruitment, from: … }`.",
      );
    return undefined;
  }
  if (unit.declaration.year === undefined) {
    return faults.add(
      "type-mismatch",
      placeAt(item, ["baselineYear"]),
      `Units of ${id} have no years: \`year\` is missing from ${unit.declaration.id}.`,
      "Give the unit its column of years.",
    );
  }
  if (zero === "baseline") {
    return faults.add(
      "wrong-kind",
      placeAt(item, ["timeZero"]),
      "Where the baseline year is found by a rule, time zero is too.",
      "Write `timeZero: { rule: firstCensusInPost }`, or leave it out.",
    );
  }
  if (zero === undefined) defaults.add(`${path}.timeZero`, "firstCensusInPost", "D-13");
  if (rule.rule === "modalRecruitment" && rule.ties === undefined)
    defaults.add(`${path}.baselineYear.ties`, "earliest", "D-13");
  if (rule.comparison === undefined) defaults.add(`${path}.baselineYear.comparison`, "sampleYear", "methods 1.7");
  const from = whence(reading, rule.from, item, unit, sources);
  if (from === undefined) return undefined;
  const where =
    from.source === undefined
      ? undefined
      : expressionAt(
          reading,
          item,
          ["baselineYear", "where"],
          sourceScope(reading, from.source, sources.get(from.source)?.columns ?? [], "truth"),
        );
  if (rule.where !== undefined && where === undefined) {
    if (from.source === undefined)
      faults.add(
        "wrong-kind",
        placeAt(item, ["baselineYear", "where"]),
        `\`where\` chooses rows of a source; ${rule.from} is a column of ${unit.declaration.id}.`,
        "Leave it out, or name `source.column`.",
      );
    return undefined;
  }
  return {
    rule: zero?.rule ?? "firstCensusInPost",
    pick: rule.rule,
    ...from,
    place: placeAt(item, ["baselineYear"]),
    ...present({ where }),
  };
}

/** The dates of recruitment: a column of the unit, or of a source that carries the unit's identity. */
function whence(
  reading: Reading,
  name: string,
  item: Item,
  unit: UnitModel,
  sources: ReadonlyMap<string, StudySource>,
): { readonly column: string; readonly source?: string } | undefined {
  const { faults } = reading;
  const at = ["baselineYear", "from"];
  const [source, column, ...more] = name.split(".");
  if (column === undefined || more.length > 0) {
    const own = unit.columns.get(name);
    if (own === undefined)
      return faults.unknownColumn(unit.declaration.id, name, unit.columns.keys(), placeAt(item, at));
    if (own.type !== undefined && own.type.kind !== "date")
      return faults.add("type-mismatch", placeAt(item, at), `Recruitment needs a column of dates; ${name} is none.`);
    return { column: name };
  }
  if (!isDeclared(reading, "source", source!, ["sources"], item, at)) return undefined;
  const theirs = declaredAt(reading, ["sources", source!, "columns"]);
  if (!theirs.includes(column)) return faults.unknownColumn(source!, column, theirs, placeAt(item, at));
  const declared = sources.get(source!)?.columns.find((own) => own.name === column);
  if (declared !== undefined && declared.type !== "date")
    return faults.add("type-mismatch", placeAt(item, at), `Recruitment needs a column of dates; ${name} is none.`);
  return { source: source!, column };
}
