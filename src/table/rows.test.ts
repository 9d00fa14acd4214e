import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numberColumn } from "#testing";
import { allRows, type Frame, flagsOf, numbersOf, rowsWhere, takeRows, wholesOf } from "./index.ts";

const lists = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 40 });

describe("rows", () => {
  test("say the same as filtering and mapping lists does", () => {
    fc.assert(
      fc.property(lists, (list) => {
        const keys = [...list.keys()];
        expect([...allRows(list.length)]).toEqual(keys);
        expect([...rowsWhere(list.length, (row) => list[row]! > 0)]).toEqual(keys.filter((row) => list[row]! > 0));
        expect([...numbersOf(list.length, (row) => list[row]! / 2)]).toEqual(list.map((value) => value / 2));
        expect([...wholesOf(list.length, (row) => list[row]!)]).toEqual(list);
        expect([...flagsOf(list.length, (row) => list[row]! > 0)]).toEqual(list.map((value) => Number(value > 0)));
      }),
    );
  });

  test("all of a frame as it stands is the frame, any other choice is a new one", () => {
    const frame: Frame = { rows: 3, columns: new Map([["pay", numberColumn([1, 2, 3], "number", (value) => value)]]) };
    expect(takeRows(frame, allRows(3))).toBe(frame);
    const turned = takeRows(frame, Int32Array.from([2, 1, 0])).columns.get("pay")!;
    expect(turned.kind === "number" && [...turned.values]).toEqual([3, 2, 1]);
    expect(takeRows(frame, allRows(2)).rows).toBe(2);
  });
});
