import { expect, it } from "vitest";
import { readDate } from "#domain";
import type { Column, Frame } from "#table";
import { studyReturnExhibits } from "./studyReturn.ts";

const codes = (cells: readonly string[]): Column => {
  const levels = [...new Set(cells)].sort((a, b) => (a < b ? -1 : 1));
  return { kind: "code", type: "text", codes: Int32Array.from(cells, (cell) => levels.indexOf(cell)), levels };
};
const numbers = (cells: readonly number[]): Column => ({
  kind: "number",
  type: "number",
  values: Float64Array.from(cells),
});
const rows = Array.from({ length: 80 }, (_, i) => i);
const table = (columns: Readonly<Record<string, Column>>, length = rows.length): Frame => ({
  rows: length,
  columns: new Map(Object.entries(columns)),
});

it("makes the tables of a return from the tables of a study, the analysis among the counts", () => {
  const participants = table({
    mi_row: codes(rows.map((i) => String(i))),
    project: codes(rows.map(() => "A")),
    trn: codes(rows.map((i) => String(1_000_100 + i))),
    urn: codes(rows.map((i) => String(137_600 + (i % 20)))),
    role_text: codes(rows.map((i) => (i % 2 === 0 ? "Headteacher" : "Class teacher"))),
    recruited: numbers(rows.map(() => 17_788)),
    withdrawn: numbers(rows.map((i) => (i < 12 ? 1 : 0))),
  });
  const schools = Array.from({ length: 40 }, (_, i) => i);
  const register = table(
    {
      urn: codes(schools.map((i) => String(137_600 + i))),
      year: numbers(schools.map(() => 2019)),
      phase: codes(schools.map((i) => (i < 30 ? "primary" : "secondary"))),
    },
    schools.length,
  );
  const analysed = new Set(rows.slice(12).map(String));
  const exhibits = studyReturnExhibits({
    participants,
    register: { frame: register, source: "school-years" },
    analysis: { label: "Analysis", analysed, linked: new Set(rows.map(String)) },
    asAt: readDate("2020-02-28")!,
    minimum: 10,
    sources: ["mi"],
  });
  const cellsOf = (id: string, row: string) =>
    exhibits.find((one) => one.id === id)!.rows.find((one) => one.id === row)!.cells;
  expect(cellsOf("mi-analysis", "withdrew").participants!.text).toBe("12");
  expect(cellsOf("mi-analysis", "not-explained").participants!.text).toBe("0");
  expect(cellsOf("mi-reconciliation", "analysis").participants!.text).toBe("68");
  expect(cellsOf("mi-participants-by-role", "headteacher").percent!.text).toBe("50");
  expect(cellsOf("mi-schools-by-phase", "primary").words!.text).toBe("over-represented: 100% against 75%");
  expect(exhibits.find(({ id }) => id === "mi-schools-by-phase")!.summary).toContain("school-years, 2019/20");
});
