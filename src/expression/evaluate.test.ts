import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stateCode } from "#domain";
import type { NumberColumn } from "#table";
import { evaluate } from "./evaluate.ts";
import { codes, good, numbers, rowsOf, valuesOf } from "./testing/schools.ts";

const NaN_ = Number.NaN;
const day = (text: string): number => Date.parse(text) / 86_400_000;

/** yes, no, undecided */
const truth = fc.constantFrom(1, 0, NaN_);

const not = (a: number): number => 1 - a;
const both = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : Number.isNaN(a) || Number.isNaN(b) ? NaN_ : 1);

describe("three-valued logic", () => {
  const decide = (text: string, a: number, b: number): number => {
    const columns = { use_row: numbers("truth", [a]), "use_row@2014": numbers("truth", [b]) };
    return (evaluate(good(text), rowsOf(1, columns)) as NumberColumn).values[0]!;
  };
  const A = "use_row";
  const B = "use_row at 2014/15";

  test("no and undecided is no; yes or undecided is yes; the rest with undecided is undecided", () => {
    fc.assert(
      fc.property(truth, truth, (a, b) => {
        expect(decide(`${A} and ${B}`, a, b)).toBe(both(a, b));
        expect(decide(`${A} or ${B}`, a, b)).toBe(not(both(not(a), not(b))));
        expect(decide(`not ${A}`, a, b)).toBe(not(a));
      }),
    );
  });

  test("`and` and `or` do not care for order, and De Morgan holds", () => {
    fc.assert(
      fc.property(truth, truth, (a, b) => {
        expect(decide(`${A} and ${B}`, a, b)).toBe(decide(`${B} and ${A}`, a, b));
        expect(decide(`not (${A} and ${B})`, a, b)).toBe(decide(`not ${A} or not ${B}`, a, b));
        expect(decide(`not (${A} or ${B})`, a, b)).toBe(decide(`not ${A} and not ${B}`, a, b));
      }),
    );
  });

  test("`between` and `in` are the conditions they stand for, also with gaps", () => {
    const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(NaN_));
    fc.assert(
      fc.property(value, value, value, (x, low, high) => {
        const context = rowsOf(1, {
          pupils: numbers("number", [x]),
          "pupils@2013": numbers("number", [low]),
          "pupils@2014": numbers("number", [high]),
        });
        const same = (one: string, other: string) => expect(valuesOf(one, context)).toEqual(valuesOf(other, context));
        same(
          "pupils between pupils at 2013/14 and pupils at 2014/15",
          "pupils >= pupils at 2013/14 and pupils <= pupils at 2014/15",
        );
        same(
          "pupils not between pupils at 2013/14 and pupils at 2014/15",
          "not (pupils between pupils at 2013/14 and pupils at 2014/15)",
        );
        same("pupils in (1, 2)", "pupils = 1 or pupils = 2");
        same("pupils not in (1, 2)", "pupils != 1 and pupils != 2");
      }),
    );
  });

  test("outside a bound is no even where the other bound is missing", () => {
    const context = rowsOf(1, { pupils: numbers("number", [5]), "pupils@2014": numbers("number", [NaN_]) });
    expect(valuesOf("pupils between pupils at 2014/15 and 3", context)).toEqual([0]);
  });
});

