import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ComparisonSample, designComparison } from "#design";
import { buildUnit, type UnitTable } from "#linkage";
import { type AnalysisDeclaration, readStudy, type Study } from "#protocol";
import type { TidyTable } from "#sources";
import { RandomStream } from "#stats";
import type { Column, NumberColumn } from "#table";
import { ask } from "../estimateAnalysis.ts";
import type { Question } from "../reading.ts";
import { type OpenSample, openSample } from "../sample.ts";
import type { Evidence } from "../sensitivity.ts";

const STUDY = `assay: 1
study: { title: Invented schools, question: Did marks change?, seed: 7 }
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
        covariates: [x]
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
  readonly comparison?: string;
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
    .replace("{{missing}}", missing)
    .replace("{{use}}", use)
    .replace("{{outcomes}}", outcomes)
    .replace("{{clusters}}", parts.clusters ?? "district")
    .replace("{{analysis}}", analysis)
    .replace("{{comparison}}\n", parts.comparison === undefined ? "" : `      ${parts.comparison}\n`)
    .replace(
      "{{sensitivity}}",
      sensitivity.length === 0 ? "" : `sensitivity:\n${sensitivity.map((line) => `  ${line}\n`).join("")}`,
    );
  const folder = mkdtempSync(join(tmpdir(), "assay-estimation-"));
  try {
    writeFileSync(join(folder, "study.yaml"), text);
    return readStudy(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
  const numbers = (type: NumberColumn["type"], of: (row: Row) => number | boolean | undefined): Column => ({
    kind: "number",
    type,
    values: Float64Array.from(rows, (row) => Number(of(row) ?? Number.NaN)),
  });
  const text = (of: (row: Row) => string | undefined): Column => {
    const levels = [...new Set(rows.flatMap((row) => of(row) ?? []))].sort((a, b) => (a < b ? -1 : 1));
    return { kind: "code", type: "text", levels, codes: Int32Array.from(rows, (row) => levels.indexOf(of(row) ?? "")) };
  };
  const columns = new Map<string, Column>([
    ["school", text((row) => row.school)],
    ["year", numbers("academicYear", (row) => row.year)],
    ["programme", numbers("truth", (row) => row.programme)],
    ["urban", numbers("truth", (row) => row.urban)],
    ["district", text((row) => row.district)],
    ["x", numbers("number", (row) => row.x)],
    ["pupils", numbers("number", (row) => row.pupils)],
    ["mark", numbers("number", (row) => row.mark)],
    ["old_mark", numbers("number", (row) => row.old)],
    ["older_mark", numbers("number", (row) => row.older)],
  ]);
  const table = { id: "panel", frame: { rows: rows.length, columns } } as unknown as TidyTable;
  return buildUnit(study.units.get("schools")!, new Map([["panel", table]]));
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

export interface Laid {
  readonly study: Study;
  readonly analysis: AnalysisDeclaration;
  readonly sample: ComparisonSample;
  readonly open: OpenSample;
  readonly question: Question;
  readonly evidence: Evidence;
}

/** The study designed, opened, and its first outcome asked about at the last horizon. */
export function layOpen(rows: readonly Row[], parts: Parts = {}): Laid {
  const study = studyOf(parts);
  const analysis = study.analyses.get("change")!;
  const unit = unitOf(study, rows);
  const sample = designComparison(study, unit, study.comparisons.get("main")!);
  const open = openSample(sample, unit);
  const outcome = study.outcomes.get(analysis.outcomes[0]!)!;
  return {
    study,
    analysis,
    sample,
    open,
    question: ask(study, analysis, open, outcome, analysis.primaryHorizon),
    evidence: {
      study,
      samples: new Map([["main", sample]]),
      units: new Map([["schools", unit]]),
      redesigned: new Map(),
    },
  };
}
