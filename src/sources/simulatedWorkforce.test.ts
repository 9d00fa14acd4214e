import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { simulateWorkforce } from "#simulation";
import { registryText } from "#standards";
import { openSource } from "./openSource.ts";
import { declare } from "./testing/declare.ts";
import { TestFolder } from "./testing/folder.ts";

const folder = new TestFolder();
beforeAll(async () => {
  await simulateWorkforce({ seed: 2, teachers: 14_000 }, folder.path);
}, 60_000);
afterAll(() => folder[Symbol.dispose]());

describe("the files of a simulated workforce", () => {
  it.each([
    ["assay/workforce-census@1", "census.parquet", 18],
    ["assay/workforce-schools@1", "school_years.parquet", 14],
    ["assay/mi-return@1", "mi_participants.csv", 13],
    ["assay/mi-schools@1", "mi_schools.csv", 5],
    ["dfe/gias-links@2022-03", "school_links.csv", 5],
  ])("are read under %s without a fault, each key once", async (id, file, columns) => {
    const format = file.endsWith("parquet") ? "parquet" : "csv";
    const declared = { ...declare(registryText(id)!.text, file), format } as const;
    await using source = await openSource(declared, { dataFolder: folder.path });
    const { frame, trail } = await source.view();
    expect(frame.rows).toBeGreaterThan(30);
    expect(frame.columns.size).toBe(columns);
    expect(trail.repeatedKeys.count).toBe(0);
  });
});
