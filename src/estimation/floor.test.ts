import { describe, expect, test } from "vitest";
import type { Interval } from "#stats";
import type { EffectBase } from "./effect.ts";
import { aboveFloor, tooFewToReport } from "./floor.ts";

const interval = (df: number): Interval => ({ estimate: 1, se: 1, df, p: 0.3, low: -1, high: 3 });
const base = (treatedClusters: number, treated = 100) => ({ treatedClusters, treated }) as EffectBase;
/** The rule by clusters. */
const BY_CLUSTERS = 0;
const reason = (clusters: number, df: number, least = BY_CLUSTERS, treated = 100): string | undefined => {
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
    expect(aboveFloor(interval(9), base(9), BY_CLUSTERS)).toEqual({ state: "estimated", ...interval(9) });
  });
});

describe("too few to report", () => {
  test("is under the number the protocol gives, with the number and not the count", () => {
    expect(tooFewToReport(base(10, 30), 30)).toBeUndefined();
    expect(tooFewToReport(base(10, 29), 30)).toBe("too few to report: fewer than 30 treated");
    expect(reason(10, 20, 30, 29)).toContain("too few to report");
    expect(tooFewToReport(base(10, 12), 12)).toBeUndefined();
  });

  test("is under six treated clusters where the protocol gives no number", () => {
    expect(tooFewToReport(base(6, 7), BY_CLUSTERS)).toBeUndefined();
    expect(tooFewToReport(base(5, 200), BY_CLUSTERS)).toBe("too few to report: only 5 treated clusters, under 6");
  });
});
