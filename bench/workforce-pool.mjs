// The teachers' comparison of a national workforce: 316 treated and 435,828 potential comparison rows drawn with the published
// margins, from Parquet on disk through score, matching under a caliper, discards and balance, four specifications. Goal: the
// design in 3 s after reading.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { designComparison } from "#design";
import { buildUnit } from "#linkage";
import { RandomStream } from "#math";
import { readStudyText } from "#protocol";
import { openSource } from "#sources";
import { Engine, quotePath } from "#table";
import { record, timed } from "./tools/record.mjs";

/** Percentages of the treated and of the potential comparison rows, level by level; suppressed ones are shared out. */
const MARGINS = {
  gender: { male: [30.7, 23.7], female: [69.3, 76.3] },
  age_band: { "under 30": [9.5, 23], "30 to 49": [74.1, 60.1], "50 or older": [16.5, 16.8] },
  experience: {
    "under 5": [6, 23.5],
    "5 to 9": [20.9, 20.1],
    "10 to 19": [42.4, 31.3],
    "20 or more": [28.2, 21.1],
    unknown: [2.5, 4],
  },
  role: { classroom: [32, 68.9], middle: [8.2, 17.4], senior: [59.8, 13.7] },
  hours: { full: [93, 77.4], part: [7, 22.6] },
  ofsted: { good: [23.4, 77.8], "requires improvement": [47.8, 14.5], inadequate: [15.5, 4.4], unknown: [13.3, 3.3] },
  phase: { primary: [54.1, 54.2], secondary: [45.9, 45.8] },
  fsm: { 1: [57, 24.2], 2: [22.5, 23.8], 3: [12.3, 20.7], 4: [5.5, 17.5], 5: [0, 13.1], unknown: [2.7, 0.7] },
  attainment: {
    highest: [3.2, 32.8],
    middle: [18.7, 24.2],
    "middle-lowest": [42.1, 25.4],
    lowest: [31.3, 10.2],
    unknown: [4.7, 7.4],
  },
  region: {
    "East of England": [0, 12.5],
    "East Midlands": [11.1, 17],
    "West Midlands": [15.2, 17.3],
    "North East": [0, 2.5],
    "North West": [29.7, 18],
    "South East": [7.9, 13.7],
    "South West": [0, 1.8],
    Yorkshire: [36.1, 17.1],
  },
  entry: { 2017: [35.8, 33.5], 2018: [57.9, 33.2], 2019: [6.3, 33.4] },
};
const SIZES = [435_828, 316];
const NAMES = Object.keys(MARGINS);

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

function levelsOf(name) {
  return Object.keys(MARGINS[name]);
}

/** Draws every column of every row independently, by arm, and writes them as Parquet. */
async function writePool(path) {
  const rows = SIZES[0] + SIZES[1];
  const random = new RandomStream(7, "national pool");
  const arrays = NAMES.map((name) => {
    const shares = Object.values(MARGINS[name]);
    const codes = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const arm = row < SIZES[1] ? 0 : 1;
      let left = random.uniform() * shares.reduce((sum, share) => sum + share[arm], 0);
      let code = 0;
      while (code < shares.length - 1 && left >= shares[code][arm]) left -= shares[code++][arm];
      codes[row] = code;
    }
    return codes;
  });
  const engine = await Engine.open();
  const columns = NAMES.map((name) => `${name} INTEGER`).join(", ");
  await engine.run(`CREATE TABLE pool (place INTEGER, ${columns})`);
  await engine.appendWholes("pool", [Int32Array.from({ length: rows }, (_, row) => row), ...arrays], rows);
  const texts = NAMES.map(
    (name) =>
      `[${levelsOf(name)
        .map((level) => `'${level}'`)
        .join(", ")}][${name} + 1] AS ${name}`,
  );
  await engine.run(
    `COPY (SELECT 'T' || (1000000 + place) AS teacher, place < ${SIZES[1]} AS programme, 1.0::DOUBLE AS stayed, ${texts.join(", ")} FROM pool)
     TO ${quotePath(path)} (FORMAT parquet)`,
  );
  engine.close();
}

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
