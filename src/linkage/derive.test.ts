import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DerivedColumn } from "#protocol";
import type { Column, Frame } from "#table";
import { derive, frameContext } from "./derive.ts";
import { column, derived, expression, frameOf, table, tables, valuesOf } from "./testing/tables.ts";

const make = (rule: DerivedColumn, frame: Frame, other?: Frame, year?: string): (number | string | undefined)[] =>
  valuesOf(made(rule, frame, other, year));

const made = (rule: DerivedColumn, frame: Frame, other?: Frame, year?: string): Column =>
  derive(rule, {
    frame,
    context: frameContext(frame),
    year,
    sources: other === undefined ? tables() : tables(table("pupils", other)),
  });

describe("recode", () => {
  test("maps levels, others and gaps", () => {
    const frame = frameOf({ role: column(["head", "teacher", undefined, "deputy"]) });
    const rule = { column: "role", to: { head: "senior", deputy: "senior" }, levels: ["classroom", "senior"] };
    expect(make(derived("level", "recode", { ...rule, others: "classroom" }), frame)).toEqual([
      "senior",
      "classroom",
      undefined,
      "senior",
    ]);
    expect(make(derived("level", "recode", rule), frame)).toEqual(["senior", undefined, undefined, "senior"]);
  });

  test("a level called like a property of every object is not found by accident", () => {
    const frame = frameOf({ role: column(["constructor", "head"]) });
    const rule = derived("level", "recode", {
      column: "role",
      to: { head: "senior" },
      others: "rest",
      levels: ["senior", "rest"],
    });
    expect(make(rule, frame)).toEqual(["rest", "senior"]);
  });

  test("numbers are read as written", () => {
    const frame = frameOf({ grade: column([1, 4, undefined]) });
    const rule = derived("level", "recode", {
      column: "grade",
      to: { "1": "good" },
      others: "poor",
      levels: ["good", "poor"],
    });
    expect(make(rule, frame)).toEqual(["good", "poor", undefined]);
  });
});

describe("bands", () => {
  const frame = frameOf({ age: column([24, 25, 30, 34.9, 35, undefined]) });
  const names = ["young", "middle", "old"];
  test("a value on a cut belongs to the side that is closed", () => {
    const left = derived("band", "bands", { column: "age", cuts: [25, 35], closed: "left", names });
    expect(make(left, frame)).toEqual(["young", "middle", "middle", "middle", "old", undefined]);
    const right = derived("band", "bands", { column: "age", cuts: [25, 35], closed: "right", names });
    expect(make(right, frame)).toEqual(["young", "young", "middle", "middle", "middle", undefined]);
  });
});

describe("summary", () => {
  const frame = frameOf({ school: column(["A", "B", "C", undefined]) });
  const pupils = frameOf({
    school: column(["A", "A", "A", "B", undefined]),
    points: column([1, 2, 6, undefined, 5]),
    passed: column([true, false, true, undefined, true]),
    grade: column(["x", "y", "y", "y", "x"], undefined, ["x", "y"]),
  });
  const rule = (statistic: Extract<DerivedColumn, { how: "summary" }>["statistic"], value?: string, atLeast = 1) =>
    derived("made", "summary", {
      statistic,
      of: "pupils",
      on: ["school"],
      atLeast,
      ...(value !== undefined && { value: expression(value, pupils) }),
    });

  test.each([
    ["mean", [3, undefined, undefined, undefined]],
    ["sum", [9, undefined, undefined, undefined]],
    ["min", [1, undefined, undefined, undefined]],
    ["max", [6, undefined, undefined, undefined]],
    ["count", [3, 0, 0, undefined]],
  ] as const)("%s of a number leaves gaps out", (statistic, expected) => {
    expect(make(rule(statistic, "points"), frame, pupils)).toEqual(expected);
  });

  test("share is of those for whom it is known", () => {
    expect(make(rule("share", "passed"), frame, pupils)).toEqual([2 / 3, undefined, undefined, undefined]);
  });

  test("count without a value counts rows, and 0 is a count", () => {
    expect(make(rule("count"), frame, pupils)).toEqual([3, 1, 0, undefined]);
  });

  test("count of a category is a number, not a level", () => {
    expect(make(rule("count", "grade"), frame, pupils)).toEqual([3, 1, 0, undefined]);
  });

  test("the most frequent level is a level; of those that tie the first", () => {
    expect(make(rule("mode", "grade"), frame, pupils)).toEqual(["y", "y", undefined, undefined]);
    const even = frameOf({ school: column(["A", "A"]), grade: column(["y", "x"], undefined, ["x", "y"]) });
    expect(make(rule("mode", "grade"), frame, even)[0]).toBe("x");
  });

  test("carries no states of the source's rows over to the unit's", () => {
    const suppressed = { ...(pupils.columns.get("grade") as Column), states: new Uint8Array(5) } as Column;
    const source = frameOf({ ...Object.fromEntries(pupils.columns), grade: suppressed });
    expect(made(rule("mode", "grade"), frame, source).states).toBeUndefined();
  });

  test("too few rows give a missing value", () => {
    expect(make(rule("mean", "points", 3), frame, pupils)[0]).toBe(3);
    expect(make(rule("mean", "points", 4), frame, pupils)[0]).toBeUndefined();
  });
});

