// The teachers' comparison of a national workforce: 316 treated and 435,828 potential comparison rows drawn with the published
// margins, from Parquet on disk through score, matching under a caliper, discards and balance, four specifications. Goal: the
// design in 3 s after reading.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { designComparison } from "#design";
import { buildUnit } from "#linkage";
import { readStudyText } from "#protocol";
import { openSource } from "#sources";
import { levelsOf, NAMES, writePool } from "./tools/nationalPool.mjs";
import { record, timed } from "./tools/record.mjs";

const STUDY = `assay: 1
study: { title: National pool, question: Did teachers stay?, seed: 7 }
sources:
  teachers:
    file: teachers.parquet
    format: parquet
    columns:
      teacher: { type: text, identifies: person }
      programme: { type: truth }
      stayed: { type: number, unit: years }
${NAMES.map(
  (name) =>
    `      ${name}: { type: category, levels: [${levelsOf(name)
      .map((level) => `"${level}"`)
      .join(", ")}], reference: "${levelsOf(name)[0]}", measured: 2016/17 }`,
).join("\n")}
units:
  teachers: { is: teacher, from: teachers, identity: teacher }
design:
  comparisons:
    main:
      unit: teachers
      treated: programme = yes
      baselineYear: 2017/18
      match:
        covariates: [${NAMES.join(", ")}]
        missing: completeCase
        exact: [entry]
        specifications:
          ten: { neighbours: 10, replacement: no, caliper: 0.2 sd, commonSupport: both }
          ten-again: { neighbours: 10, replacement: yes, caliper: 0.2 sd, commonSupport: both }
          five: { neighbours: 5, replacement: yes, caliper: 0.2 sd, commonSupport: both }
          by-role: { neighbours: 10, replacement: yes, caliper: 0.2 sd, exact: [entry, role, phase] }
        choose: { use: ten }
outcomes:
  stayed: { unit: teachers, column: stayed, label: Stayed, measure: years, better: higher, priority: primary }
analyses:
  main: { comparison: main, outcomes: [stayed], horizons: [2018/19] }
`;

const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
try {
  await writePool(join(folder, "teachers.parquet"));
  const study = readStudyText(STUDY, "study.yaml");
  const comparison = study.comparisons.get("main");
  const read = await timed(async () => {
    const source = await openSource(study.sources.get("teachers"), { dataFolder: folder });
    try {
      return await source.view();
    } finally {
      source.close();
    }
  });
  const unit = await timed(() => buildUnit(study.units.get("teachers"), new Map([["teachers", read.value]])));
  const design = await timed(() => designComparison(study, unit.value, comparison));
  const [draw] = design.value.draws;
  const used = draw.weights.reduce((count, weight) => count + Number(weight > 0), 0);
  record(`national pool of ${unit.value.frame.rows} teachers: Parquet read, checked and pulled`, read.seconds);
  record("the same as a unit table", unit.seconds);
  record(`the same: four specifications designed, ${used} teachers in the sample chosen`, design.seconds);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
