import { describe, expect, it } from "vitest";
import { Matrix, RandomStream } from "#math";
import { effectiveClusters, effectiveSampleSize } from "../common/effectiveSize.ts";
import { weightedMoments } from "../common/weightedMoments.ts";
import { fitLogistic } from "../regression/logisticFit.ts";
import {
  expectedOf,
  hasReferences,
  near,
  numbers,
  readCsv,
  teacherCovariates,
  withIntercept,
} from "../testing/reference.ts";
import { entropyBalance } from "./entropyBalance.ts";
import { estimandWeights } from "./estimandWeights.ts";

function meanDifference(values: Float64Array, treated: Uint8Array, weights: Float64Array): number {
  const mean = (arm: number) => {
    const own = weights.map((weight, row) => (treated[row] === arm ? weight : 0));
    return weightedMoments(values, own).mean;
  };
  return mean(1) - mean(0);
}

const ofControls = (weights: Float64Array, treated: Uint8Array) => weights.filter((_, row) => treated[row] === 0);

describe.skipIf(!hasReferences)("weights for the effect on the treated, against R", () => {
  it("balances by entropy as the package ebal", () => {
    const csv = readCsv("teachers.csv");
    const treated = Uint8Array.from(numbers(csv, "treat"));
    const found = entropyBalance({ x: Matrix.fromColumns(teacherCovariates(csv).columns), treated });
    if (found.state !== "balanced") throw new Error(found.reason);
    const expected = expectedOf<{ controlWeightsFirst50: number[]; ess: number; att: number }>("dev-ebal");
    const controls = ofControls(found.weights, treated);
    for (const [i, weight] of expected.controlWeightsFirst50.entries()) near(controls[i], weight, 1e-5);
    near(effectiveSampleSize(controls), expected.ess, 1e-5);
    near(meanDifference(numbers(csv, "score"), treated, found.weights), expected.att, 1e-5);
  });

  it("weights by the odds of the propensity score", () => {
    const csv = readCsv("teachers.csv");
    const treated = Uint8Array.from(numbers(csv, "treat"));
    const { names, columns } = teacherCovariates(csv);
    const fit = fitLogistic({ y: numbers(csv, "treat"), x: withIntercept(columns), names: ["(Intercept)", ...names] });
    if (fit.state !== "converged") throw new Error(fit.state);
    const weights = estimandWeights({ logit: fit.linearPredictor, treated, estimand: "ATT" });
    const expected = expectedOf<{ weightsFirst50: number[]; ess: number }>("dev-ipw-att");
    for (const [row, weight] of expected.weightsFirst50.entries()) near(weights[row], weight, 1e-8);
    near(effectiveSampleSize(ofControls(weights, treated)), expected.ess, 1e-8);
  });
});

describe("entropy balancing", () => {
  const random = new RandomStream(1, "entropy");
  const treated = Uint8Array.from({ length: 300 }, (_, i) => Number(i < 60));
  const a = Float64Array.from(treated, (arm) => random.normal() + 0.8 * arm);
  const b = Float64Array.from(treated, (arm) => 1000 + 50 * (random.normal() - 0.5 * arm));

  it("makes the weighted means equal, with weights that sum to the number of treated", () => {
    const found = entropyBalance({ x: Matrix.fromColumns([a, b, a.map((value, i) => value + b[i])]), treated });
    if (found.state !== "balanced") throw new Error(found.reason);
    near(meanDifference(a, treated, found.weights), 0, 1e-9, 1);
    near(meanDifference(b, treated, found.weights), 0, 1e-8, 50);
    near(
      ofControls(found.weights, treated).reduce((sum, value) => sum + value, 0),
      60,
      1e-10,
    );
  });

  it("says so when the treated mean lies outside the comparison rows", () => {
    const far = a.map((value, i) => value + 10 * treated[i]);
    const found = entropyBalance({ x: Matrix.fromColumns([far, b]), treated });
    expect(found.state === "not estimable" && found.reason).toMatch(/means still differ/);
  });

  it("says so when a column does not vary among the comparison rows", () => {
    const found = entropyBalance({ x: Matrix.fromColumns([Float64Array.from(treated)]), treated });
    expect(found.state === "not estimable" && found.reason).toMatch(/does not vary/);
  });
});

describe("effective sizes and moments", () => {
  it("is the count for equal weights, and 8.3 for the clusters of the handbook's kind", () => {
    expect(effectiveSampleSize([2, 2, 2])).toBe(3);
    expect(effectiveClusters([])).toBe(0);
    // (1 + 29)² / (1² + 29²) by hand.
    near(effectiveClusters([1, 29]), 900 / 842, 1e-15);
  });

  it("has the usual variance for equal weights, and none for a single value", () => {
    const { mean, variance } = weightedMoments([1, 2, 4], [0.3, 0.3, 0.3]);
    near(mean, 7 / 3, 1e-15);
    near(variance, 7 / 3, 1e-14);
    expect(weightedMoments([5], [2]).variance).toBeNaN();
  });
});

describe.skipIf(!hasReferences)("moments behind a balance table, against cobalt", () => {
  it("gives the differences and variance ratios after weighting", () => {
    const csv = readCsv("teachers.csv");
    const treated = numbers(csv, "treat");
    const { cobalt } = expectedOf<{ cobalt: Record<string, Record<string, number>> }>("dev-balance-cobalt");
    const { weights } = expectedOf<{ weights: number[] }>("dev-match-nn6-repl");
    for (const column of ["age", "fsm"]) {
      const values = numbers(csv, column);
      const of = (arm: number, own: ArrayLike<number>) =>
        weightedMoments(
          values,
          Float64Array.from(values, (_, row) => (treated[row] === arm ? own[row] : 0)),
        );
      const everyone = new Float64Array(values.length).fill(1);
      const sd = Math.sqrt(of(1, everyone).variance);
      near((of(1, everyone).mean - of(0, everyone).mean) / sd, cobalt[column]["Diff.Un"], 1e-9);
      near((of(1, weights).mean - of(0, weights).mean) / sd, cobalt[column]["Diff.Adj"], 1e-9);
      near(of(1, weights).variance / of(0, weights).variance, cobalt[column]["V.Ratio.Adj"], 1e-9);
    }
  });
});
