import { choleskyFactor, Matrix, type RandomStream, solveUpper, transpose } from "#math";
import { ColumnProducts } from "../regression/columnProducts.ts";
import { LOGISTIC } from "../regression/family.ts";
import { iterate } from "../regression/generalisedFit.ts";
import type { ImputationDesign } from "./imputationDesign.ts";

/**
 * Values of 0 or 1 for the gaps of a yes-or-no column: a logistic regression on the observed rows, coefficients drawn from
 * their normal posterior, then each value drawn with the chance they give.
 *
 * A few rows of little weight stand for every combination of a predictor and the outcome, so that predictors which
 * separate the observed rows do not run away.
 *
 * @param yes  0 or 1 for each observed row, in the order of `observed`.
 * @returns    undefined where the regression finds no maximum all the same.
 *
 * Source: Rubin (1987), Multiple Imputation for Nonresponse in Surveys, example 5.4; augmentation: White, Daniel and Royston
 * (2010), Computational Statistics and Data Analysis 54(10).
 */
export function logisticDraw(
  {
    design,
    predictors,
    observed,
    yes,
    gaps,
  }: {
    readonly design: ImputationDesign;
    readonly predictors: readonly number[];
    readonly observed: Int32Array;
    readonly yes: Float64Array;
    readonly gaps: Int32Array;
  },
  random: RandomStream,
): Uint8Array | undefined {
  const entry = (row: number, place: number): number => design.data[row * design.width + place];
  const varying = predictors.filter((place) => observed.some((row) => entry(row, place) !== entry(observed[0], place)));
  const places = [0, ...varying.filter((place) => place !== 0)];
  const k = places.length;
  const extra = 4 * (k - 1);
  const n = observed.length + extra;
  const x = new Matrix(n, k);
  const y = new Float64Array(n);
  const weights = new Float64Array(n).fill(1);
  for (const [i, row] of observed.entries()) {
    y[i] = yes[i];
    for (const [j, place] of places.entries()) x.set(i, j, entry(row, place));
  }
  const centre = places.map(
    (_, j) =>
      x
        .column(j)
        .subarray(0, observed.length)
        .reduce((sum, value) => sum + value, 0) / observed.length,
  );
  for (let e = 0; e < extra; e++) {
    const i = observed.length + e;
    const moved = 1 + Math.floor(e / 4);
    weights[i] = k / extra;
    y[i] = e % 2;
    for (let j = 0; j < k; j++) x.set(i, j, j === 0 ? 1 : centre[j]);
    x.set(i, moved, centre[moved] + (e % 4 < 2 ? 1 : -1) * spreadOf(x.column(moved), observed.length, centre[moved]));
  }
  const products = new ColumnProducts(x);
  const run = iterate({ family: LOGISTIC, x: products, y, weights, offset: new Float64Array(n) });
  if (run.state !== "converged") return undefined;
  const w = new Float64Array(n);
  LOGISTIC.workingValues(y, products.times(run.gamma), weights, w, new Float64Array(n));
  const root = choleskyFactor(products.weighted(w));
  if (root === undefined) return undefined;
  // β + L⁻ᵀz has covariance (LLᵀ)⁻¹.
  const noise = Float64Array.from(places, () => random.normal());
  const step = solveUpper(transpose(root), noise);
  return Uint8Array.from(gaps, (row) => {
    const eta = places.reduce((sum, place, j) => sum + (run.gamma[j] + step[j]) * entry(row, place), 0);
    return random.uniform() < LOGISTIC.mean(eta) ? 1 : 0;
  });
}

function spreadOf(column: Float64Array, n: number, centre: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (column[i] - centre) ** 2;
  return Math.sqrt(sum / n);
}
