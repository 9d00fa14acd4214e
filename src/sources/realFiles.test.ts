import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { registryText } from "#standards";
import type { NumberColumn } from "#table";
import { openSource } from "./openSource.ts";
import { declare } from "./testing/declare.ts";
import { condition, valuesOf } from "./testing/open.ts";

const SHARED = process.env.ASSAY_SHARED ?? fileURLToPath(new URL("../../../shared", import.meta.url));
const DATA = join(SHARED, "data");
const here = existsSync(DATA);

// Rows and columns of each file as counted when the files were assembled (their README); rows whose key an earlier row
// already has, counted with Python's csv module.
const FILES: readonly [id: string, file: string, rows: number, columns: number, repeated: number][] = [
  ["assay/panel-secondary-ks4@1", "panel/panel_secondary_ks4_2016_2019.csv.gz", 13_421, 75, 293],
  ["assay/panel-primary-ks2@1", "panel/panel_primary_ks2_2016_2019.csv.gz", 62_276, 69, 730],
  ["dfe/absence-school@2012-2019", "absence/school_absence_2012-13_to_2018-19.csv.gz", 148_345, 24, 0],
  ["dfe/gias-links@2022-03", "register/gias_links_2022-03.csv.gz", 30_646, 5, 0],
  ["ofsted/inspections@2020-03", "register/ofsted_inspection_history_to_2020.csv.gz", 60_132, 3, 1],
  ["dfe/ks4-final@2018-19", "performance/2018-2019_england_ks4final_selected.csv.gz", 5_516, 20, 0],
  ["dfe/ks2-final@2018-19", "performance/2018-2019_england_ks2final_selected.csv.gz", 16_355, 19, 0],
];

// Values and sums by Python's csv module, float() and math.fsum; dates as days since 1970 by datetime.
const SUMS: readonly [column: string, id: string, values: number, sum: number][] = [
  ["progress8", "assay/panel-secondary-ks4@1", 12_538, -224.38],
  ["income_gbp", "assay/panel-secondary-ks4@1", 2_984, 17_343_856_211.39],
  ["nor_201516", "assay/panel-secondary-ks4@1", 12_057, 12_203_727],
  ["mat_joined_date", "assay/panel-secondary-ks4@1", 7_289, 118_855_898],
  ["absence_pct", "assay/panel-primary-ks2@1", 62_052, 252_922.9101],
  ["mat_progress", "assay/panel-primary-ks2@1", 58_608, -502.4],
];

describe.skipIf(!here)("published files under their registry entries (skipped where the files are not at hand)", () => {
  it.each(FILES)(
    "%s reads every row and column of its file without a fault",
    async (id, file, rows, columns, repeated) => {
      await using source = await openSource(declare(registryText(id)!.text, file), { dataFolder: DATA });
      expect(source.trail).toMatchObject({ rowsInFile: rows, rowsKept: rows, repeatedKeys: { count: repeated } });
      const { frame } = await source.view();
      expect([frame.rows, frame.columns.size]).toEqual([rows, columns]);
    },
    60_000,
  );

  it.each(SUMS)(
    "adds up %s of %s as another program does",
    async (name, id, known, sum) => {
      const [, file] = FILES.find(([one]) => one === id)!;
      await using source = await openSource(declare(registryText(id)!.text, file), { dataFolder: DATA });
      const { values } = (await source.view()).frame.columns.get(name) as NumberColumn;
      const present = values.filter((value) => !Number.isNaN(value));
      expect(present.length).toBe(known);
      const total = present.reduce((so, value) => so + value, 0);
      expect(Math.abs(total - sum)).toBeLessThan(1e-9 * Math.abs(sum));
    },
    60_000,
  );

  it("keeps one row of each school and year of the secondary panel", async () => {
    const declared = declare(registryText("assay/panel-secondary-ks4@1")!.text, FILES[0]![1]);
    await using source = await openSource(
      { ...declared, where: condition(declared, "use_row = yes") },
      { dataFolder: DATA },
    );
    // 587 rows are marked as having a rival for their school and year; one of each pair or trio is to be used.
    expect(source.trail.rowsRefused).toBe(293);
    expect(source.trail.repeatedKeys).toEqual({ count: 0, examples: [] });
  }, 60_000);

  it("keeps the publisher's reasons apart from plain gaps", async () => {
    const declared = declare(registryText("dfe/ks4-final@2018-19")!.text, FILES[5]![1]);
    await using source = await openSource(declared, { dataFolder: DATA });
    const table = await source.view();
    const counts = [0, 0, 0, 0, 0];
    for (const state of table.frame.columns.get("progress8")!.states!) counts[state]!++;
    // SUPP 164; NE 285; NP 1,308 and LOWCOV 10; empty 192: counted with Python's csv module.
    expect(counts).toEqual([5_516 - 192 - 164 - 285 - 1_318, 192, 164, 285, 1_318]);
    expect(valuesOf(table, "em_pass_pct").slice(0, 3)).toEqual([0, 0, 43]);
  }, 60_000);
});
