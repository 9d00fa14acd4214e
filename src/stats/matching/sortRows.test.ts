import fc from "fast-check";
import { expect, it } from "vitest";
import { sortRows } from "./sortRows.ts";

it("sorts as a stable comparison sort does, by group, number and rank", () => {
  const numbers = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }), fc.constantFrom(-0, 0, 1e-300));
  fc.assert(
    fc.property(fc.array(fc.record({ number: numbers, group: fc.integer({ min: -2, max: 2 }) })), (all) => {
      const number = Float64Array.from(all, (own) => own.number);
      const group = Int32Array.from(all, (own) => own.group);
      const rows = Int32Array.from(all.keys()).filter((row) => row % 3 !== 1);
      const wanted = rows
        .slice()
        .sort((a, b) => group[a] - group[b] || (number[a] < number[b] ? -1 : number[a] > number[b] ? 1 : 0));
      expect([...sortRows(rows, [group, number])]).toEqual([...wanted]);
    }),
  );
});

it("sorts by a rank, and by what only looks like one", () => {
  expect([...sortRows(Int32Array.of(0, 1, 2, 3), [Float64Array.of(3, 0, 2, 1)])]).toEqual([1, 3, 2, 0]);
  expect([...sortRows(Int32Array.of(0, 2), [Float64Array.of(9, 0, 1)])]).toEqual([2, 0]);
  expect([...sortRows(Int32Array.of(0, 1, 2), [Float64Array.of(1, 1, 0)])]).toEqual([2, 0, 1]);
  expect([...sortRows(new Int32Array(0), [new Float64Array(0)])]).toEqual([]);
});
