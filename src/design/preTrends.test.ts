import { describe, expect, test } from "vitest";
import { designComparison } from "./designComparison.ts";
import type { PreTrend } from "./preTrends.ts";
import { invented, mainOf, type Row, type StudyParts, studyOf, unitOf } from "./testing/schools.ts";

const MATCH = (covariates: string) => [
  `covariates: [${covariates}]`,
  "missing: completeCase",
  "specifications: { one: { neighbours: 2, replacement: no, caliper: none, order: largest, commonSupport: none } }",
  "choose: { use: one }",
];

function trendOf(rows: readonly Row[], parts: StudyParts = {}, covariates = "x"): PreTrend {
  const study = studyOf({ match: MATCH(covariates), analysis: ", clusters: district", ...parts });
  return designComparison(study, unitOf(study, rows), mainOf(study)).preTrends[0]!;
}

const level = invented();
/** Treated schools climb by one point a year, the others do not. */
const moving = invented({}, ({ year, isTreated, level: own, noise }) => own + noise + (isTreated ? year - 2015 : 0));

describe("the years before", () => {
  test("every one is contrasted with the baseline, and no year after it", () => {
    const trend = trendOf(level);
    expect(trend.contrasts.map(({ year }) => year)).toEqual([2013, 2014]);
    expect(trend.means.map(({ year }) => year)).toEqual([2013, 2014, 2015]);
    expect(trend.joint).toMatchObject({ dfNumerator: 2 });
    expect(trend.baseline).toBe("2015/16");
  });

  test("no departure is no proof, and without a smallest important difference that is said", () => {
    const trend = trendOf(level);
    expect(trend.verdict).toBe("no departure found");
    expect(trend.sentence).toContain("not proof that the groups would have moved alike");
    expect(trend.sentence).toContain("“cannot tell” was not open as a verdict");
    expect(trend.sentence).not.toMatch(/parallel/i);
  });

  test("a departure is found by the joint test", () => {
    const trend = trendOf(moving);
    expect(trend.verdict).toBe("departure");
    expect(trend.contrasts[0]!.estimate).toBeCloseTo(-2, 0);
    expect(trend.sentence).toContain("already moving apart, or together");
  });

  test("cannot tell, when a difference as large as the smallest important one fits the data", () => {
    const wide = Math.max(...trendOf(level).contrasts.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]));
    const of = (size: number) => trendOf(level, { outcome: `, smallestImportant: ${size.toFixed(6)} points` });
    expect(of(wide * 0.999).verdict).toBe("cannot tell");
    expect(of(wide * 1.001).verdict).toBe("no departure found");
    expect(of(wide * 1.001).sentence).not.toContain("was not open");
    expect(of(wide * 0.999).sentence).toContain("cannot be ruled out");
  });

  test("a departure stays one, whatever the smallest important difference", () => {
    expect(trendOf(moving, { outcome: ", smallestImportant: 0.001 points" }).verdict).toBe("departure");
  });

  test("the level of the analysis decides what a departure is", () => {
    const rows = [2, 3, 4, 5, 6, 7, 8, 9]
      .map((seed) => invented({ seed }))
      .find((own) => {
        const p = trendOf(own).joint!.p;
        return p > 0.05 && p < 0.45;
      })!;
    const trend = trendOf(rows);
    const bold = `, clusters: district, intervals: { level: ${(100 * (1 - trend.joint!.p) - 0.1).toFixed(3)}% }`;
    expect(trend.verdict).toBe("no departure found");
    expect(trendOf(rows, { analysis: bold }).verdict).toBe("departure");
  });
});

describe("a year that was matched on", () => {
  test("is greyed, and leaves joint test and verdict", () => {
    const trend = trendOf(moving, {}, "x, mark at 2014/15");
    expect(trend.contrasts.map(({ year, matchedOn }) => [year, matchedOn])).toEqual([
      [2013, false],
      [2014, true],
    ]);
    expect(trend.joint!.dfNumerator).toBe(1);
    // Its wide interval must not make the verdict "cannot tell" either.
    const [free, greyed] = trend.contrasts;
    expect(greyed!.matchedOn).toBe(true);
    expect(Math.abs(free!.estimate)).toBeGreaterThan(0);
  });

  test("through a derived column counts as well; when all were, nothing can be assessed", () => {
    const trend = trendOf(level, {}, "x, mark_before");
    expect(trend.contrasts.every(({ matchedOn }) => matchedOn)).toBe(true);
    expect(trend.joint).toBeUndefined();
    expect(trend.verdict).toBe("cannot be assessed");
    expect(trend.sentence).toContain("balanced by design");
  });
});

describe("what cannot be assessed says so", () => {
  test("with one measure before the start", () => {
    const trend = trendOf(level.filter(({ year }) => year! >= 2015));
    expect(trend.verdict).toBe("cannot be assessed");
    expect(trend.sentence).toContain("only one measure before the start");
  });

  test("with an outcome that nobody has", () => {
    const trend = trendOf(level.map((row) => ({ ...row, mark: undefined })));
    expect([trend.verdict, trend.contrasts.length]).toEqual(["cannot be assessed", 0]);
  });

  test("with one treated and one comparison district", () => {
    const trend = trendOf(level.map((row) => ({ ...row, district: row.programme ? "T" : "C" })));
    expect(trend.verdict).toBe("cannot be assessed");
    expect(trend.contrasts.every(({ se, df }) => se > 0 && df > 0)).toBe(true);
  });
});

test("measured from the mean of several years, the contrasts depend on each other and one fewer is tested", () => {
  const trend = trendOf(level, { comparison: ["baselineOf: { mark: mark_before }"] });
  expect(trend.baseline).toBe("mark_before");
  expect(trend.contrasts.map(({ year }) => year)).toEqual([2013, 2014, 2015]);
  const sum = trend.contrasts.reduce((total, { estimate }) => total + estimate, 0);
  expect(sum).toBeCloseTo(0, 8);
  expect(trend.joint).toMatchObject({ dfNumerator: 2 });
  // Whether two groups moved apart over three years does not depend on which of them is called the baseline.
  expect(trend.joint!.p).toBeCloseTo(trendOf(level).joint!.p, 8);
});
