import { describe, expect, test } from "vitest";
import type { Column } from "#table";
import type { ArmMoments } from "./armMoments.ts";
import { type BalanceRow, balanceTable, biasByCovariate, effectiveComparison, wwcBaseline } from "./balance.ts";
import type { CovariateColumn } from "./covariates.ts";
import type { MatchedDraw } from "./runSpecification.ts";

const covariate = (name: string, column: Column): CovariateColumn => ({ name, column, reference: undefined });
const numbers = (name: string, values: readonly number[]) =>
  covariate(name, { kind: "number", type: "number", values: Float64Array.from(values) });
const codes = (name: string, levels: readonly string[], values: readonly number[]) =>
  covariate(name, { kind: "code", type: "category", levels, codes: Int32Array.from(values) });
const draw = (weights: readonly number[]): MatchedDraw => ({
  weights: Float64Array.from(weights),
  sets: [],
  dropped: [],
  covariates: [],
  score: undefined,
  turnedAway: undefined,
  hasTies: false,
});
const NONE: ReadonlySet<string> = new Set();

describe("baseline equivalence of the What Works Clearinghouse", () => {
  // So many units that the small-sample factor of g is 1 and g is the difference itself.
  const arm = (mean: number): ArmMoments => ({ mean, variance: 1, n: 1e20 });
  test.each([
    [0, "satisfied"],
    [0.05, "satisfied"],
    [0.050001, "satisfied with adjustment"],
    [0.25, "satisfied with adjustment"],
    [0.250001, "not satisfied"],
    [-0.05, "satisfied"],
    [-0.25, "satisfied with adjustment"],
    [-0.26, "not satisfied"],
  ] as const)("a g of %f is %s", (mean, verdict) => {
    expect(wwcBaseline(arm(mean), arm(0), false)).toEqual({ statistic: "Hedges g", value: mean, verdict });
  });

  test("a yes/no covariate is read by Cox's index", () => {
    const share = (mean: number): ArmMoments => ({ mean, variance: mean * (1 - mean), n: 100 });
    const found = wwcBaseline(share(0.5), share(0.4), true);
    expect(found.statistic).toBe("Cox index");
    expect(found.value).toBeCloseTo(-Math.log(0.4 / 0.6) / 1.65, 12);
    expect(wwcBaseline(share(0), share(0.4), true).verdict).toBe("not satisfied");
  });

  test("without a value in one arm nothing is judged", () => {
    expect(wwcBaseline(arm(Number.NaN), arm(0), false).verdict).toBe("cannot be assessed");
  });
});

describe("the balance table", () => {
  // Treated 2, 4 (variance 2); pool 0, 2, 4, 6 (variance 20/3).
  const treated = Uint8Array.of(1, 1, 0, 0, 0, 0);
  const x = numbers("x", [2, 4, 0, 2, 4, 6]);
  const pooled = Math.sqrt((2 + 20 / 3) / 2);

  test("divides before and after by the pooled SD before matching", () => {
    const [row] = balanceTable([x], treated, [draw([1, 1, 1, 1, 0, 0])], NONE);
    expect(row!.smdBefore).toBe(0);
    // After matching the comparison is 0 and 2: mean 1, variance 2.
    expect(row!.smdAfter).toBeCloseTo(2 / pooled, 12);
    expect(row!.percentBias).toBeCloseTo(200 / pooled, 10);
    expect(row!.varianceRatio).toBe(1);
    expect([row!.after.treated.n, row!.after.comparison.n]).toEqual([2, 2]);
  });

  test("weights the comparison", () => {
    const [row] = balanceTable([x], treated, [draw([1, 1, 3, 0, 0, 1])], NONE);
    expect(row!.after.comparison.mean).toBe(1.5);
  });

  test("averages over the draws of an imputation, on the original data", () => {
    const gap = numbers("x", [2, 4, 0, 2, 4, Number.NaN]);
    const [row] = balanceTable([gap], treated, [draw([1, 1, 1, 0, 0, 0]), draw([1, 1, 0, 0, 1, 1])], NONE);
    expect(row!.after.comparison.mean).toBe(2);
  });

  test("gives a share the variance p(1 − p), and no variance ratio", () => {
    const [row] = balanceTable([numbers("t", [1, 0, 1, 0, 0, 0])], treated, [draw([1, 1, 1, 1, 1, 1])], NONE);
    expect([row!.before.treated.variance, row!.before.comparison.variance]).toEqual([0.25, 0.1875]);
    expect(row!.varianceRatio).toBeUndefined();
  });

  test("shows every level that occurs, also one that only the pool has, and no other", () => {
    const region = codes("region", ["North", "South", "East"], [0, 0, 0, 2, 2, -1]);
    const rows = balanceTable([region], treated, [draw([1, 1, 1, 1, 1, 1])], NONE);
    expect(rows.map((row) => row.column)).toEqual(["region: North", "region: East"]);
    expect(rows[1]!.before.treated.mean).toBe(0);
    // The gap takes no part: two of three known.
    expect(rows[1]!.before.comparison.mean).toBeCloseTo(2 / 3, 12);
  });

  test("reads the verdict on required covariates only", () => {
    const [row] = balanceTable([x], treated, [draw([1, 1, 1, 1, 1, 1])], new Set(["x"]));
    expect(row!.wwc).toMatchObject({ statistic: "Hedges g", value: 0, verdict: "satisfied" });
    expect(balanceTable([x], treated, [draw([1, 1, 1, 1, 1, 1])], NONE)[0]!.wwc).toBeUndefined();
  });

  test("says NaN, not 0, where a column does not vary", () => {
    const [row] = balanceTable([numbers("c", [3, 3, 3, 3, 3, 3])], treated, [draw([1, 1, 1, 1, 1, 1])], NONE);
    expect(row!.smdBefore).toBeNaN();
  });
});

describe("bias by covariate", () => {
  const row = (covariateName: string, percentBias: number, smdBefore = 0.1): BalanceRow =>
    ({ covariate: covariateName, percentBias, smdBefore }) as BalanceRow;

  test("counts a factor once, by its largest level", () => {
    const found = biasByCovariate([row("region", -12.34), row("region", 3), row("region", 9), row("x", 5)]);
    expect([...found]).toEqual([
      ["region", 12.3],
      ["x", 5],
    ]);
  });

  test("rounds to a tenth of a point", () => {
    expect([...biasByCovariate([row("a", 1.849), row("b", -1.851), row("c", 0.04)]).values()]).toEqual([1.8, 1.9, 0]);
  });

  test("passes over a column that never varied, but not one that has no value left to compare", () => {
    const found = biasByCovariate([row("constant", Number.NaN, Number.NaN), row("lost", Number.NaN)]);
    expect([...found]).toEqual([["lost", Number.POSITIVE_INFINITY]]);
  });
});

test("effective comparison n is (Σw)²/Σw² over comparison units, averaged over draws; 0 without any", () => {
  const treated = Uint8Array.of(1, 0, 0, 0);
  expect(effectiveComparison(treated, [draw([1, 2, 1, 1])])).toBeCloseTo(16 / 6, 12);
  expect(effectiveComparison(treated, [draw([1, 1, 1, 0]), draw([0, 0, 0, 0])])).toBe(1);
});