describe("quantiles", () => {
  const rule = (groups: number, within: readonly string[] = []) =>
    derived("fifth", "quantiles", {
      column: "x",
      groups,
      within,
      names: Array.from({ length: groups }, (_, g) => String(g + 1)),
    });

  test("equal groups of equal size, ties in the lower one", () => {
    expect(make(rule(2), frameOf({ x: column([4, 1, 3, 2]) }))).toEqual(["2", "1", "2", "1"]);
    expect(make(rule(2), frameOf({ x: column([1, 2, 2, 2]) }))).toEqual(["1", "1", "1", "1"]);
  });

  test("within the year and the declared groups", () => {
    const frame = frameOf({
      x: column([1, 2, 101, 102]),
      year: column([2014, 2014, 2015, 2015], "academicYear"),
    });
    expect(make(rule(2), frame, undefined, "year")).toEqual(["1", "2", "1", "2"]);
    const phased = frameOf({ x: column([1, 2, 101, 102]), phase: column(["p", "p", "s", "s"]) });
    expect(make(rule(2, ["phase"]), phased)).toEqual(["1", "2", "1", "2"]);
  });

  test("a group's number never falls as the value rises, and no group is more than a row too large without ties", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 2, max: 5 }),
        (x, groups) => {
          const got = make(rule(groups), frameOf({ x: column(x) })).map(Number);
          const order = [...x.keys()].sort((a, b) => x[a]! - x[b]!);
          for (let i = 1; i < order.length; i++) expect(got[order[i]!]).toBeGreaterThanOrEqual(got[order[i - 1]!]!);
          for (let g = 1; g <= groups; g++) {
            expect(got.filter((own) => own === g).length).toBeLessThanOrEqual(Math.ceil(x.length / groups));
          }
        },
      ),
    );
  });
});

describe("standardise", () => {
  const rule = (parts: { mean?: number; sd?: number } = {}) =>
    derived("z", "standardise", { column: "x", within: [], ...parts });

  test("has mean 0 and SD 1 within each year", () => {
    const frame = frameOf({ x: column([1, 2, 3, 10, 30]), year: column([1, 1, 1, 2, 2], "academicYear") });
    // 10 and 30 lie 10 from their mean 20, and their SD is √(200 / 1).
    const far = 10 / Math.sqrt(200);
    expect(make(rule(), frame, undefined, "year")).toEqual([-1, 0, 1, -far, far]);
  });

  test("uses numbers given instead of its own", () => {
    expect(make(rule({ mean: 10, sd: 2 }), frameOf({ x: column([8, undefined]) }))).toEqual([-1, undefined]);
  });

  test("is missing where there is no spread, never 0 and never infinite", () => {
    expect(make(rule(), frameOf({ x: column([5]) }))).toEqual([undefined]);
    expect(make(rule(), frameOf({ x: column([5, 5]) }))).toEqual([undefined, undefined]);
    expect(make(rule({ mean: 4 }), frameOf({ x: column([5, 5]) }))).toEqual([undefined, undefined]);
    expect(make(rule(), frameOf({ x: column([undefined]) }))).toEqual([undefined]);
  });
});

test("rows of a source have no moments", () => {
  const frame = frameOf({ x: column([1]) });
  expect(() => frameContext(frame).column("x", { year: 2015 })).toThrow(RangeError);
  expect(() => frameContext(frame).exists(undefined)).toThrow(RangeError);
});
