import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeXlsx } from "hucre/xlsx";
import { describe, expect, it } from "vitest";
import { readDate } from "#domain";
import { type CodeColumn, Engine, type NumberColumn } from "#table";
import { openSource } from "./openSource.ts";
import { declare } from "./testing/declare.ts";
import { TestFolder } from "./testing/folder.ts";
import { look, valuesOf } from "./testing/open.ts";

describe("reading delimited files", () => {
  it("reads every type into typed columns, under plain names", async () => {
    using folder = new TestFolder();
    folder.write(
      "a.csv",
      "URN,year,P8MEA,pct,roll,region,area,opened,open,grade,skipped\n" +
        "100050,2016,-0.5,45.5%,207.0,North,Zedd,2016-09-01,yes,2.0,x\n" +
        "100049,2017,SUPP,0,12,,Aarn,,0,4,y\n" +
        "100049,2018,,100,NP,South,,1970-01-01,TRUE,,z\n",
    );
    const table = await look(
      folder,
      "a.csv",
      `columns:
         urn: { from: URN, type: urn }
         year: { type: academicYear, written: end }
         progress8: { from: P8MEA, type: number, codes: { SUPP: suppressed } }
         pct: percent
         roll: { type: whole, codes: { NP: missing } }
         region: { type: category, levels: [South, North, East] }
         area: category
         opened: date
         open: truth
         grade: ofstedGrade`,
    );
    expect([...table.frame.columns.keys()]).toEqual([
      "urn",
      "year",
      "progress8",
      "pct",
      "roll",
      "region",
      "area",
      "opened",
      "open",
      "grade",
    ]);
    expect(Object.fromEntries([...table.frame.columns.keys()].map((name) => [name, valuesOf(table, name)]))).toEqual({
      urn: ["100050", "100049", "100049"],
      year: [2015, 2016, 2017],
      progress8: [-0.5, null, null],
      pct: [45.5, 0, 100],
      roll: [207, 12, null],
      region: ["North", null, "South"],
      area: ["Zedd", "Aarn", null],
      opened: [readDate("2016-09-01"), null, 0],
      open: [1, 0, 1],
      grade: ["2", "4", null],
    });
    const column = (name: string) => table.frame.columns.get(name)!;
    expect([...table.frame.columns.values()].map(({ type }) => type)).toEqual([
      "text",
      "academicYear",
      "number",
      "number",
      "number",
      "category",
      "category",
      "date",
      "truth",
      "category",
    ]);
    // 2 is suppressed and 1 missing; a column whose only gaps are missing says nothing of it.
    expect(column("progress8").states).toEqual(Uint8Array.of(0, 2, 1));
    expect(column("roll").states).toBeUndefined();
    expect((column("urn") as CodeColumn).levels).toEqual(["100049", "100050"]);
    expect((column("region") as CodeColumn).levels).toEqual(["South", "North", "East"]);
    expect((column("area") as CodeColumn).levels).toEqual(["Aarn", "Zedd"]);
    expect((column("grade") as CodeColumn).levels).toEqual(["1", "2", "3", "4"]);
    expect((column("year") as NumberColumn).values).toBeInstanceOf(Float64Array);
  });

  const yaml = "columns: { name: text, x: number }";
  const text = 'name,x\n"Ynys Môn, ""A""",1\nЖ 💡,2\n';
  const expected = { name: ['Ynys Môn, "A"', "Ж 💡"], x: [1, 2] };
  it.each<[string, string, string | Uint8Array, Parameters<typeof look>[3]]>([
    ["with a byte order mark", "a.csv", `\ufeff${text}`, {}],
    ["with CRLF", "a.csv", text.replaceAll("\n", "\r\n"), {}],
    ["with CR", "a.csv", text.replaceAll("\n", "\r"), {}],
    ["with mixed line ends", "a.csv", text.replace("\n", "\r\n"), {}],
    ["without a last line end", "a.csv", text.trimEnd(), {}],
    ["with empty lines at the end", "a.csv", `${text}\n\n`, {}],
    ["with columns the other way round", "a.csv", 'x,name\n1,"Ynys Môn, ""A"""\n2,Ж 💡\n', {}],
    ["compressed", "a.csv.gz", gzipSync(text), {}],
    ["compressed in two parts", "a.csv.gz", Buffer.concat([gzipSync(text.slice(0, 9)), gzipSync(text.slice(9))]), {}],
    ["with semicolons", "a.csv", 'name;x\n"Ynys Môn, ""A""";1\nЖ 💡;2\n', { delimiter: ";" }],
    ["with tabs", "a.tsv", 'name\tx\n"Ynys Môn, ""A"""\t1\nЖ 💡\t2\n', { delimiter: "\t" }],
    ["under a name with pattern characters", "a [1]*.csv", text, {}],
  ])("reads a file %s", async (_, file, content, changes) => {
    using folder = new TestFolder();
    const table = await look(folder, folder.write(file, content), yaml, changes);
    expect({ name: valuesOf(table, "name"), x: valuesOf(table, "x") }).toEqual(expected);
    expect(table.trail).toMatchObject({ rowsInFile: 2, rowsKept: 2, rowsRefused: 0, rowsUndecided: 0 });
  });

  it("reads all of Windows-1252, from the euro sign to the letter ÿ", async () => {
    using folder = new TestFolder();
    // Bytes 0x80 to 0xFF, and what the Encoding Standard (encoding.spec.whatwg.org, index windows-1252) says of the first 32.
    const high = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
    const latin = Array.from({ length: 96 }, (_, i) => String.fromCharCode(0xa0 + i)).join("");
    const bytes = Uint8Array.from({ length: 128 }, (_, i) => 0x80 + i);
    folder.write("a.csv", Buffer.concat([Buffer.from("n\xe9me,x\n", "latin1"), bytes, Buffer.from(",1\n")]));
    const table = await look(folder, "a.csv", "columns: { name: { from: néme, type: text }, x: number }", {
      encoding: "windows-1252",
    });
    expect(valuesOf(table, "name")).toEqual([high + latin]);
  });

  it("reads odd headers, and values that are SQL", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", `"it's ""x""; DROP",  \u00a0 ,💡\n'); DROP TABLE checked; --,1,a'b\n`);
    const table = await look(
      folder,
      "a.csv",
      `columns: { a: { from: 'it''s "x"; DROP', type: text }, b: { from: "  \u00a0 ", type: number }, c: { from: 💡, type: category, levels: ["a'b"] } }`,
    );
    expect(["a", "b", "c"].map((name) => valuesOf(table, name)[0])).toEqual(["'); DROP TABLE checked; --", 1, "a'b"]);
  });

  it("takes an empty line for a gap when there is one column", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", "x\n1\n\n2\n");
    expect(valuesOf(await look(folder, "a.csv", "columns: { x: number }"), "x")).toEqual([1, null, 2]);
  });

  it("reads one row, and a million rows in the order of the file", async () => {
    using folder = new TestFolder();
    folder.write("one.csv", "a,b\nx,1\n");
    expect((await look(folder, "one.csv", "columns: { a: text, b: number }")).frame.rows).toBe(1);
    const rows = 1_000_000;
    const lines = Array.from({ length: rows }, (_, i) => `${i},${(i * 7919) % 1009}`);
    writeFileSync(join(folder.path, "million.csv"), `a,b\n${lines.join("\n")}\n`);
    const table = await look(folder, "million.csv", "columns: { a: whole, b: { type: whole } }");
    const { values } = table.frame.columns.get("a") as NumberColumn;
    expect(values.length).toBe(rows);
    expect(values.every((value, row) => value === row)).toBe(true);
  }, 60_000);

  it("tells the file by its stored bytes", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", "a\n1\n");
    // printf 'a\n1\n' | sha256sum
    const { trail } = await look(folder, "a.csv", "columns: { a: number }", { expectedRows: 5 });
    expect(trail).toMatchObject({
      source: "example",
      file: "a.csv",
      path: join(folder.path, "a.csv"),
      sha256: "309b0e45a73d3fc5325e2b6ed0a01ef8b9cde6b05a5633c1f893f970d52bfddc",
      bytes: 4,
      expectedRows: 5,
      rowsInFile: 1,
    });
  });

  it("gives the same arrays in every run, and leaves nothing behind", async () => {
    using folder = new TestFolder();
    const lines = Array.from({ length: 30_000 }, (_, i) => `${(i * 7919) % 997},t${(i * 31) % 4001},${i / 7}`);
    folder.write("a.csv.gz", gzipSync(`g,t,x\n${lines.join("\n")}\n`));
    const declared = declare("columns: { g: category, t: text, x: number }", "a.csv.gz");
    const once = async () => {
      await using source = await openSource(declared, { dataFolder: folder.path });
      return { ...(await source.view()), means: await source.meansBy("x", ["g"]) };
    };
    const first = await once();
    for (let run = 0; run < 3; run++) expect(await once()).toEqual(first);
    expect(readdirSync(folder.path)).toEqual(["a.csv.gz"]);
  }, 30_000);
});

