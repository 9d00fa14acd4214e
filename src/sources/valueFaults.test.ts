import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeXlsx } from "hucre/xlsx";
import { describe, expect, it } from "vitest";
import { Engine } from "#table";
import { TestFolder } from "./testing/folder.ts";
import { faultsOf, look, problemOf, valuesOf } from "./testing/open.ts";
import { shapeOf, ValueFaults } from "./valueFaults.ts";

/** Values of one column beside a good one: which are faulty under a declaration. */
async function faulty(declaration: string, values: readonly string[]): Promise<readonly string[]> {
  using folder = new TestFolder();
  folder.write("a.csv", `x,n\n${values.map((value) => `"${value.replaceAll('"', '""')}",1\n`).join("")}`);
  const problem = await problemOf(folder, "a.csv", `columns: { x: ${declaration}, n: number }`);
  expect(problem).toBeInstanceOf(ValueFaults);
  return (problem as ValueFaults).cells.map(({ value }) => value);
}

describe("values that are neither valid nor a declared code", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      "number",
      ["1,234", "12%", " 3 ", "3 ", "1_000", "nan", "inf", "1e999", "0x1f", "-", "1.2.3", "SUPP", "true", "１", "£5"],
      ["1", "-0.5", "+2", ".5", "5.", "1e-05", "2E3", ""],
    ],
    ["whole", ["2.7", "1e2", "207.5", "3,000", "x"], ["2", "-3", "207.0", "0"]],
    ["percent", ["101", "-1", "12 %", "%", "100.01%"], ["0", "100", "45.5", "45.5%"]],
    ["proportion", ["1.01", "-0.1", "45%"], ["0", "1", "0.5"]],
    ["{ type: money, unit: GBP }", ["£1", "1,000.00"], ["1000.00", "-5"]],
    ["truth", ["2", "y", "maybe", "1.0"], ["1", "0", "yes", "No", "TRUE", "false"]],
    [
      "date",
      ["2016-13-01", "2016-02-30", "2016-9-1", "01/09/2016", "20160901", "2016-09-01 10:00"],
      ["2016-09-01", "2016-02-29", "1899-12-31"],
    ],
    ["{ type: date, written: dd-mm-yyyy }", ["2016-09-01", "31-02-2016", "1-9-2016"], ["01-09-2016"]],
    ["{ type: date, written: dd/mm/yyyy }", ["09/31/2016", "01-09-2016"], ["01/09/2016"]],
    ["{ type: date, written: yyyymmdd }", ["20161301", "2016091", "20160901.0"], ["20160901"]],
    ["{ type: date, range: { min: 0, max: 365 } }", ["1969-12-31", "1971-01-02"], ["1970-01-01", "1971-01-01"]],
    ["{ type: academicYear, written: end }", ["2015/16", "16", "201516", "20166"], ["2016"]],
    ["academicYear", ["2015/17", "2015-16", "2016"], ["2015/16", "1999/00"]],
    ["{ type: academicYear, written: long }", ["2015-2017", "2015/16"], ["2015-2016"]],
    ["{ type: academicYear, written: run }", ["201517", "2015"], ["201516"]],
    ["{ type: category, levels: [North, South] }", ["north", "East", "North "], ["North", "South"]],
    ["ofstedGrade", ["5", "0", "Good", "2.5"], ["1", "4", "2.0"]],
    ["urn", ["12345", "1234567", "ABC123", "100049.0"], ["100049"]],
    ["trn", ["123456", "12345678"], ["1234567"]],
    ["laCode", ["20", "2020"], ["202"]],
    ["districtCode", ["E0600001", "Derby"], ["E06000015"]],
    ["postcode", ["LE1", "le1 1aa", "12345"], ["LE11 4SQ", "E1 0LB", "W1A1AA"]],
    ["{ type: number, range: { min: 80, max: 120 } }", ["79.9", "121"], ["80", "120"]],
    ["{ type: number, range: { max: 5 } }", ["5.1"], ["-1000", "5"]],
  ])("%s", async (declaration, wrong, right) => {
    expect(await faulty(declaration, [...right, ...wrong])).toEqual(wrong);
  });

  it("says how many, which, where, what was expected and what to do", async () => {
    using folder = new TestFolder();
    const text = 'URN,P8MEA\n100049,0.1\n100050,"NE\nW"\n100051,NEW\n100052,NEW\n100053,SUPP\n';
    folder.write("ks4.csv.gz", gzipSync(text));
    const yaml =
      "columns: { urn: { from: URN, type: urn }, progress8: { from: P8MEA, type: number, codes: { SUPP: suppressed } } }";
    const problem = (await problemOf(folder, "ks4.csv.gz", yaml)) as ValueFaults;
    expect(problem.faults).toEqual([
      {
        code: "value-not-declared",
        severity: "fault",
        place: { file: "ks4.csv.gz", line: 3, column: 8 },
        message:
          "3 cells of progress8 (header P8MEA) in ks4.csv.gz are neither valid nor a declared code: " +
          '"NEW" × 2, "NE\nW"; first at line 3. Expected a number.',
        suggestion:
          'If it says why there is no value, add `"NEW": notAvailable` (or another reason) to codes. Full list: `--report-faults`.',
      },
    ]);
    // The line break in quotes moves the later rows down by one line.
    expect(problem.cells.map(({ row, value }) => [row, value])).toEqual([
      [3, "NE\nW"],
      [5, "NEW"],
      [6, "NEW"],
    ]);
    expect(problem.cells[1]).toEqual({
      file: "ks4.csv.gz",
      row: 5,
      column: "progress8",
      header: "P8MEA",
      value: "NEW",
      expected: "a number",
    });
  });

  it("speaks of every faulty column at once, in the order declared", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", "b,a\n2.7,x\nnone,y\n3,1\n");
    const faults = await faultsOf(folder, "a.csv", "columns: { a: number, b: whole }");
    expect(faults.map(({ message }) => message)).toEqual([
      expect.stringContaining('2 cells of a in a.csv are neither valid nor a declared code: "x", "y"'),
      expect.stringContaining('2 cells of b in a.csv are neither valid nor a declared code: "2.7", "none"'),
    ]);
  });

  it.each([
    ["whole", "2.7", "Declare the type `number`"],
    ["number", "1,234", "without thousands separators"],
    ["number", "45%", "Declare the type `percent`"],
    ["number", " 3", "Remove the spaces"],
    ["date", "01/09/2016", "Declare how it is written"],
    ["{ type: category, levels: [North] }", "South", "Add the value to `levels`"],
  ])("advises on %s %j", async (declaration, value, advice) => {
    using folder = new TestFolder();
    folder.write("a.csv", `x,n\n"${value}",1\n`);
    expect((await faultsOf(folder, "a.csv", `columns: { x: ${declaration}, n: number }`))[0]!.suggestion).toContain(
      advice,
    );
  });

  it("describes sealed values by their shape and shows the others", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", "year,score,other\n2016,secret1,plain1\n2019,secret2,plain2\n,1.2.3,3\n");
    const yaml = "columns: { year: { type: academicYear, written: end }, score: number, other: number }";
    const problem = (await problemOf(
      folder,
      "a.csv",
      yaml,
      {},
      {
        sealed: [{ columns: ["score"], yearColumn: "year", after: 2015 }],
      },
    )) as ValueFaults;
    expect(problem.cells.map(({ column, value }) => [column, value])).toEqual([
      ["score", "secret1"],
      ["other", "plain1"],
      ["score", "[letters and digits]"],
      ["other", "plain2"],
      ["score", "[number with two points]"],
    ]);
    expect(JSON.stringify([problem.faults, problem.message, problem.cells])).not.toMatch(/secret2|1\.2\.3/);
  });

  it("never shows a value of a column that is sealed altogether", async () => {
    using folder = new TestFolder();
    folder.write("a.csv", "score,n\nsecret,1\n");
    const problem = await problemOf(
      folder,
      "a.csv",
      "columns: { score: number, n: number }",
      {},
      { sealed: [{ columns: ["score"] }] },
    );
    expect(JSON.stringify([problem.faults, (problem as ValueFaults).cells])).not.toContain("secret");
    expect(problem.faults[0]!.message).toContain("[letters]");
  });

  it.each([
    ["NEW", "letters"],
    ["1.2.3", "number with two points"],
    ["1,234.5", "number with one point and one comma"],
    ["45%", "number with a percent sign"],
    ["  ", "spaces only"],
    [" 12", "number with spaces around it"],
    ["St Mary 2", "letters, digits and spaces"],
    ["£5", "digits and signs"],
    ["--", "signs"],
  ])("the shape of %j is %s", (value, shape) => {
    expect(shapeOf(value)).toBe(shape);
  });
});

