import { checkLength, Matrix } from "#math";
import { effectiveSampleSize } from "../common/effectiveSize.ts";
import { notEstimable } from "../common/notEstimable.ts";
import { weightedMoments } from "../common/weightedMoments.ts";
import { familyNamed } from "../regression/family.ts";
import { fitGeneralised } from "../regression/generalisedFit.ts";
import type { BalanceRow } from "./balanceTable.ts";
import { isDefined, type Statistic } from "./statistic.ts";

/** The balance of all covariates in a few numbers. */
export interface BalanceSummary {
  readonly meanAbsPctBias: Statistic;
  readonly medianAbsPctBias: Statistic;
  readonly maxAbsPctBias: Statistic;
}

/** Mean, median and largest absolute per cent bias over the rows of a balance table that have one. */
export function balanceSummary(rows: readonly BalanceRow[], when: "before" | "after"): BalanceSummary {
  const biases = rows
    .map((row) => row[when].pctBias)
    .filter(isDefined)
    .map(Math.abs)
    .sort((a, b) => a - b);
  if (biases.length === 0) {
    const none = notEstimable("no covariate has a bias that is defined");
    return { meanAbsPctBias: none, medianAbsPctBias: none, maxAbsPctBias: none };
  }
  const middle = (biases.length - 1) / 2;
  return {
    meanAbsPctBias: biases.reduce((sum, bias) => sum + bias, 0) / biases.length,
    medianAbsPctBias: (biases[Math.floor(middle)] + biases[Math.ceil(middle)]) / 2,
    maxAbsPctBias: biases[biases.length - 1],
  };
}

/**
 * Rubin's B and R: how far the linear predictor of a probit of treatment on all columns, refitted with the weights, still
 * tells the groups apart.
 *
 *     B = 100 · |η̄₁ − η̄₀| / √((s₁² + s₀²)/2),   R = s₁²/s₀²
 *
 * B below 25 and R between 0.5 and 2 are his rule of thumb.
 *
 * @param x        n × k columns, no intercept needed; combinations of others take no part.
 * @param weights  Zero or more per row; rows of weight 0 take no part.
 * @throws ShapeMismatch  the lengths disagree.
 *
 * Source: Rubin (2001), Health Services and Outcomes Research Methodology 2.
 */
export function rubinsBAndR({
  x,
  treated,
  weights,
}: {
  readonly x: Matrix;
  readonly treated: Uint8Array;
  readonly weights: Float64Array;
}): { readonly B: Statistic; readonly R: Statistic } {
  checkLength("treated", treated.length, x.rows);
  checkLength("weights", weights.length, x.rows);
  const ofArm = (arm: number) => weights.map((weight, row) => (treated[row] === arm ? weight : 0));
  const none = (reason: string) => ({ B: notEstimable(reason), R: notEstimable(reason) });
  if (ofArm(0).filter((w) => w > 0).length < 2 || ofArm(1).filter((w) => w > 0).length < 2)
    return none("a group has fewer than two rows with weight");
  const design = new Matrix(x.rows, x.columns + 1);
  design.column(0).fill(1);
  design.data.set(x.data, x.rows);
  // Where some rows are told apart without error the predictor is that of R's glm at its default stop.
  const fit = fitGeneralised({
    family: familyNamed("binomial", "probit")!,
    y: Float64Array.from(treated),
    x: design,
    names: Array.from({ length: design.columns }, (_, j) => `column ${j}`),
    weights,
  });
  if (fit.state === "not converged") return none(`the probit did not settle: ${fit.reason}`);
  const momentsOf = (arm: number) => {
    const rows = [...weights.keys()].filter((row) => weights[row] > 0 && treated[row] === arm);
    return weightedMoments(
      rows.map((row) => fit.linearPredictor[row]),
      rows.map((row) => weights[row]),
    );
  };
  const one = momentsOf(1);
  const zero = momentsOf(0);
  const pooled = (one.variance + zero.variance) / 2;
  const size = Math.max(Math.abs(one.mean), Math.abs(zero.mean), 1);
  if (!(pooled > (1e-10 * size) ** 2)) {
    // Nothing left to tell the groups apart: the predictor is the same for everybody.
    return { B: 0, R: notEstimable("the refitted score is the same for every row") };
  }
  return {
    B: (100 * Math.abs(one.mean - zero.mean)) / Math.sqrt(pooled),
    R:
      zero.variance > 0
        ? one.variance / zero.variance
        : notEstimable("the refitted score is the same for all comparison rows"),
  };
}

/** Effective numbers of rows by arm, (Σw)²/Σw². */
export function effectiveSizes(treated: Uint8Array, weights: Float64Array): { treated: number; control: number } {
  checkLength("weights", weights.length, treated.length);
  return {
    treated: effectiveSampleSize(weights.filter((_, row) => treated[row] === 1)),
    control: effectiveSampleSize(weights.filter((_, row) => treated[row] === 0)),
  };
}