describe("missing values", () => {
  const states = ["observed", "missing", "suppressed", "notApplicable", "notAvailable"] as const;
  const context = rowsOf(5, {
    progress8: numbers("number", [1, NaN_, NaN_, NaN_, NaN_], states.map(stateCode)),
    region: codes("category", ["North West", "North East", "London"], [0, -1, -1, -1, -1], states.map(stateCode)),
    pupils: numbers("number", [1, NaN_, 2, NaN_, 3]),
    count: numbers("number", [1, NaN_, 2, NaN_, 3]),
  });

  test("`is missing` is true of every state, the finer questions of one", () => {
    for (const column of ["progress8", "region"]) {
      expect(valuesOf(`${column} is missing`, context)).toEqual([0, 1, 1, 1, 1]);
      expect(valuesOf(`${column} is not missing`, context)).toEqual([1, 0, 0, 0, 0]);
      expect(valuesOf(`${column} is suppressed`, context)).toEqual([0, 0, 1, 0, 0]);
      expect(valuesOf(`${column} is not applicable`, context)).toEqual([0, 0, 0, 1, 0]);
      expect(valuesOf(`${column} is not not available`, context)).toEqual([1, 1, 1, 1, 0]);
    }
  });

  test("without states a gap is plain missing", () => {
    expect(valuesOf("pupils is missing", context)).toEqual([0, 1, 0, 1, 0]);
    expect(valuesOf("pupils is suppressed", context)).toEqual([0, 0, 0, 0, 0]);
  });

  test("what needs a missing value is missing; what has no finite answer too", () => {
    expect(valuesOf("count + progress8", context)).toEqual([2, undefined, undefined, undefined, undefined]);
    expect(valuesOf("pupils / 0", context)).toEqual(Array(5).fill(undefined));
    expect(valuesOf("sqrt(-pupils)", context)).toEqual(Array(5).fill(undefined));
    expect(valuesOf("log(pupils - 1)", context)[0]).toBeUndefined();
    expect(valuesOf("percent(pupils, pupils - 1)", context)).toEqual([undefined, undefined, 200, undefined, 150]);
    expect(valuesOf("if pupils > 1 then 1 else 0", context)).toEqual([0, undefined, 1, undefined, 1]);
    expect(valuesOf("max(pupils, 2)", context)).toEqual([2, undefined, 2, undefined, 3]);
  });

  test("`firstKnown` takes the first value there is", () => {
    expect(valuesOf("firstKnown(progress8, 9)", context)).toEqual([1, 9, 9, 9, 9]);
    expect(valuesOf("firstKnown(region, 'Elsewhere')", context)).toEqual(["North West", ...Array(4).fill("Elsewhere")]);
  });
});

describe("text and categories", () => {
  const context = rowsOf(4, {
    region: codes("category", ["North West", "North East", "London"], [2, 0, 1, -1]),
    grade: codes("category", ["1", "2", "3", "4"], [0, 1, 2, 3]),
    name: codes("text", ["Éva O'Neill-Smith", "bo", "zoë"], [0, 1, 2, -1]),
    other_name: codes("text", ["Ann", "bo", "z"], [0, 1, 2, 1]),
    use_row: numbers("truth", [1, 0, NaN_, 1]),
  });

  test("levels are compared by name, ordered ones by their place", () => {
    expect(valuesOf("region = 'North East'", context)).toEqual([0, 0, 1, undefined]);
    expect(valuesOf("'North East' != region", context)).toEqual([1, 1, 0, undefined]);
    expect(valuesOf("region in ('London', 'North West')", context)).toEqual([1, 1, 0, undefined]);
    expect(valuesOf("grade <= '2'", context)).toEqual([1, 1, 0, 0]);
    expect(valuesOf("'2' < grade", context)).toEqual([0, 0, 1, 1]);
    expect(valuesOf("grade between '2' and '3'", context)).toEqual([0, 1, 1, 0]);
  });

  test("texts of two columns meet although their codes differ", () => {
    expect(valuesOf("name = other_name", context)).toEqual([0, 1, 0, undefined]);
    expect(valuesOf("startsWith(name, other_name)", context)).toEqual([0, 1, 1, undefined]);
    expect(valuesOf("contains(name, 'o')", context)).toEqual([0, 1, 1, undefined]);
    expect(valuesOf("endsWith(name, 'h')", context)).toEqual([1, 0, 0, undefined]);
  });

  test("functions of text", () => {
    expect(valuesOf("normaliseName(name)", context)).toEqual(["eva oneill smith", "bo", "zoe", undefined]);
    expect(valuesOf("upper(left(name, 2))", context)).toEqual(["ÉV", "BO", "ZO", undefined]);
    expect(valuesOf("right(name, 1)", context)).toEqual(["h", "o", "ë", undefined]);
    expect(valuesOf("length(name)", context)).toEqual([17, 2, 3, undefined]);
    expect(valuesOf("lower(trim(name))", context)[0]).toBe("éva o'neill-smith");
  });

  test("an `if` between texts is a category of what it can give, in the order written", () => {
    const column = evaluate(good("if use_row then 'programme' else region"), context);
    expect(column).toMatchObject({ type: "category", levels: ["programme", "North West", "North East", "London"] });
    expect(valuesOf("if use_row then 'programme' else region", context)).toEqual([
      "programme",
      "North West",
      undefined,
      "programme",
    ]);
  });

  test("text mixed with levels is text, its levels sorted so that codes do not depend on rows", () => {
    expect(evaluate(good("firstKnown(region, name)"), context)).toMatchObject({
      type: "text",
      levels: ["London", "North East", "North West", "bo", "zoë", "Éva O'Neill-Smith"],
    });
  });
});