describe("names of rows with something around them", () => {
  const ids = ["S1", "S1 ", " S2", "S3\t", "S4\u00a0", "\u200bS5", "\ufeffS6", "S7\u2060", " ", "S 8", "Ö9é", "SUPP"];
  // The engine hands a text over without a mark at its beginning; it is found all the same.
  const bad = ids.slice(1, 9).map((id) => id.replace(/^\ufeff/, ""));
  const of = (declaration: string, key = "") => `${key}columns: { id: ${declaration}, n: number }`;

  async function write(folder: TestFolder, format: string): Promise<void> {
    const file = join(folder.path, `a.${format}`);
    if (format === "csv") folder.write("a.csv", `id,n\n${ids.map((id) => `"${id}",1\n`).join("")}`);
    else if (format === "jsonl") folder.write("a.jsonl", ids.map((id) => `${JSON.stringify({ id, n: 1 })}\n`).join(""));
    else if (format === "xlsx")
      folder.write(
        "a.xlsx",
        await writeXlsx({ sheets: [{ name: "A", rows: [["id", "n"], ...ids.map((id) => [id, 1])] }] }),
      );
    else {
      const engine = await Engine.open();
      const rows = ids.map((id) => `('${id}', 1)`).join(", ");
      await engine.run(`COPY (SELECT * FROM (VALUES ${rows}) AS t(id, n)) TO '${file}' (FORMAT parquet)`);
      engine.close();
    }
  }

  it.each(["csv", "jsonl", "parquet", "xlsx"] as const)("are faults on every row of %s", async (format) => {
    using folder = new TestFolder();
    await write(folder, format);
    for (const yaml of [
      of("{ type: text, identifies: school, codes: { SUPP: suppressed } }"),
      of("text", "key: [id, n]\n"),
      of("category", "key: [id]\n"),
    ]) {
      const problem = await problemOf(folder, `a.${format}`, yaml, { format });
      expect(problem).toBeInstanceOf(ValueFaults);
      const { cells, faults } = problem as ValueFaults;
      expect(cells.map(({ value }) => value)).toEqual(bad);
      expect(cells[0]).toMatchObject({ column: "id", expected: "text without spaces around it" });
      expect(faults).toMatchObject([
        {
          code: "value-not-declared",
          suggestion: "Remove the spaces, or the marks nobody sees, around the value. Full list: `--report-faults`.",
        },
      ]);
    }
  });

  it("are as they are in a column that names nothing", async () => {
    using folder = new TestFolder();
    await write(folder, "csv");
    expect(valuesOf(await look(folder, "a.csv", of("text")), "id")).toEqual(ids);
  });
});
