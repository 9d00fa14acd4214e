import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSource } from "./openSource.ts";
import { declare } from "./testing/declare.ts";
import { TestFolder } from "./testing/folder.ts";
import { look, valuesOf } from "./testing/open.ts";

const YAML = `
key: [id, year]
columns:
  id: { type: text, identifies: school }
  year: { type: academicYear, written: end }
  use: truth
  score: { type: number, codes: { SUPP: suppressed } }
  area: text`;
const ROWS = [
  ["s1", "2016", "1", "1.5", "north"],
  ["s1", "2016", "1", "2.5", "north"],
  ["s1", "2017", "0", "SUPP", "south"],
  ["s2", "2016", "", "3.5", "north"],
  ["s2", "2018", "1", "4.5", "zenith"],
  ["", "2016", "1", "5.5", "east"],
  ["", "2016", "1", "6.5", "east"],
];
const HEADER = "id,year,use,score,area";
const csv = (rows: readonly (readonly string[])[]) => `${HEADER}\n${rows.map((row) => row.join(",")).join("\n")}\n`;

describe("the rows a study keeps", () => {
  it("counts rows that are false and rows that cannot be decided apart", async () => {
    using folder = new TestFolder();
    const table = await look(folder, folder.write("a.csv", csv(ROWS)), YAML, { condition: "use = yes" });
    expect(valuesOf(table, "score")).toEqual([1.5, 2.5, 4.5, 5.5, 6.5]);
    expect(table.trail).toMatchObject({ rowsInFile: 7, rowsKept: 5, rowsRefused: 1, rowsUndecided: 1 });
  });

  it("counts repeated keys among kept rows, with examples, and no row whose key is not complete", async () => {
    using folder = new TestFolder();
    const file = folder.write("a.csv", csv(ROWS));
    const all = await look(folder, file, YAML);
    expect(all.trail.repeatedKeys).toEqual({ count: 1, examples: ["s1 × 2015/16"] });
    const some = await look(folder, file, YAML, { condition: "score > 2" });
    expect(some.trail.repeatedKeys).toEqual({ count: 0, examples: [] });
  });

  it("never writes out the key of a person", async () => {
    using folder = new TestFolder();
    const file = folder.write("a.csv", csv(ROWS));
    const { trail } = await look(folder, file, YAML.replace("identifies: school", "identifies: person"));
    expect(trail.repeatedKeys).toEqual({ count: 1, examples: [] });
  });

  it("keeps what asks for a state only there", async () => {
    using folder = new TestFolder();
    const table = await look(folder, folder.write("a.csv", csv(ROWS)), YAML, { condition: "score is suppressed" });
    expect(valuesOf(table, "area")).toEqual(["south"]);
  });
});

describe("rows wanted by their values", () => {
  const types = {
    id: ["text", ["s1", "s2"]],
    number: ["number", ["5", "2.5"]],
    grade: ["{ type: category, levels: [good, poor] }", ["poor"]],
  } as const;
  const rows = [
    ["s1", "5", "poor"],
    ["s2", "2.5", "good"],
    ["s3", "50", "poor"],
    ["", "", ""],
  ];

  it.each(["id", "number", "grade"] as const)("are found in a column like %s", async (name) => {
    using folder = new TestFolder();
    const file = folder.write("a.csv", `id,number,grade\n${rows.map((row) => row.join(",")).join("\n")}\n`);
    const yaml = `columns:\n${Object.entries(types)
      .map(([column, [type]]) => `  ${column}: ${type}`)
      .join("\n")}`;
    const source = await openSource(declare(yaml, file), { dataFolder: folder.path });
    const table = await source.view(undefined, undefined, { among: { column: name, values: types[name][1] } });
    source.close();
    expect(valuesOf(table, "id")).toEqual(name === "grade" ? ["s1", "s3"] : ["s1", "s2"]);
  });
});

describe("a seal", () => {
  const seal = { yearColumn: "year", upTo: 2015, without: ["score"] };

  it("leaves out later rows, rows of no year, and columns, and counts only what it shows", async () => {
    using folder = new TestFolder();
    const rows = [...ROWS, ["s9", "", "1", "7.5", "west"]];
    const table = await look(folder, folder.write("a.csv", csv(rows)), YAML, { condition: "use = yes" }, seal);
    expect([...table.frame.columns.keys()]).toEqual(["id", "year", "use", "area"]);
    expect(valuesOf(table, "year")).toEqual([2015, 2015, 2015, 2015]);
    expect(table.trail).toMatchObject({ rowsKept: 4, rowsRefused: 0, rowsUndecided: 1 });
    // `zenith` and `south` stand in later rows only.
    expect(table.frame.columns.get("area")).toMatchObject({ levels: ["east", "north"] });
  });

  it("lets nothing of a sealed cell through: neither its value nor whether there is one", async () => {
    using folder = new TestFolder();
    const visible = async (rows: readonly (readonly string[])[]) => {
      const table = await look(folder, folder.write("a.csv", csv(rows)), YAML, { condition: "use = yes" }, seal);
      const { sha256: _, bytes: __, rowsInFile: ___, ...trail } = table.trail;
      return { frame: table.frame, trail };
    };
    const before = await visible(ROWS);
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.constantFrom("", "SUPP", "-99", "1"),
            fc.constantFrom("", "0", "1"),
            fc.constantFrom("", "aaa", "zzz"),
            fc.constantFrom("", "s1", "aa"),
          ),
          {
            minLength: ROWS.length,
            maxLength: ROWS.length,
          },
        ),
        async (planted) => {
          const changed = ROWS.map(([id, year, use, , area], i) => {
            const [score, otherUse, otherArea, otherId] = planted[i]!;
            return year === "2016" ? [id!, year, use!, score, area!] : [otherId, year!, otherUse, score, otherArea];
          });
          expect(await visible(changed)).toEqual(before);
        },
      ),
      { numRuns: 10 },
    );
  }, 20_000);

  it("refuses a condition on rows that reads a sealed column", async () => {
    using folder = new TestFolder();
    const file = folder.write("a.csv", csv(ROWS));
    await expect(look(folder, file, YAML, { condition: "score > 2" }, seal)).rejects.toMatchObject({
      exitCode: 3,
      faults: [{ code: "sealed-in-where", severity: "refusal" }],
    });
  });

  it("is a mistake of the program when it names no year column", async () => {
    using folder = new TestFolder();
    const file = folder.write("a.csv", csv(ROWS));
    await expect(look(folder, file, YAML, {}, { upTo: 2015, without: [] })).rejects.toThrow(
      "needs a declared year column",
    );
  });
});