describe("dates and years", () => {
  const at = (...dates: string[]) =>
    rowsOf(dates.length, {
      joined: numbers("date", dates.map(day)),
      left: numbers(
        "date",
        dates.map(() => day("2020-02-29")),
      ),
      year: numbers(
        "academicYear",
        dates.map(() => 2015),
      ),
    });

  test("an academic year runs from 1 September to 31 August", () => {
    expect(
      valuesOf("academicYear(joined) = 2016/17", at("2016-08-31", "2016-09-01", "2017-08-31", "2017-09-01")),
    ).toEqual([0, 1, 1, 0]);
    expect(
      valuesOf(
        "joined between startOf(2016/17) and endOf(2016/17)",
        at("2016-08-31", "2016-09-01", "2017-08-31", "2017-09-01"),
      ),
    ).toEqual([0, 1, 1, 0]);
  });

  test("the workforce census is on the first Thursday of November", () => {
    // 3 November 2016 and 1 November 2018 were Thursdays.
    expect(
      valuesOf("censusBefore(joined)", at("2016-11-02", "2016-11-03", "2018-10-31", "2018-11-01", "2018-01-01")),
    ).toEqual([2015, 2016, 2017, 2018, 2017]);
    expect(valuesOf("censusAfter(joined)", at("2016-11-02", "2016-11-03", "2016-11-04", "2018-11-01"))).toEqual([
      2016, 2016, 2017, 2018,
    ]);
  });

  test("completed years and months, as a birthday is counted", () => {
    expect(valuesOf("yearsBetween(joined, left)", at("2016-02-29", "2016-03-01", "2020-02-29", "2021-03-01"))).toEqual([
      4, 3, 0, -1,
    ]);
    expect(valuesOf("monthsBetween(joined, left)", at("2020-01-29", "2020-01-30", "2019-02-28"))).toEqual([1, 0, 12]);
  });

  test("a year and a whole number is a year; differences are counts", () => {
    expect(evaluate(good("year + 2"), at("2016-01-01"))).toMatchObject({
      type: "academicYear",
      values: Float64Array.of(2017),
    });
    expect(valuesOf("year - 2012/13", at("2016-01-01"))).toEqual([3]);
    expect(valuesOf("left - joined", at("2020-02-01"))).toEqual([28]);
  });
});

describe("numbers", () => {
  const context = rowsOf(4, {
    progress8: numbers("number", [2.5, -2.5, 1.005, 7]),
    fsm_pct: numbers("number", [10, 40, 39.9, NaN_]),
  });

  test("halves are rounded away from zero, as printed figures are", () => {
    expect(valuesOf("round(progress8, 0)", context)).toEqual([3, -3, 1, 7]);
    expect(valuesOf("round(progress8, 2)", context)).toEqual([2.5, -2.5, 1.01, 7]);
    expect(valuesOf("floor(progress8)", context)).toEqual([2, -3, 1, 7]);
    expect(valuesOf("ceiling(-progress8)", context)).toEqual([-2, 3, -1, -7].map((value) => value + 0));
    expect(valuesOf("abs(progress8)", context)).toEqual([2.5, 2.5, 1.005, 7]);
  });

  test("a percent written out is meant on the scale of percents", () => {
    expect(valuesOf("fsm_pct >= 40%", context)).toEqual([0, 1, 0, undefined]);
    expect(valuesOf("fsm_pct / 100 >= 0.4", context)).toEqual([0, 1, 0, undefined]);
  });

  test("moments are asked of the context, the nearest winning", () => {
    const moments = rowsOf(1, { "pupils@baseline+1": numbers("number", [3]), "pupils@2014": numbers("number", [1]) });
    expect(valuesOf("(pupils + pupils at 2014/15) at baseline + 1", moments)).toEqual([4]);
    expect(valuesOf("exists at 2015/16", rowsOf(3, {}))).toEqual([1, 0, undefined]);
  });
});
