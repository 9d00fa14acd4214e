import { describe, expect, test } from "vitest";
import { columnsOf } from "#expression";
import { baselineContext } from "#linkage";
import type { OutcomeDeclaration } from "#protocol";
import { baselineName, baselineValue, outcomeAt, yearsBefore, yearsRead } from "./outcomeValues.ts";
import { mainOf, PLAIN_MATCH, studyOf, unitOf } from "./testing/schools.ts";

const study = studyOf({ comparison: ["baselineOf: { mark: mark_before }"] });
const unit = unitOf(
  study,
  [2013, 2014, 2015, 2016].flatMap((year, i) => [
    { school: "A", year, x: i, mark: 10 + 3 * i },
    { school: "B", year, x: 7, mark: year === 2014 ? undefined : 1 },
  ]),
);
const mark = study.outcomes.get("mark")!;
const context = baselineContext(unit, Int32Array.of(0, 1), { baseline: 2015, followup: 2016 });
const withoutBaselineOf = { ...mainOf(study), baselineOf: {} };
/** An expression checked as one of this study: read from where a comparison may write one. */
const expression = (text: string) =>
  mainOf(studyOf({ comparison: [`baselineOf: { mark: ${text} }`] })).baselineOf.mark!;

describe("an outcome in a year", () => {
  test("is its column in that year's row", () => {
    expect([...outcomeAt(mark, 2014, context)]).toEqual([13, Number.NaN]);
  });

  test("is the wide column of its history where it has one, as read at baseline", () => {
    const wide: OutcomeDeclaration = { ...mark, history: new Map([[2014, "x"]]) };
    expect([...outcomeAt(wide, 2014, context)]).toEqual([2, 7]);
    expect([...outcomeAt(wide, 2013, context)]).toEqual([10, 1]);
  });

  test("that stopped before the programme has no value afterwards", () => {
    const { column: _gone, ...stopped } = { ...mark, history: new Map([[2014, "x"]]) };
    expect([...outcomeAt(stopped, 2016, context)]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe("what it is compared with", () => {
  test("is its own value at baseline", () => {
    expect([...baselineValue(mark, withoutBaselineOf, context, unit)]).toEqual([16, 1]);
    expect(baselineName(mark, withoutBaselineOf)).toBeUndefined();
  });

  test("is what `baselineOf` says, with its gaps", () => {
    expect([...baselineValue(mark, mainOf(study), context, unit)]).toEqual([13, Number.NaN]);
    expect(baselineName(mark, mainOf(study))).toBe("mark_before");
  });

  test("is nothing for an expression: its value at the horizon must not pose as its baseline", () => {
    const { column: _none, ...rest } = mark;
    const made: OutcomeDeclaration = { ...rest, expression: expression("mark at 2014/15 - mark at 2013/14") };
    expect([...baselineValue(made, withoutBaselineOf, context, unit)]).toEqual([Number.NaN, Number.NaN]);
    expect([...outcomeAt(made, 2016, context)]).toEqual([3, Number.NaN]);
  });
});

test("years before are those up to baseline with any value, wide or in rows", () => {
  expect(yearsBefore(mark, unit, 2015)).toEqual([2013, 2014, 2015]);
  const wide: OutcomeDeclaration = {
    ...mark,
    history: new Map([
      [2010, "x"],
      [2016, "z"],
    ]),
  };
  expect(yearsBefore(wide, unit, 2015)).toEqual([2010, 2013, 2014, 2015]);
});

describe("years matched on", () => {
  const years = (covariates: string, outcome = mark) => {
    const own = studyOf({ match: PLAIN_MATCH.map((line) => line.replace("[x]", `[${covariates}]`)) });
    const reads = mainOf(own).match.covariates.flatMap((covariate) => columnsOf(covariate.expression));
    return [...yearsRead(outcome, unitOf(own, [{ school: "A" }]), mainOf(own), reads)];
  };

  test("are the moments at which the outcome's column is a covariate", () => {
    expect(years("x")).toEqual([]);
    expect(years("mark at baseline")).toEqual([2015]);
    expect(years("mark at baseline - 1, mark at 2012/13")).toEqual([2014, 2012]);
  });

  test("are found through derived columns", () => {
    expect(years("mark_before")).toEqual([2013, 2014, 2015]);
  });

  test("are those of wide columns of its history", () => {
    expect(years("z", { ...mark, history: new Map([[2012, "z"]]) })).toEqual([2012]);
  });
});
