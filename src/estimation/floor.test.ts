import { describe, expect, test } from "vitest";
import type { EffectBase, Interval } from "./effect.ts";
import { aboveFloor, tooFewToReport } from "./floor.ts";

const interval = (df: number): Interval => ({ estimate: 1, se: 1, df, p: 0.3, low: -1, high: 3 });
const base = (treatedClusters: number, treated = 100) => ({ treatedClusters, treated }) as EffectBase;
const SCHOOLS = { minimum: 30, noun: "school" };
const reason = (clusters: number, df: number, least = SCHOOLS, treated = 100): string | undefined => {
  const found = aboveFloor(interval(df), base(clusters, treated), least);
  return found.state === "estimated" ? undefined : found.reason;
};

describe("the floor", () => {
  test("is six treated clusters and five degrees of freedom, both included", () => {
    expect(reason(6, 5)).toBeUndefined();
    expect(reason(5, 5)).toBe("only 5 treated clusters, under 6");
    expect(reason(1, 50)).toBe("only 1 treated cluster, under 6");
    expect(reason(6, 4.99)).toBe("4.9 degrees of freedom, under 5");
  });

  test("nothing left over is said, not taken for a number", () => {
    expect(reason(10, 0)).toBe("nothing is left over to estimate its uncertainty from");
    expect(reason(10, Number.NaN)).toBe("nothing is left over to estimate its uncertainty from");
  });

  test("an estimated interval is passed on as it is", () => {
    expect(aboveFloor(interval(9), base(9), SCHOOLS)).toEqual({ state: "estimated", ...interval(9) });
  });
});

describe("too few to report", () => {
  test("is under 30 people, where units are people", () => {
    for (const noun of ["teacher", "pupil", "person"]) {
      expect(tooFewToReport(base(10, 30), { minimum: 30, noun })).toBeUndefined();
      expect(tooFewToReport(base(10, 29), { minimum: 30, noun })).toBe("too few to report: 29 treated, under 30");
      expect(reason(10, 20, { minimum: 30, noun }, 29)).toContain("too few to report");
    }
  });

  test("is under six treated clusters, where units are schools or areas: 30 is a number of people", () => {
    for (const noun of ["school", "area", "alliance"]) {
      expect(tooFewToReport(base(6, 7), { minimum: 30, noun })).toBeUndefined();
      expect(tooFewToReport(base(5, 200), { minimum: 30, noun })).toBe(
        "too few to report: only 5 treated clusters, under 6",
      );
    }
  });

  test("is under the number the study declares, whatever is counted", () => {
    expect(tooFewToReport(base(10, 39), { minimum: 40, noun: "school" })).toBe(
      "too few to report: 39 treated, under 40",
    );
    expect(tooFewToReport(base(10, 12), { minimum: 12, noun: "school" })).toBeUndefined();
    expect(tooFewToReport(base(10, 12), { minimum: 12, noun: "teacher" })).toBeUndefined();
  });
});
