import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeXlsx } from "hucre/xlsx";
import { describe, expect, it } from "vitest";
import { Engine } from "#table";
import { TestFolder } from "./testing/folder.ts";
import { faultsOf, look, problemOf, valuesOf } from "./testing/open.ts";

const TWO = "columns: { a: text, b: number }";
const good = "a,b\nx,1\ny,2\n";
const many = `a,b\n${Array.from({ length: 5000 }, (_, i) => `row ${i},${(i * 7919) % 10_007}\n`).join("")}`;

describe("files that cannot be read, each with what to do", () => {
  it("names the nearest file when one is missing", async () => {
    using folder = new TestFolder();
    folder.write("panel_2019.csv", good);
    expect(await faultsOf(folder, "panel_2018.csv", TWO)).toMatchObject([
      {
        code: "file-missing",
        message: "panel_2018.csv is not in the data folder.",
        suggestion: "Nearest: `panel_2019.csv`.",
      },
    ]);
    expect(await faultsOf(folder, "nowhere/panel.csv", TWO)).toMatchObject([
      { code: "file-missing", suggestion: expect.stringContaining("There is no folder nowhere in it.") },
    ]);
  });

  it("says that a folder is not a file, and that an empty file is empty", async () => {
    using folder = new TestFolder();
    mkdirSync(join(folder.path, "panel.csv"));
    folder.write("empty.csv", "");
    folder.write("empty.csv.gz", gzipSync(""));
    expect(await faultsOf(folder, "panel.csv", TWO)).toMatchObject([{ code: "file-is-folder" }]);
    expect(await faultsOf(folder, "empty.csv", TWO)).toMatchObject([{ code: "file-empty" }]);
    expect(await faultsOf(folder, "empty.csv.gz", TWO)).toMatchObject([{ code: "header-empty" }]);
  });

  it("says what is wrong with a link: back to itself, or to a file that is not there", async () => {
    using folder = new TestFolder();
    symlinkSync("panel.csv", join(folder.path, "panel.csv"));
    symlinkSync("gone.csv", join(folder.path, "panel_2018.csv"));
    folder.write("school.csv", good);
    symlinkSync("school.csv", join(folder.path, "good.csv"));
    expect(await faultsOf(folder, "panel.csv", TWO)).toEqual([
      {
        code: "file-unreadable",
        severity: "fault",
        message: "panel.csv is a link that leads back to itself.",
        suggestion: "Put the file itself there.",
      },
    ]);
    expect(await faultsOf(folder, "panel_2018.csv", TWO)).toMatchObject([
      { code: "file-missing", message: "panel_2018.csv is a link to a file that is not there." },
    ]);
    // Neither link is a file that could be meant.
    expect((await faultsOf(folder, "panel_2019.csv", TWO))[0]!.suggestion).not.toContain("Nearest");
    expect(valuesOf(await look(folder, "good.csv", TWO), "b")).toEqual([1, 2]);
  });

  it("says that the data folder is not there, or is a file", async () => {
    using folder = new TestFolder();
    folder.write("panel.csv", good);
    for (const [name, words] of [
      ["nowhere", "is not there."],
      ["panel.csv", "is a file, not a folder."],
      ["panel.csv/deeper", "is not there."],
    ] as const) {
      const dataFolder = join(folder.path, name);
      for (const file of ["panel.csv", "deep/panel.csv"]) {
        expect(await faultsOf(folder, file, TWO, {}, { dataFolder })).toMatchObject([
          { code: "data-folder-missing", message: `The data folder ${dataFolder} ${words}` },
        ]);
      }
    }
    expect(await faultsOf(folder, "panel.csv/deep.csv", TWO)).toMatchObject([{ code: "file-missing" }]);
    expect(await faultsOf(folder, `${"a".repeat(300)}.csv`, TWO)).toMatchObject([{ code: "file-unreadable" }]);
  });

  it.each<[string, Buffer]>([
    ["little-endian", Buffer.from("\ufeffa,b\nx,1\n", "utf16le")],
    ["big-endian", Buffer.from("\ufeffa,b\nx,1\n", "utf16le").swap16()],
  ])("says that a file is UTF-16 (%s), whatever encoding is declared", async (_, bytes) => {
    using folder = new TestFolder();
    folder.write("a.csv", bytes);
    folder.write("a.csv.gz", gzipSync(bytes));
    folder.write("a.jsonl", bytes);
    for (const [file, changes] of [
      ["a.csv", {}],
      ["a.csv", { encoding: "windows-1252" }],
      ["a.csv.gz", {}],
      ["a.jsonl", { format: "jsonl" }],
    ] as const) {
      const faults = await faultsOf(folder, file, TWO, changes);
      expect(faults).toMatchObject([
        { code: "encoding-wrong", message: `${file} is written in UTF-16, as its first two bytes say.` },
      ]);
      expect(faults[0]!.suggestion).toMatch(/^Save it as UTF-8/);
    }
  });

  it("refuses a key that stands twice in one JSON object, and takes one that only some objects have", async () => {
    using folder = new TestFolder();
    folder.write("a.jsonl", '{"a":"x","b":1}\n{"a":"y","\\u0062":2,"b":3}\n{"a":"z","b":[{"b":1}]}\n');
    expect((await faultsOf(folder, "a.jsonl", TWO, { format: "jsonl" })).map(({ message }) => message)).toEqual([
      "Line 2 of a.jsonl has the key b twice.",
      "Line 3 of a.jsonl holds a list or an object under b.",
    ]);
    folder.write("b.jsonl", '{"a":"b\\":{","b":1,"more":{"b":2,"a":[{"a":1},{"a":2}]}}\n{"a":"y"}\n');
    const table = await look(folder, "b.jsonl", TWO, { format: "jsonl" });
    expect(valuesOf(table, "b")).toEqual([1, null]);
    expect(valuesOf(table, "a")).toEqual(['b":{', "y"]);
    folder.write("c.jsonl", '{"a":"x"}\n{"a":"y"}\n');
    expect(await faultsOf(folder, "c.jsonl", TWO, { format: "jsonl" })).toMatchObject([{ code: "header-changed" }]);
  });

  it.each(["a,b\n", "a,b", "a,b\r\n\r\n"])("says that %j has no rows", async (text) => {
    using folder = new TestFolder();
    expect(await faultsOf(folder, folder.write("a.csv", text), TWO)).toMatchObject([
      { code: "no-rows", message: "a.csv has a header and no rows." },
    ]);
  });

  it("says which byte and line is not UTF-8, and which encoding to declare", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", Buffer.from("a,b\nx,1\nLyc\xe9e,2\n", "latin1"));
    const [fault, ...others] = await faultsOf(folder, "a.csv", TWO);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ code: "encoding-wrong", place: { file: "a.csv", line: 3 } });
    expect(fault!.message).toBe("a.csv is not UTF-8: byte 12 (line 3) starts no character.");
    expect(fault!.suggestion).toContain("encoding: windows-1252");
  });

  it("tells a cut gzip file from one that never was gzip", async () => {
    using folder = new TestFolder();
    const whole = gzipSync(many);
    folder.write("cut.csv.gz", whole.subarray(0, whole.length - 200));
    folder.write("plain.csv.gz", many);
    folder.write("flipped.csv.gz", Buffer.from(whole).fill(0, 300, 340));
    expect(await faultsOf(folder, "cut.csv.gz", TWO)).toMatchObject([
      { code: "gzip-damaged", message: expect.stringContaining("breaks off in the middle") },
    ]);
    for (const file of ["plain.csv.gz", "flipped.csv.gz"]) {
      expect(await faultsOf(folder, file, TWO)).toMatchObject([
        { code: "gzip-damaged", message: expect.stringContaining("not gzip, or is damaged") },
      ]);
    }
  });

  it("tells a file that is gzip without being named so", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", gzipSync(good));
    folder.write("twice.csv.gz", gzipSync(gzipSync(good)));
    expect(await faultsOf(folder, "a.csv", TWO)).toMatchObject([
      { code: "gzip-unnamed", suggestion: "Let its name end in .gz." },
    ]);
    expect(await faultsOf(folder, "twice.csv.gz", TWO)).toMatchObject([
      { code: "gzip-unnamed", message: "twice.csv.gz was compressed twice." },
    ]);
  });

  it("refuses declarations that no file could meet", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", good);
    const yaml =
      "key: [urn, ida]\ncolumns: { id: text, d: { type: date, written: d.m.y }, y: { type: academicYear, written: yyyy } }";
    expect(await faultsOf(folder, "a.csv", yaml)).toMatchObject([
      { code: "written-unknown", message: "d says `written: d.m.y`, which is no way of writing it." },
      { code: "written-unknown", message: "y says `written: yyyy`, which is no way of writing it." },
      { code: "unknown-column", message: "The key of source example names urn, which is not a column of it." },
      { code: "unknown-column", suggestion: "Nearest: `id`." },
    ]);
  });

  it("says that a Parquet file broken in the middle is damaged, without quoting it", async () => {
    using folder = new TestFolder();
    const engine = await Engine.open();
    await engine.run(
      `COPY (SELECT 'secret' || i AS a, i AS b FROM range(50000) t(i)) TO '${folder.path}/a.parquet' (FORMAT parquet)`,
    );
    engine.close();
    const bytes = readFileSync(join(folder.path, "a.parquet"));
    folder.write("a.parquet", bytes.fill(0xff, 200, 20_000));
    const problem = await problemOf(folder, "a.parquet", TWO, { format: "parquet" });
    expect(problem.faults).toMatchObject([{ code: "file-damaged" }]);
    expect(problem.message).not.toContain("secret");
  });

  it("lists ragged rows with their physical lines, after line breaks in quotes", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", 'a,b\n"x\ny",1\nz\n"p\nq",2,3\n\nw,4\n\n');
    expect(
      (await faultsOf(folder, "a.csv", TWO)).map(({ code, place, message }) => [code, place!.line, message]),
    ).toEqual([
      ["row-ragged", 4, "Line 4 of a.csv has 1 field; the header has 2."],
      ["row-ragged", 5, "Line 5 of a.csv has 3 fields; the header has 2."],
      ["row-ragged", 7, "Line 7 of a.csv is empty; the header has 2."],
    ]);
  });

  it("counts the ragged rows it does not list", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", `a,b\n${"x\n".repeat(1234)}`);
    const faults = await faultsOf(folder, "a.csv", TWO);
    expect(faults.length).toBe(20);
    expect(faults[19]!.message).toContain("1,214 more lines are like it.");
  });

  it("says where a quote opened that never closes, and where text follows a closing quote", async () => {
    using folder = new TestFolder();
    folder.write("open.csv", 'a,b\nx,1\ny,"2\nz,3\n');
    folder.write("after.csv", 'a,b\n"x" y,1\n');
    expect(await faultsOf(folder, "open.csv", TWO)).toMatchObject([{ code: "quote-unclosed", place: { line: 3 } }]);
    expect(await faultsOf(folder, "after.csv", TWO)).toMatchObject([{ code: "quote-misplaced", place: { line: 2 } }]);
  });

  it("says that a file is a spreadsheet, whatever its name", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", Buffer.concat([Buffer.from("PK\u0003\u0004"), Buffer.alloc(60, 7)]));
    const faults = await faultsOf(folder, "a.csv", TWO);
    expect(faults).toMatchObject([{ code: "wrong-format", place: { file: "a.csv", line: 1, column: 1 } }]);
    expect(faults[0]!.suggestion).toContain("format: xlsx");
  });

  it("refuses NUL bytes, as UTF-16 has them", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", "a,b\nx\0y,1\n");
    folder.write("wide.csv", Buffer.from("a,b\nx,1\n", "utf16le"));
    expect(await faultsOf(folder, "a.csv", TWO)).toMatchObject([{ code: "nul-byte", place: { line: 2 } }]);
    expect((await faultsOf(folder, "wide.csv", TWO)).map(({ code }) => code)).toContain("nul-byte");
  });

  it("gathers every fault of the structure before speaking", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", Buffer.from('a,b\nx\n\xe9,1\ny,"2', "latin1"));
    expect((await faultsOf(folder, "a.csv", TWO)).map(({ code }) => code)).toEqual([
      "encoding-wrong",
      "row-ragged",
      "quote-unclosed",
    ]);
  });

  it("says which header is missing, which is nearest, and which is there twice", async () => {
    using folder = new TestFolder();
    folder.write("ks4.csv", "URN,P8MEA_18,ATT8,ATT8\n100049,1,2,3\n");
    const yaml =
      "columns: { urn: { from: URN, type: urn }, progress8: { from: P8MEA, type: number }, attainment8: { from: ATT8, type: number } }";
    expect(await faultsOf(folder, "ks4.csv", yaml)).toMatchObject([
      {
        code: "header-changed",
        message: "ks4.csv lacks P8MEA (column progress8); the nearest header is P8MEA_18.",
        suggestion: "If that is the column, declare `from: P8MEA_18`.",
      },
      { code: "header-repeated", message: "ks4.csv has 2 columns headed ATT8, so attainment8 could be any of them." },
    ]);
  });

  it("guesses a wrong delimiter from a header that is one name", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", "a;b\nx;1\n");
    expect(await faultsOf(folder, "a.csv", TWO)).toMatchObject([
      { code: "header-changed", suggestion: 'It seems to be divided by `;`: declare `delimiter: ";"`.' },
    ]);
  });

  it("refuses a header whose first line is empty", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", "\na,b\nx,1\n");
    expect((await faultsOf(folder, "a.csv", TWO))[0]).toMatchObject({ code: "header-empty" });
  });

  it("says what is wrong with a Parquet file", async () => {
    using folder = new TestFolder();
    folder.write("a.parquet", "not parquet");
    expect(await faultsOf(folder, "a.parquet", TWO, { format: "parquet" })).toMatchObject([
      { code: "parquet-damaged" },
    ]);
    const engine = await Engine.open();
    await engine.run(`COPY (SELECT 'x' AS a, [1, 2] AS b) TO '${folder.path}/n.parquet' (FORMAT parquet)`);
    await engine.run(`COPY (SELECT 'x' AS a, 1 AS b WHERE false) TO '${folder.path}/z.parquet' (FORMAT parquet)`);
    engine.close();
    expect(await faultsOf(folder, "n.parquet", TWO, { format: "parquet" })).toMatchObject([{ code: "parquet-nested" }]);
    expect(await faultsOf(folder, "z.parquet", TWO, { format: "parquet" })).toMatchObject([{ code: "no-rows" }]);
  });

  it("says which line of JSON is wrong", async () => {
    using folder = new TestFolder();
    folder.write(
      "a.jsonl",
      '{"a":"x","b":1}\n\n{"a":"y",}\n[1]\n{"a":"z","b":[1]}\n{"a":12345678901234567890,"b":1}\n',
    );
    const faults = await faultsOf(folder, "a.jsonl", TWO, { format: "jsonl" });
    expect(faults.map(({ code, place }) => [code, place!.line])).toEqual(
      [3, 4, 5, 6].map((line) => ["json-line", line]),
    );
    folder.write("b.jsonl", '{"a":"x"}\n');
    expect(await faultsOf(folder, "b.jsonl", TWO, { format: "jsonl" })).toMatchObject([{ code: "header-changed" }]);
    folder.write("c.jsonl", Buffer.from('{"a":"\xe9","b":1}\n', "latin1"));
    expect(await faultsOf(folder, "c.jsonl", TWO, { format: "jsonl" })).toMatchObject([{ code: "encoding-wrong" }]);
  });

  it("says which sheets a workbook has, and what is wrong with a range or file", async () => {
    using folder = new TestFolder();
    folder.write("a.xlsx", "not a workbook");
    expect(await faultsOf(folder, "a.xlsx", TWO, { format: "xlsx" })).toMatchObject([{ code: "workbook-damaged" }]);
    folder.write(
      "b.xlsx",
      await writeXlsx({
        sheets: [
          { name: "Schools", rows: [["a", "b"]] },
          { name: "Notes", rows: [[]] },
        ],
      }),
    );
    expect(await faultsOf(folder, "b.xlsx", TWO, { format: "xlsx", sheet: "School" })).toMatchObject([
      {
        code: "sheet-unknown",
        message: 'b.xlsx has no sheet "School". Its sheets: "Schools", "Notes".',
        suggestion: 'Nearest: "Schools".',
      },
    ]);
    expect(await faultsOf(folder, "b.xlsx", TWO, { format: "xlsx", range: "H3:B1" })).toMatchObject([
      { code: "range-wrong" },
    ]);
    expect(await faultsOf(folder, "b.xlsx", TWO, { format: "xlsx", range: "A5:B9" })).toMatchObject([
      { code: "header-empty" },
    ]);
    expect(await faultsOf(folder, "b.xlsx", TWO, { format: "xlsx" })).toMatchObject([{ code: "no-rows" }]);
  });

  it("speaks to a head teacher as well", async () => {
    using folder = new TestFolder();
    const problem = await problemOf(folder, "panel.csv", TWO);
    expect(problem.exitCode).toBe(1);
    expect(problem.forHeadTeacher()).toContain("One thing needs mending first.");
  });
});
