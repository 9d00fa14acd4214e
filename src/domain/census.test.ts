import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printDate, readDate } from "./academicYear.ts";
import { censusDay, censusOnOrAfter, censusOnOrBefore } from "./census.ts";

const days = (text: string): number => readDate(text)!;
const someDay = fc.integer({ min: days("1990-01-01"), max: days("2060-12-31") });
const someYear = fc.integer({ min: 1990, max: 2060 });

describe("the day of the workforce census", () => {
  test.each([
    // Printed on the returns of those years; 1 November was a Thursday in 2012 and 2018, a Friday in 2013.
    [2010, "2010-11-04"],
    [2012, "2012-11-01"],
    [2013, "2013-11-07"],
    [2018, "2018-11-01"],
    [2019, "2019-11-07"],
    [2020, "2020-11-05"],
  ])("of %i is %s", (year, day) => {
    expect(printDate(censusDay(year))).toBe(day);
  });

  test("is a Thursday among the first seven days of November", () => {
    fc.assert(
      fc.property(someYear, (year) => {
        const date = new Date(censusDay(year) * 86_400_000);
        expect([date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDay()]).toEqual([year, 10, 4]);
        expect(date.getUTCDate()).toBeLessThanOrEqual(7);
      }),
    );
  });
});

describe("the census next to a day", () => {
  test.each([
    ["2018-10-31", 2018, 2017],
    ["2018-11-01", 2018, 2018],
    ["2018-11-02", 2019, 2018],
    ["2019-01-01", 2019, 2018],
    ["2019-11-06", 2019, 2018],
    ["2019-12-31", 2020, 2019],
  ])("%s: on or after it %i, on or before it %i", (day, after, before) => {
    expect([censusOnOrAfter(days(day)), censusOnOrBefore(days(day))]).toEqual([after, before]);
  });

  test("is that of a census day itself, whichever way one looks", () => {
    fc.assert(
      fc.property(someYear, (year) => {
        expect([censusOnOrAfter(censusDay(year)), censusOnOrBefore(censusDay(year))]).toEqual([year, year]);
      }),
    );
  });

  test("is the nearest on its side: two years in a row, but on a census day", () => {
    fc.assert(
      fc.property(someDay, (day) => {
        const [after, before] = [censusOnOrAfter(day), censusOnOrBefore(day)];
        expect(censusDay(before)).toBeLessThanOrEqual(day);
        expect(censusDay(before + 1)).toBeGreaterThan(day);
        expect(censusDay(after)).toBeGreaterThanOrEqual(day);
        expect(censusDay(after - 1)).toBeLessThan(day);
        expect(after - before).toBe(censusDay(before) === day ? 0 : 1);
      }),
    );
  });
});
