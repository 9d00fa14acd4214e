import { expect, it } from "vitest";
import type { Column, Frame } from "#table";
import { participantsOf, schoolEntriesOf, traitsOf } from "./frames.ts";

const text = (...cells: (string | null)[]): Column => {
  const levels = [...new Set(cells.filter((cell) => cell !== null))].sort((a, b) => (a < b ? -1 : 1));
  const codes = Int32Array.from(cells, (cell) => (cell === null ? -1 : levels.indexOf(cell)));
  return { kind: "code", type: "text", codes, levels };
};
const number = (...cells: number[]): Column => ({ kind: "number", type: "number", values: Float64Array.from(cells) });
const frame = (columns: Record<string, Column>): Frame => ({ rows: 2, columns: new Map(Object.entries(columns)) });

it("reads people and schools of tables, gaps left out, levels from the table before titles", () => {
  const people = frame({
    mi_row: text("1", "2"),
    trn: text("12/34501", null),
    birth_date: text("23/05/1984", "soon"),
    recruited: number(17_788, Number.NaN),
    withdrawn: number(1, 0),
    role_text: text("Head", "Head"),
    role_level: text(null, "middle leader"),
  });
  expect(participantsOf(people, () => "headteacher")).toEqual([
    {
      line: 1,
      row: "1",
      trn: "1234501",
      birth: 5_256,
      recruited: 17_788,
      withdrawn: true,
      roleText: "Head",
      roleLevel: "headteacher",
    },
    { line: 2, row: "2", withdrawn: false, roleText: "Head", roleLevel: "middle leader" },
  ]);
  expect(schoolEntriesOf(frame({ urn: text("1", "2"), cohort: number(1, 2) }))).toEqual([
    { line: 1, urn: "1", cohort: "1" },
    { line: 2, urn: "2", cohort: "2" },
  ]);
});

it("takes a register as it stood in the last year that is not too late, and knows schools that closed before", () => {
  const register: Frame = {
    rows: 4,
    columns: new Map<string, Column>([
      ["urn", text("1", "1", "2", "3")],
      ["year", number(2018, 2019, 2018, 2020)],
      ["phase", text("primary", "secondary", "primary", "primary")],
      ["aea_category", number(5, 6, Number.NaN, 1)],
    ]),
  };
  const { year, schools, known } = traitsOf(register, 2019);
  expect(year).toBe(2019);
  expect(schools).toEqual([{ urn: "1", phase: "secondary", aea: "6" }]);
  expect([...known.keys()]).toEqual(["1", "2"]);
  expect(traitsOf(register, 2010).schools).toEqual([]);
});
