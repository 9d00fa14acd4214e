import { buildUnit, type UnitTable } from "#linkage";
import { type ComparisonDeclaration, type OutcomeRule, readStudyText, type Study } from "#protocol";
import type { TidyTable } from "#sources";
import type { Column } from "#table";
import { numberColumn, textColumn } from "#testing";

/** A protocol over invented teachers who start in different years, and what becomes of them. */
const STUDY = `assay: 1
study: { title: Invented teachers, question: Did they stay?, seed: 7 }
sources:
  census:
    file: census.csv
    columns:
      person: { type: text, identifies: person }
      year: { type: academicYear, written: start }
      school: { type: text, measured: row year }
      authority: { type: text, measured: row year }
      role: { type: category, levels: [classroom, middle, senior], reference: classroom, measured: row year }
      challenging: { type: truth, measured: row year }
      recruited: { type: date }
      near: { type: truth, measured: row year }
      x: { type: number, unit: points, measured: row year }
units:
  teachers: { is: teacher, from: census, identity: person, year: year, member: { school: school, authority: authority } }
design:
  comparisons:
    main:
      unit: teachers
      treated: recruited is not missing
      baselineYear: { rule: firstRecruitment, from: recruited }
{{comparison}}
      match: { covariates: [x], exact: [baseline_year], missing: completeCase }
outcomes:
  retained:
    unit: teachers
    rule: retention
    within: [profession, school, localAuthority, challengingSchool]
    columns: { challengingSchool: challenging }
    horizons: [1 year, 2 years]
    measure: percentage points
    better: higher
    priority: { profession: primary, others: secondary }
  progressed:
    unit: teachers
    rule: progression
    within: [profession, school, challengingSchool]
    columns: { challengingSchool: challenging }
    role: role
    ladder: [classroom, middle, senior]
{{progressed}}
    horizons: [1 year]
    measure: percentage points
    better: higher
    priority: { others: secondary }
analyses:
  main: { comparison: main, outcomes: [retained, progressed], model: logistic }
`;

/** @param parts  Further keys of the comparison, or of the outcome `progressed`, one a line, `key: value`. */
export function teachersStudy(parts: { comparison?: readonly string[]; progressed?: readonly string[] } = {}): Study {
  const lines = (own: readonly string[] | undefined, by: number) =>
    (own ?? []).map((line) => `${" ".repeat(by)}${line}\n`).join("");
  return readStudyText(
    STUDY.replace("{{comparison}}\n", lines(parts.comparison, 6)).replace(
      "{{progressed}}\n",
      lines(parts.progressed, 4),
    ),
    "study.yaml",
  );
}

export const startsOf = (study: Study): ComparisonDeclaration => study.comparisons.get("main")!;

/** The rule of one part of a workforce outcome: `retained.school`. */
export const ruleOf = (study: Study, outcome: string): OutcomeRule => study.outcomes.get(outcome)!.rule!;

/** One record of a census; what is left out has no value. */
export interface TeacherRow {
  readonly person: string;
  readonly year: number;
  readonly school?: string | undefined;
  readonly authority?: string | undefined;
  readonly role?: string | undefined;
  readonly challenging?: boolean | undefined;
  /** Days since 1970. */
  readonly recruited?: number | undefined;
  readonly near?: boolean | undefined;
  readonly x?: number | undefined;
}

/** @param more  Columns beside those of the rows, as filling gaps adds one. */
export function teachersOf(
  study: Study,
  rows: readonly TeacherRow[],
  more: Readonly<Record<string, Column>> = {},
): UnitTable {
  const columns = {
    person: textColumn(rows, (row) => row.person),
    year: numberColumn(rows, "academicYear", (row) => row.year),
    school: textColumn(rows, (row) => row.school),
    authority: textColumn(rows, (row) => row.authority),
    role: textColumn(rows, (row) => row.role, ["classroom", "middle", "senior"]),
    challenging: numberColumn(rows, "truth", (row) => row.challenging),
    recruited: numberColumn(rows, "date", (row) => row.recruited),
    near: numberColumn(rows, "truth", (row) => row.near),
    x: numberColumn(rows, "number", (row) => row.x),
    ...more,
  };
  const table = { id: "census", frame: { rows: rows.length, columns: new Map(Object.entries(columns)) } };
  return buildUnit(study.units.get("teachers")!, new Map([["census", table as unknown as TidyTable]]));
}
