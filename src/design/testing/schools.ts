import { Faults } from "#domain";
import type { UnitTable } from "#linkage";
import { type ComparisonDeclaration, readStudyText, type Study } from "#protocol";
import { RandomStream } from "#stats";
import { numberColumn, schoolsOf, textColumn } from "#testing";

/** A protocol over invented schools; `{{match}}` and the like are filled by `studyOf`. */
const STUDY = `assay: 1
study: { title: Invented schools, question: Did marks change?, seed: 7 }
sources:
  panel:
    file: panel.csv
    columns:
      school: { type: text, identifies: school }
      year: { type: academicYear, written: start }
      programme: { type: truth }
      near: { type: truth }
      district: { type: text }
      x: { type: number, unit: points, measured: row year }
      z: { type: number, unit: points, measured: row year }
      pupils: { type: whole, unit: pupils, measured: row year }
      region: { type: category, levels: [North, South, East], reference: North, measured: row year }
      mark: { type: number, unit: points, measured: row year }
units:
  schools:
    is: school
    from: panel
    identity: school
    year: year
    columns:
      mark_before: (mark at 2013/14 + mark at 2014/15 + mark at 2015/16) / 3
design:
  comparisons:
    main:
      unit: schools
      treated: programme = yes
      baselineYear: 2015/16
{{comparison}}
      match:
{{match}}
outcomes:
  mark: { unit: schools, column: mark, label: Mark, measure: points, better: higher, priority: primary{{outcome}} }
analyses:
  change: { comparison: main, outcomes: [mark], horizons: [2017/18]{{analysis}} }
`;

export interface StudyParts {
  /** Further keys of the comparison, one a line, `key: value`. */
  readonly comparison?: readonly string[];
  readonly match?: readonly string[];
  /** Further keys of outcome and analysis, as in `, key: value`. */
  readonly outcome?: string;
  readonly analysis?: string;
}

export const PLAIN_MATCH = [
  "covariates: [x]",
  "missing: completeCase",
  "specifications: { one: { neighbours: 1, replacement: no, caliper: none, order: largest, commonSupport: none } }",
  "choose: { use: one }",
];

export function studyOf({ comparison = [], match = PLAIN_MATCH, outcome = "", analysis = "" }: StudyParts = {}): Study {
  const indented = (lines: readonly string[], by: number) => lines.map((line) => " ".repeat(by) + line).join("\n");
  const text = STUDY.replace("{{comparison}}\n", comparison.length === 0 ? "" : `${indented(comparison, 6)}\n`)
    .replace("{{match}}", indented(match, 8))
    .replace("{{outcome}}", outcome)
    .replace("{{analysis}}", analysis);
  return readStudyText(text, "study.yaml");
}

export const mainOf = (study: Study): ComparisonDeclaration => study.comparisons.get("main")!;

/** One row of the panel; what is left out has no value. The year is the baseline year unless said. */
export interface Row {
  readonly school: string;
  readonly year?: number;
  readonly programme?: boolean | undefined;
  readonly near?: boolean | undefined;
  readonly district?: string | undefined;
  readonly x?: number | undefined;
  readonly z?: number | undefined;
  readonly pupils?: number | undefined;
  readonly region?: string | undefined;
  readonly mark?: number | undefined;
}

const REGIONS = ["North", "South", "East"];

export function unitOf(study: Study, rows: readonly Row[]): UnitTable {
  return schoolsOf(study, rows.length, {
    school: textColumn(rows, (row) => row.school),
    year: numberColumn(rows, "academicYear", (row) => row.year ?? 2015),
    programme: numberColumn(rows, "truth", (row) => row.programme),
    near: numberColumn(rows, "truth", (row) => row.near),
    district: textColumn(rows, (row) => row.district),
    x: numberColumn(rows, "number", (row) => row.x),
    z: numberColumn(rows, "number", (row) => row.z),
    pupils: numberColumn(rows, "number", (row) => row.pupils),
    region: textColumn(rows, (row) => row.region, REGIONS),
    mark: numberColumn(rows, "number", (row) => row.mark),
  });
}

/**
 * Invented schools over the years 2013 to 2017: four a district, the first `treated` districts with the programme.
 * @param markOf  The mark of a school in a year, from a school's own level and a fresh draw.
 */
export function invented(
  { seed = 1, districts = 40, treated = 10 }: { seed?: number; districts?: number; treated?: number } = {},
  markOf: (of: { year: number; isTreated: boolean; level: number; noise: number }) => number | undefined = ({
    level,
    noise,
  }) => level + noise,
): readonly Row[] {
  const random = new RandomStream(seed, "invented schools");
  return Array.from({ length: 4 * districts }, (_, i) => {
    const district = Math.floor(i / 4);
    const isTreated = district < treated;
    const x = random.normal() + (isTreated ? 0.3 : 0);
    const school = { school: `S${String(i).padStart(3, "0")}`, district: `D${district}`, programme: isTreated, x };
    const z = random.normal();
    const level = x + random.normal();
    const region = REGIONS[random.integer(3)]!;
    return [2013, 2014, 2015, 2016, 2017].map((year) => ({
      ...school,
      z,
      region,
      pupils: 100 + (i % 50),
      year,
      mark: markOf({ year, isTreated, level, noise: 0.5 * random.normal() }),
    }));
  }).flat();
}

/** The faults thrown, as `code: message`. */
export function faultsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (problem) {
    if (problem instanceof Faults) return problem.faults.map((fault) => `${fault.code}: ${fault.message}`);
    throw problem;
  }
  return [];
}
