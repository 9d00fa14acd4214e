import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  interval,
  inWordsSmall,
  isFew,
  levelInWords,
  number,
  placesForSe,
  plural,
  printNumber,
  printP,
  printSigned,
  protectedPair,
  protectedPlural,
  pValue,
  roundHalfUp,
  signed,
} from "./print.ts";

describe("rounding", () => {
  test.each([
    [0.125, 2, 0.13],
    [-0.125, 2, -0.13],
    [1.005, 2, 1.01],
    [2.5, 0, 3],
    [-2.5, 0, -3],
    [0.004, 2, 0],
  ])("%f to %i places is %f", (value, places, expected) => {
    expect(roundHalfUp(value, places) + 0).toBe(expected);
  });

  test("mirrors, and never moves a number by more than half a unit", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 4 }), (value, places) => {
        expect(roundHalfUp(-value, places) + 0).toBe(-roundHalfUp(value, places) + 0);
        expect(Math.abs(roundHalfUp(value, places) - value)).toBeLessThanOrEqual(0.5 / 10 ** places + 1e-8);
      }),
    );
  });
});

describe("a part and its total", () => {
  test("are said together only where neither the part nor the rest is few", () => {
    expect(protectedPair(20, 40, 10)).toBe("20 of the 40");
    expect(protectedPair(36, 40, 10)).toBe("36");
    expect(protectedPair(4, 40, 10)).toBe("fewer than 10");
    expect(protectedPair(36, 40, 0)).toBe("36 of the 40");
  });

  test("never give away a withheld number by subtraction", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.integer({ min: 2, max: 12 }), (part, rest, minimum) => {
        const said = protectedPair(part, part + rest, minimum)
          .match(/\d+/g)!
          .map(Number);
        if (isFew(part, minimum) || isFew(rest, minimum)) expect(said.length).toBe(1);
        expect(protectedPlural(rest, "row", minimum)).not.toMatch(
          isFew(rest, minimum) ? new RegExp(`^${rest} `) : /^fewer/,
        );
      }),
    );
  });
});

describe("numbers in words and tables", () => {
  test("have a true minus sign, thousands, and no minus nought", () => {
    expect(printNumber(-1234.5, 2)).toBe("−1,234.50");
    expect(printNumber(-0.001, 2)).toBe("0.00");
    expect(printSigned(0.001, 2)).toBe("0.00");
    expect(printSigned(0.126, 2)).toBe("+0.13");
  });

  test("an absent number is a dash with its reason, never 0 or NaN", () => {
    for (const absent of [undefined, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(number(absent, 2, "nobody counted")).toEqual({ text: "–", reason: "nobody counted" });
      expect(signed(absent, 2)).toEqual({ text: "–", reason: "not defined" });
    }
    expect(pValue(Number.NaN).text).toBe("–");
    expect(interval(undefined, 1, 2)).toEqual({ text: "not estimable", reason: "not estimable" });
    expect(interval(-0.1, 0.04, 2).text).toBe("−0.10 to +0.04");
  });

  test.each([
    [0.0344, ".034"],
    [0.001, ".001"],
    [0.00099, "< .001"],
    [1, "1.000"],
    [0.05, ".050"],
  ])("a p of %f reads %s", (p, text) => {
    expect(printP(p)).toBe(text);
  });

  test.each([
    [0.25, 2],
    [0.054, 3],
    [0.0054, 4],
    [0.00001, 4],
    [12, 2],
    [undefined, 2],
    [0, 2],
    [Number.NaN, 2],
  ] as const)("a standard error of %s is shown with %i decimals", (se, places) => {
    expect(placesForSe(se)).toBe(places);
  });

  test("levels, counts and small numbers read as words", () => {
    expect([levelInWords(0.95), levelInWords(0.9), levelInWords(0.995)]).toEqual(["95%", "90%", "99.5%"]);
    expect([inWordsSmall(0), inWordsSmall(12), inWordsSmall(1300)]).toEqual(["no", "twelve", "1,300"]);
    expect([plural(1, "school"), plural(2, "school"), plural(0, "child", "children")]).toEqual([
      "1 school",
      "2 schools",
      "0 children",
    ]);
  });
});
