// All teacher-level tables of a national workforce evaluation, from Parquet on disk to the report: the study is read, every
// cell checked, a score fitted, ten neighbours found for each of 316 teachers among 435,828, and sixteen outcomes of yes and
// no modelled with errors by school. Goal: 4 s and 1,200 MB.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { levelsOf, NAMES, writePool } from "./tools/nationalPool.mjs";
import { record } from "./tools/record.mjs";
import { runAssay } from "./tools/runAssay.mjs";

const MODELS = 16;
const models = Array.from({ length: MODELS }, (_, i) => i + 1);
const quoted = (names) => names.map((name) => `"${name}"`).join(", ");

const STUDY = `assay: 1
study: { title: National tables, question: Did teachers stay?, seed: 7 }
sources:
  teachers:
    file: teachers.parquet
    format: parquet
    columns:
      teacher: { type: text, identifies: person }
      school: { type: text }
      programme: { type: truth }
${NAMES.map((name) => `      ${name}: { type: category, levels: [${quoted(levelsOf(name))}], reference: "${levelsOf(name)[0]}", measured: 2016/17 }`).join("\n")}
${models.map((model) => `      kept_${model}: { type: truth, measured: 2018/19 }`).join("\n")}
units:
  teachers: { is: teacher, from: teachers, identity: teacher }
design:
  comparisons:
    main:
      unit: teachers
      treated: programme = yes
      baselineYear: 2017/18
      assignedBy: school
      assignedOver: schools volunteered
      match:
        covariates: [${NAMES.join(", ")}]
        missing: completeCase
        exact: [entry]
        specifications:
          ten: { neighbours: 10, replacement: no, caliper: 0.2 sd }
        choose: { use: ten }
outcomes:
${models.map((model) => `  kept-${model}: { unit: teachers, column: kept_${model}, label: Kept ${model}, measure: percentage points, better: higher, priority: ${model === 1 ? "primary" : "secondary"} }`).join("\n")}
analyses:
  main:
    comparison: main
    outcomes: [${models.map((model) => `kept-${model}`).join(", ")}]
    horizons: [2018/19]
    model: logistic
    contrast: difference
    adjustFor: matchingCovariates
    clusters: school
    show: [rates, marginalEffect, oddsRatio]
`;

const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
try {
  await writePool(join(folder, "teachers.parquet"), MODELS);
  writeFileSync(join(folder, "study.yaml"), STUDY);
  const { seconds, peakMb, said } = runAssay("run", folder, "--data", folder, "--exploratory");
  for (const line of said.split("\n").filter((one) => /\(\d+\.\d s\)$/.test(one))) console.log(`  ${line}`);
  record(`assay run: ${MODELS} models of teachers, from Parquet to the report`, seconds, peakMb);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
