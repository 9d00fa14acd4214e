import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { horizonInWords, isRelative, printHorizon, readHorizon, yearOfHorizon } from "./horizon.ts";

describe("a horizon", () => {
  test.each([
    ["2017/18", 2017, false],
    [" 1 year ", 1, true],
    ["2 years", 2, true],
    ["12 years", 12, true],
  ] as const)("%j is read", (text, horizon, relative) => {
    expect(readHorizon(text)).toBe(horizon);
    expect(isRelative(readHorizon(text)!)).toBe(relative);
  });

  test.each(["0 years", "01 years", "1.5 years", "-1 years", "100 years", "2017", "2017/19", "a year", "1 month", ""])(
    "%j is not one",
    (text) => {
      expect(readHorizon(text)).toBeUndefined();
    },
  );

  test("is read back as it is printed", () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1990, max: 2090 })), (horizon) => {
        expect(readHorizon(printHorizon(horizon))).toBe(horizon);
      }),
    );
  });

  test("is said in words, a fixed one by the name the study gives its years", () => {
    expect([1, 2, 2017].map((horizon) => horizonInWords(horizon))).toEqual([
      "after 1 year",
      "after 2 years",
      "in 2017/18",
    ]);
    expect(horizonInWords(2017, "end")).toBe("in 2018");
    expect(printHorizon(2, "end")).toBe("2 years");
  });

  test("falls in a year counted from time zero, or in the same one for all", () => {
    expect([2016, 2018].map((timeZero) => yearOfHorizon(2, timeZero))).toEqual([2018, 2020]);
    expect([2016, 2018].map((timeZero) => yearOfHorizon(2019, timeZero))).toEqual([2019, 2019]);
  });
});
