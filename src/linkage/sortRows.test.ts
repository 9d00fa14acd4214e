import fc from "fast-check";
import { expect, test } from "vitest";
import type { Column } from "#table";
import { orderOf } from "./sortRows.ts";

/** What a reader expects: the text of the identity, then the year, then the order of the file. */
function sorted(texts: readonly string[], years: readonly number[] | undefined): number[] {
  return [...texts.keys()].sort((a, b) => {
    if (texts[a] !== texts[b]) return texts[a]! < texts[b]! ? -1 : 1;
    return (years === undefined ? 0 : years[a]! - years[b]!) || a - b;
  });
}

/** A column of the texts, its levels in order of the alphabet, or as they come. */
function coded(texts: readonly string[], type: "text" | "category"): Column {
  const levels = [...new Set(texts)];
  if (type === "text") levels.sort((a, b) => (a < b ? -1 : 1));
  return { kind: "code", type, levels, codes: Int32Array.from(texts, (text) => levels.indexOf(text)) };
}

const year = fc.integer({ min: 2008, max: 2022 });
const rows = fc.array(fc.tuple(fc.string({ maxLength: 2 }), year), { maxLength: 40 });
const order = (identity: Column, years: readonly number[] | undefined, count: number) => [
  ...orderOf(identity, years === undefined ? undefined : Float64Array.from(years), count),
];

test("rows are in the order a comparison of text and year gives, whatever order the levels stand in", () => {
  fc.assert(
    fc.property(rows, fc.constantFrom("text", "category"), fc.boolean(), (drawn, type, isPanel) => {
      const texts = drawn.map(([text]) => text);
      const years = isPanel ? drawn.map(([, own]) => own) : undefined;
      expect(order(coded(texts, type), years, texts.length)).toEqual(sorted(texts, years));
    }),
  );
});

test("a numeric identity is sorted as it is written: 10 comes before 9", () => {
  const numbers = [9, 10, 100, 9];
  const column: Column = { kind: "number", type: "number", values: Float64Array.from(numbers) };
  expect(order(column, [2, 1, 1, 1], 4)).toEqual([1, 2, 3, 0]);
  expect(order(column, [2, 1, 1, 1], 4)).toEqual(sorted(numbers.map(String), [2, 1, 1, 1]));
});

test("numbers far apart are sorted like those close together", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(-1e9, 0, 3, 20, 1e9), { maxLength: 20 }), (years) => {
      const texts = years.map((_, i) => "ab"[i % 2]!);
      expect(order(coded(texts, "text"), years, years.length)).toEqual(sorted(texts, years));
    }),
  );
});