describe("reading other formats", () => {
  const yaml = "columns: { id: text, n: number, day: { type: date, written: dd-mm-yyyy }, open: truth, pct: percent }";
  const expected = {
    id: ["7", "a b"],
    n: [2.5, null],
    day: [readDate("2016-09-01"), null],
    open: [1, 0],
    pct: [45, 57],
  };
  const all = (table: Awaited<ReturnType<typeof look>>) =>
    Object.fromEntries(Object.keys(expected).map((name) => [name, valuesOf(table, name)]));

  it("reads the chosen sheet and range of a workbook, with typed cells and percentages as shown", async () => {
    using folder = new TestFolder();
    const day = new Date(Date.UTC(2016, 8, 1));
    folder.write(
      "a.xlsx",
      await writeXlsx({
        sheets: [
          { name: "Notes", rows: [["nothing here"]] },
          {
            name: "Data",
            rows: [
              ["about this file"],
              [null, "id", "n", "day", "open", "pct", "outside"],
              [null, 7, 2.5, day, true, 45, "x"],
              [null, "a b", null, null, false, null, "y"],
              [null, null, null, null, null, null, "z"],
            ],
            cells: new Map([["3,5", { value: 0.57, type: "number", style: { numFmt: "0%" } }]]),
          },
        ],
      }),
    );
    const table = await look(folder, "a.xlsx", yaml, { format: "xlsx", sheet: "Data", range: "B2:F99" });
    expect(all(table)).toEqual(expected);
  });

  it("reads Parquet, whose columns have their own types", async () => {
    using folder = new TestFolder();
    const engine = await Engine.open();
    await engine.run(
      `COPY (SELECT * FROM (VALUES ('7', 2.5::DOUBLE, DATE '2016-09-01', true, 45::BIGINT, 3.0::DOUBLE, TIMESTAMP '2016-09-01'),
         ('a b', 'nan'::DOUBLE, NULL, false, 57, NULL, NULL)) t(id, n, day, open, pct, whole, moment)) TO '${folder.path}/a.parquet' (FORMAT parquet)`,
    );
    engine.close();
    const table = await look(folder, "a.parquet", yaml, { format: "parquet" });
    expect(all(table)).toEqual(expected);
    const more = await look(folder, "a.parquet", "columns: { whole: text, moment: date }", { format: "parquet" });
    expect([valuesOf(more, "whole")[0], valuesOf(more, "moment")[0]]).toEqual(["3", readDate("2016-09-01")]);
  });

  it("reads one JSON object a line, compressed or not, with keys in any order", async () => {
    using folder = new TestFolder();
    const text =
      '{"id":7,"n":2.5,"day":"01-09-2016","open":true,"pct":"45%","more":[1]}\r\n' +
      '{"pct":57,"open":false,"id":"a b","day":null}\n\n';
    folder.write("a.jsonl", `\ufeff${text}`);
    folder.write("a.jsonl.gz", gzipSync(text));
    expect(all(await look(folder, "a.jsonl", yaml, { format: "jsonl" }))).toEqual(expected);
    expect(all(await look(folder, "a.jsonl.gz", yaml, { format: "jsonl" }))).toEqual(expected);
  });
});

describe("groups through the engine", () => {
  it("counts rows and takes means by two categories, gaps last", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", "g,h,x\nb,u,1\na,v,2\nb,u,\n,v,5\nb,u,3\na,u,\n");
    await using source = await openSource(
      declare("columns: { g: { type: category, levels: [b, a] }, h: text, x: number }", "a.csv"),
      { dataFolder: folder.path },
    );
    expect(await source.meansBy("x", ["g", "h"])).toEqual([
      { group: ["b", "u"], rows: 3, known: 2, mean: 2 },
      { group: ["a", "u"], rows: 1, known: 0, mean: undefined },
      { group: ["a", "v"], rows: 1, known: 1, mean: 2 },
      { group: [null, "v"], rows: 1, known: 1, mean: 5 },
    ]);
    await expect(source.meansBy("h", ["g"])).rejects.toThrow("h is no number");
  });
});
