import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Engine } from "./engine.ts";
import { quotePath } from "./sqlText.ts";
import { ABSENT, ParquetWriter } from "./writeParquet.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-parquet-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function write(name: string): Promise<string> {
  using writer = await ParquetWriter.open([
    { name: "person", as: "numbered", prefix: "P", digits: 4, bits: 32 },
    { name: "born", as: "date", bits: 32 },
    { name: "share", as: "tenths", bits: 16 },
    { name: "word's", as: "levels", levels: ["it's", "Zoë"], bits: 16 },
    { name: "here", as: "truth", bits: 16 },
    { name: "urn", as: "whole", bits: 32 },
  ]);
  const path = join(folder, name);
  await writer.append(
    [
      Int32Array.of(1, 23, 456),
      Int32Array.of(-1, 0, ABSENT[32]),
      Int16Array.of(123, ABSENT[16], 0),
      Int16Array.of(0, 1, ABSENT[16]),
      Int16Array.of(1, 0, ABSENT[16]),
      Int32Array.of(600_001, ABSENT[32], 7),
    ],
    3,
  );
  const many = 5000;
  const zeros = new Int16Array(many);
  await writer.append(
    [Int32Array.from({ length: many }, (_, i) => i), new Int32Array(many), zeros, zeros, zeros, new Int32Array(many)],
    many,
  );
  await writer.write(path);
  return path;
}

describe("writing Parquet", () => {
  it("gives every value back, gaps too, over many chunks", async () => {
    const engine = await Engine.open();
    const relation = `read_parquet(${quotePath(await write("a.parquet"))})`;
    const rows = await engine.rows(`SELECT person, born::VARCHAR, share, "word's", here, urn FROM ${relation} LIMIT 3`);
    const sum = await engine.rows(
      `SELECT count(*)::INTEGER, sum(right(person, 4)::INTEGER)::INTEGER FROM (SELECT * FROM ${relation} OFFSET 3)`,
    );
    engine.close();
    expect(rows).toEqual([
      ["P0001", "1969-12-31", 12.3, "it's", true, 600_001],
      ["P0023", "1970-01-01", null, "Zoë", false, null],
      ["P0456", null, 0, null, null, 7],
    ]);
    expect(sum).toEqual([[5000, (4999 * 5000) / 2]]);
  });

  it("gives the same bytes for the same batches", async () => {
    expect(readFileSync(await write("b.parquet")).equals(readFileSync(await write("c.parquet")))).toBe(true);
  });

  it("refuses an array that is too short or of other bits", async () => {
    using writer = await ParquetWriter.open([{ name: "a", as: "whole", bits: 16 }]);
    await expect(writer.append([Int16Array.of(1)], 2)).rejects.toThrow("column a needs 2 values of 16 bits");
    await expect(writer.append([Int32Array.of(1)], 1)).rejects.toThrow(RangeError);
  });
});
