import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Engine, type TextRow } from "#table";
import { CsvScan, type CsvStructure } from "./csvScan.ts";
import { CsvText, type FieldPlace } from "./csvText.ts";
import { engineReader } from "./readCsv.ts";
import { TestFolder } from "./testing/folder.ts";

function scan(text: string | Buffer, delimiter = ",", piece = 1 << 20): CsvStructure {
  const bytes = Buffer.from(text);
  const scanner = new CsvScan({ file: "a.csv", delimiter, encoding: "utf-8" });
  for (let at = 0; at < bytes.length; at += piece) scanner.push(bytes.subarray(at, at + piece));
  return scanner.end();
}

function read(text: string, piece = 1 << 20): { rows: TextRow[]; places: (readonly FieldPlace[])[] } {
  const rows: TextRow[] = [];
  const places: (readonly FieldPlace[])[] = [];
  const reader = new CsvText(
    ",",
    (fields, found) => {
      rows.push(fields);
      places.push(found);
    },
    true,
  );
  for (let at = 0; at < text.length; at += piece) reader.push(text.slice(at, at + piece));
  reader.end();
  return { rows, places };
}

const cell = fc.string({
  unit: fc.constantFrom("a", "1", " ", ",", '"', "\n", "\r\n", "é", "💡", ";", "'"),
  maxLength: 6,
});
const write = (value: string) =>
  /[",\n\r]|^\s|\s$/.test(value) || value.includes('"') ? `"${value.replaceAll('"', '""')}"` : value;
const table = fc
  .tuple(fc.integer({ min: 2, max: 4 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
  .chain(([width, end, isLastEnded]) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }).map((rows) => ({
      rows,
      text: rows.map((row) => row.map(write).join(",")).join(end) + (isLastEnded ? end : ""),
    })),
  );

describe("scanning a delimited file", () => {
  it("counts records and finds nothing wrong in what a careful writer writes, in pieces of any size", () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), ({ rows, text }, piece) => {
        const structure = scan(text, ",", piece);
        expect(structure.faults).toEqual([]);
        expect(structure.records).toBe(rows.length - 1);
        expect(structure.isRegular).toBe(true);
      }),
    );
  });

  it("reads back what a careful writer wrote, in pieces of any size", () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), ({ rows, text }, piece) => {
        expect(read(text, piece).rows).toEqual(rows.map((row) => row.map((value) => (value === "" ? null : value))));
      }),
    );
  });

  it("agrees with the engine on every file it calls regular", async () => {
    const engine = await Engine.open();
    using folder = new TestFolder();
    await fc.assert(
      fc.asyncProperty(table, async ({ text }) => {
        folder.write("t.csv", text);
        const { rows } = read(text);
        const file = {
          path: `${folder.path}/t.csv`,
          file: "t.csv",
          delimiter: ",",
          encoding: "utf-8",
          wanted: [],
        } as const;
        const reader = engineReader(
          file,
          rows[0]!.map((_, i) => `c${i}`),
          scan(text),
        );
        expect(await engine.rows(`SELECT * FROM ${reader}`)).toEqual(rows.slice(1));
      }),
      { numRuns: 150 },
    );
    engine.close();
  });

  it("says where each cell stands, after line breaks in quotes and two-unit characters", () => {
    const { places } = read('a,b\n"1\n2",é💡x\r\n3,4\n');
    expect(places).toEqual([
      [
        { line: 1, column: 1 },
        { line: 1, column: 3 },
      ],
      [
        { line: 2, column: 1 },
        { line: 3, column: 4 },
      ],
      [
        { line: 4, column: 1 },
        { line: 4, column: 3 },
      ],
    ]);
  });

  it.each([
    ["a,b\r\n1,2\n", "mixed line ends"],
    ["a,b\n1\r2,2\n", "a carriage return alone"],
    ['a,b\n1"x,2\n', "a quote inside a value"],
    ['a,b\n "1",2\n', "a quote after a space"],
  ])("does not leave %j to the engine (%s)", (text) => {
    expect(scan(text).isRegular).toBe(false);
  });

  it("finds the line of the first byte that is not UTF-8, also where a piece cuts a character", () => {
    const text = Buffer.concat([Buffer.from("a,b\né,1\n💡,2\n"), Buffer.from([0x66, 0xe9, 0x2c, 0x33, 0x0a])]);
    for (const piece of [1, 2, 3, 5, 100]) {
      const [fault] = scan(text, ",", piece).faults;
      expect(fault).toMatchObject({ code: "encoding-wrong", place: { line: 4 } });
      expect(fault!.message).toContain("byte 18 ");
    }
  });

  it("takes every valid text for UTF-8, in pieces of any size", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (text, piece) => {
        const faults = scan(
          `h\n${text.replaceAll(/["\0]/g, "").replaceAll(/[\ud800-\udfff]/gu, "")}\n`,
          ";",
          piece,
        ).faults;
        expect(faults.filter(({ code }) => code === "encoding-wrong")).toEqual([]);
      }),
    );
  });
});
