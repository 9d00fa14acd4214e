import type { UnitTable } from "#linkage";
import { readStudyText, type Study } from "#protocol";
import { RandomStream } from "#stats";
import { numberColumn, schoolsOf, textColumn } from "./panel.ts";

/** A protocol over invented schools; `{{is}}` and the like are filled by `studyOf`. */
const STUDY = `assay: 1
study: { title: Invented schools, question: Did marks change?, seed: 7{{study}} }
sources:
  panel:
    file: panel.csv
    columns:
      school: { type: text, identifies: school }
      year: { type: academicYear, written: start }
      programme: { type: truth }
      urban: { type: truth, measured: row year }
      district: { type: text }
      x: { type: number, unit: points, measured: row year }
      pupils: { type: whole, unit: pupils, measured: row year }
      mark: { type: number, unit: points, measured: row year }
      old_mark: { type: number, unit: points, measured: 2012/13 }
      older_mark: { type: number, unit: points, measured: 2011/12 }
units:
  schools: { is: {{is}}, from: panel, identity: school, year: year }
design:
  comparisons:
    main:
      unit: schools
      treated: programme = yes
      baselineYear: 2015/16
{{comparison}}
      match:
        covariates: [{{covariates}}]
        missing: {{missing}}
        draws: 2
        specifications:
          pairs: { neighbours: 1, replacement: no, caliper: none, order: largest, commonSupport: none }
          again: { neighbours: 2, replacement: yes, caliper: none, commonSupport: none }
          tight: { neighbours: 1, caliper: 0.0000001 logit }
          everyone: { method: none }
        choose: { use: {{use}} }
outcomes:
  mark: { unit: schools, column: mark, label: Mark, measure: points, better: higher, priority: primary }
  second: { unit: schools, column: mark, label: Second, measure: points, better: higher, priority: secondary }
  old: { unit: schools, history: { 2012/13: old_mark, 2011/12: older_mark }, label: Old mark, measure: points, better: higher, priority: other }
analyses:
  change: { comparison: main, outcomes: [{{outcomes}}], horizons: [2016/17, 2017/18], clusters: {{clusters}}, bootstrapDraws: 199{{analysis}} }
{{sensitivity}}`;

export interface Parts {
  readonly is?: string;
  readonly study?: string;
  readonly comparison?: string;
  readonly covariates?: string;
  readonly missing?: string;
  readonly use?: string;
  readonly outcomes?: string;
  readonly clusters?: string;
  /** As in `, contrast: change`. */
  readonly analysis?: string;
  readonly sensitivity?: readonly string[];
}

export function studyOf(parts: Parts = {}): Study {
  const { is = "school", missing = "completeCase", use = "pairs", outcomes = "mark", analysis = "" } = parts;
  const sensitivity = parts.sensitivity ?? [];
  const text = STUDY.replace("{{is}}", is)
    .replace("{{study}}", parts.study ?? "")
    .replace("{{missing}}", missing)
    .replace("{{use}}", use)
    .replace("{{outcomes}}", outcomes)
    .replace("{{covariates}}", parts.covariates ?? "x")
    .replace("{{clusters}}", parts.clusters ?? "district")
    .replace("{{analysis}}", analysis)
    .replace("{{comparison}}\n", parts.comparison === undefined ? "" : `      ${parts.comparison}\n`)
    .replace(
      "{{sensitivity}}",
      sensitivity.length === 0 ? "" : `sensitivity:\n${sensitivity.map((line) => `  ${line}\n`).join("")}`,
    );
  return readStudyText(text, "study.yaml");
}

/** One row of the panel; what is left out has no value. */
export interface Row {
  readonly school: string;
  readonly year: number;
  readonly programme: boolean;
  readonly district?: string | undefined;
  readonly urban?: boolean | undefined;
  readonly x?: number | undefined;
  readonly pupils?: number | undefined;
  readonly mark?: number | undefined;
  readonly old?: number | undefined;
  readonly older?: number | undefined;
}

export function unitOf(study: Study, rows: readonly Row[]): UnitTable {
  return schoolsOf(study, rows.length, {
    school: textColumn(rows, (row) => row.school),
    year: numberColumn(rows, "academicYear", (row) => row.year),
    programme: numberColumn(rows, "truth", (row) => row.programme),
    urban: numberColumn(rows, "truth", (row) => row.urban),
    district: textColumn(rows, (row) => row.district),
    x: numberColumn(rows, "number", (row) => row.x),
    pupils: numberColumn(rows, "number", (row) => row.pupils),
    mark: numberColumn(rows, "number", (row) => row.mark),
    old_mark: numberColumn(rows, "number", (row) => row.old),
    older_mark: numberColumn(rows, "number", (row) => row.older),
  });
}

/**
 * Invented schools over 2014 to 2017, four a district, the first `treated` districts with the programme; their marks rise
 * by `effect` after 2015.
 */
export function invented({
  seed = 1,
  districts = 40,
  treated = 10,
  effect = 2,
  size = 4,
}: {
  seed?: number;
  districts?: number;
  treated?: number;
  effect?: number;
  size?: number;
} = {}): readonly Row[] {
  const random = new RandomStream(seed, "invented schools");
  return Array.from({ length: size * districts }, (_, i) => {
    const district = Math.floor(i / size);
    const programme = district < treated;
    const x = random.normal() + (programme ? 0.3 : 0);
    const level = x + random.normal();
    const school = `S${String(i).padStart(3, "0")}`;
    const own = {
      school,
      programme,
      district: `D${String(district).padStart(2, "0")}`,
      urban: i % 2 === 0,
      x,
      pupils: 100 + (i % 7) * 10,
    };
    const [old, older] = [level + 0.5 * random.normal(), level + 0.5 * random.normal()];
    return [2014, 2015, 2016, 2017].map((year) => ({
      ...own,
      year,
      old,
      older,
      mark: level + 0.5 * random.normal() + (programme && year > 2015 ? effect : 0),
    }));
  }).flat();
}
