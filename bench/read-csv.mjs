// 5,000,000 rows × 12 columns of compressed CSV: checked, typed, grouped by two categories. Goal: under 15 s and 1.5 GB.
import { spawnSync } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";

const ROWS = 5_000_000;
const REGIONS = ["North", "South", "East", "West", "Central"];
const PHASES = ["primary", "secondary", "special"];

if (process.argv[2] === "make") await make(process.argv[3]);
else await measure();

function* lines() {
  yield "person_id,year,region,phase,pupils,score,absence_pct,fsm_pct,joined_date,in_programme,grade,urn\n";
  let piece = "";
  for (let i = 0; i < ROWS; i++) {
    const noise = (i * 2_654_435_761) % 4_294_967_296;
    piece +=
      `P${String(i % 1_000_000).padStart(7, "0")},${2014 + (i % 6)},${REGIONS[(i * 7) % 5]},${PHASES[i % 3]},` +
      `${20 + (noise % 1980)},${(85 + (noise % 3001) / 100).toFixed(2)},${((noise % 200_003) / 10_001).toFixed(4)},` +
      `${i % 97 === 0 ? "SUPP" : ((noise % 1000) / 10).toFixed(1)},` +
      `${i % 3 === 0 ? `2016-09-${String(1 + (i % 28)).padStart(2, "0")}` : ""},${i % 2},${1 + (i % 4)},${100_000 + (i % 50_000)}\n`;
    if (piece.length > 1 << 18) {
      yield piece;
      piece = "";
    }
  }
  yield piece;
}

async function make(path) {
  await pipeline(Readable.from(lines()), createGzip({ level: 1 }), createWriteStream(path));
}

async function measure() {
  const { openSource } = await import("#sources");
  const { record, timed } = await import("./tools/record.mjs");
  const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
  try {
    const self = fileURLToPath(import.meta.url);
    const made = spawnSync(process.execPath, [self, "make", join(folder, "big.csv.gz")], { stdio: "inherit" });
    if (made.status !== 0) throw new Error("the file could not be made");
    const { seconds, value } = await timed(async () => {
      const source = await openSource(declaration(), { dataFolder: folder });
      const groups = await source.meansBy("score", ["region", "phase"]);
      const rows = groups.reduce((sum, group) => sum + group.rows, 0);
      source.close();
      return { groups: groups.length, rows };
    });
    if (value.rows !== ROWS || value.groups !== 15) throw new Error(`grouped ${value.rows} rows into ${value.groups}`);
    record("5,000,000 rows × 12 columns CSV.gz: checked, typed, keys counted, grouped by two categories", seconds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function declaration() {
  const column = (name, type, more = {}) => ({ name, from: name, type, codes: {}, ...more });
  return {
    id: "big",
    file: "big.csv.gz",
    format: "csv",
    encoding: "utf-8",
    delimiter: ",",
    key: ["person_id", "year"],
    columns: [
      column("person_id", "text", { identifies: "person" }),
      column("year", "academicYear", { written: "end" }),
      column("region", "category", { levels: REGIONS }),
      column("phase", "category", { levels: PHASES }),
      column("pupils", "whole"),
      column("score", "number"),
      column("absence_pct", "percent"),
      column("fsm_pct", "percent", { codes: { SUPP: "suppressed" } }),
      column("joined_date", "date"),
      column("in_programme", "truth"),
      column("grade", "ofstedGrade"),
      column("urn", "urn"),
    ],
    confirm: [],
    breaks: [],
  };
}
