import { expect, test } from "vitest";
import type { Column } from "#table";
import { oddSchools } from "./oddSchools.ts";

const code = (values: readonly (string | undefined)[]): Column => {
  const levels = [...new Set(values.filter((value) => value !== undefined))];
  return {
    kind: "code",
    type: "text",
    levels,
    codes: Int32Array.from(values, (value) => (value === undefined ? -1 : levels.indexOf(value))),
  };
};
const years = (values: readonly number[]): Column => ({
  kind: "number",
  type: "academicYear",
  values: Float64Array.from(values),
});
const census = {
  name: "census",
  yearColumn: "year",
  frame: {
    rows: 4,
    columns: new Map([
      ["urn", code(["1", "1", "2", "2"])],
      ["year", years([2015, 2018, 2014, 2016])],
    ]),
  },
};
const odd = (schools: readonly (string | undefined)[], asked: readonly number[]) =>
  oddSchools(
    { name: "participants", frame: { rows: schools.length, columns: new Map([["urn", code(schools)]]) } },
    census,
    "urn",
    Float64Array.from(asked),
  );

test("schools a census holds in the year asked for, or later, are passed over", () => {
  expect(odd(["1", "2", undefined], [2017, 2016, 2017])).toEqual([]);
});

test("a school no year holds is named with its rows", () => {
  expect(odd(["999999", "1", "999999"], [2017, 2017, 2017])).toEqual([
    "2 rows of participants with a school that census holds in no year: 999999 in 2.",
  ]);
});

test("a school that closed before the year asked for is told apart from one nobody knows", () => {
  expect(odd(["2", "7"], [2017, 2017])).toEqual([
    "1 row of participants with a school that census holds in no year: 7 in 1.",
    "1 row of participants with a school gone from census by the year asked for: 2 in 1.",
  ]);
});

test("a row whose year is not known says nothing about closing", () => {
  expect(odd(["2"], [Number.NaN])).toEqual([]);
});

test("more than five schools are cut short", () => {
  expect(odd(["a", "b", "c", "d", "e", "f"], Array(6).fill(2017))[0]).toContain("e in 1, ….");
});
