import { describe, expect, it } from "vitest";
import { Faults } from "#domain";
import { readWritten } from "./readWritten.ts";
import { TestFolder } from "./testing/folder.ts";
import { writeSheets } from "./writeSheets.ts";

async function read(name: string, content: string | Uint8Array, sheet?: string) {
  using folder = new TestFolder();
  folder.write(name, content);
  const table = await readWritten(name, { folder: folder.path, ...(sheet !== undefined && { sheet }) });
  return { ...table, codes: table.faults.map(({ code }) => code) };
}
const cells = ({ rows }: Awaited<ReturnType<typeof read>>) => rows.map((row) => row.cells);

describe("a file as somebody wrote it", () => {
  it("keeps every cell as text, with its line", async () => {
    const table = await read("a.csv", '\ufeffname,n\r\n"A, B\r\nC",007\r\n,\r\nZoë,1\r\n');
    expect(table.headers).toEqual(["name", "n"]);
    expect(table.rows).toEqual([
      { line: 2, cells: ["A, B\r\nC", "007"] },
      { line: 4, cells: [null, null] },
      { line: 5, cells: ["Zoë", "1"] },
    ]);
    expect(table.codes).toEqual([]);
  });

  it("is read on where rows are of another length, and says which", async () => {
    const table = await read("a.csv", "a,b\n1\n1,2\n1,2,3\n");
    expect(table.faults.map(({ code, place }) => [code, place?.line])).toEqual([
      ["row-ragged", 2],
      ["row-ragged", 4],
    ]);
    expect(table.faults[0]!.suggestion).toContain("in quotes");
    expect(cells(table)).toEqual([
      ["1", "2"],
      ["1", "2", "3"],
    ]);
  });

  it("is read in Windows-1252 where it is not UTF-8, and by semicolons where they divide it", async () => {
    const old = await read("a.csv", Buffer.from("a,b\nZo\xeb,1\n", "latin1"));
    expect([old.codes, cells(old)]).toEqual([["encoding-wrong"], [["Zoë", "1"]]]);
    const other = await read("a.csv", "a;b\n1;2\n");
    expect([other.codes, cells(other)]).toEqual([["delimiter-other"], [["1", "2"]]]);
  });

  it("is refused where nothing can be told apart", async () => {
    const codes = async (content: string | Uint8Array) =>
      await read("a.csv", content).catch((problem: unknown) => (problem as Faults).faults.map(({ code }) => code));
    expect(await codes('a,b\n"1,2\n')).toEqual(["quote-unclosed"]);
    expect(await codes(Buffer.from("\ufeffa,b\n1,2\n", "utf16le"))).toEqual(["encoding-wrong"]);
    expect(await codes("")).toEqual(["file-empty"]);
    await expect(readWritten("b.csv", { folder: "/nowhere" })).rejects.toBeInstanceOf(Faults);
  });

  it("may be a workbook: the sheet that is meant, else the first", async () => {
    const book = await writeSheets([
      { name: "notes", rows: [["x"], ["y"]] },
      {
        name: "people",
        rows: [
          ["trn", "name"],
          ["0123456", "Zoë"],
        ],
      },
    ]);
    const table = await read("a.xlsx", book, "people");
    expect([table.headers, table.rows, table.placeWord]).toEqual([
      ["trn", "name"],
      [{ line: 2, cells: ["0123456", "Zoë"] }],
      "row",
    ]);
    expect((await read("a.xlsx", book, "schools")).headers).toEqual(["x"]);
  });
});
