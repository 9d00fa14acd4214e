import { type Matrix, type RandomStream, solveCholesky } from "#math";
import { argsort } from "../common/argsort.ts";
import type { ImputationDesign } from "./imputationDesign.ts";

/** A target to predict, through its sums over the observed rows alone. */
export interface PredictionProblem {
  readonly design: ImputationDesign;
  /** Columns of the design that predict, and the Cholesky factor of their products. */
  readonly predictors: readonly number[];
  readonly root: Matrix;
  /** Σ xy for each predictor, and Σ y². */
  readonly moments: Float64Array;
  readonly squares: number;
  readonly observed: Int32Array;
  readonly gaps: Int32Array;
}

/** How many of the nearest observed rows one is drawn from. */
const DONORS = 5;

/**
 * For each gap an observed row to take the value from. The target is regressed on the predictors; coefficients are drawn
 * from their posterior; each gap's prediction under the draw is compared with the observed rows' predictions under the
 * estimate, and one of the five nearest is drawn ("type 1 matching").
 *
 * Source: Little (1988), Journal of Business and Economic Statistics 6(3); van Buuren (2018), Flexible Imputation of
 * Missing Data, algorithms 3.1 and 3.3.
 */
export function predictiveMeanMatching(problem: PredictionProblem, random: RandomStream): Int32Array {
  const { design, observed, gaps } = problem;
  const { estimate, drawn } = drawCoefficients(problem, random);
  const fitted = design.predictions(observed, estimate);
  const wanted = design.predictions(gaps, drawn);
  const order = argsort(fitted);
  const sorted = new Float64Array(order.length);
  for (let i = 0; i < order.length; i++) sorted[i] = fitted[order[i]];
  const pool = Math.min(DONORS, observed.length);
  const donors = new Int32Array(gaps.length);
  for (let i = 0; i < gaps.length; i++) {
    donors[i] = observed[order[nearestRun(sorted, wanted[i], pool) + random.integer(pool)]];
  }
  return donors;
}

/** The least squares estimate and a draw from its posterior, one number per column of the design. */
function drawCoefficients(
  { design, predictors, root, moments, squares, observed }: PredictionProblem,
  random: RandomStream,
): { estimate: Float64Array; drawn: Float64Array } {
  const beta = solveCholesky(root, moments);
  const explained = beta.reduce((sum, value, j) => sum + value * moments[j], 0);
  const residual = Math.max(0, squares - explained);
  const sigma = Math.sqrt(residual / random.chiSquare(Math.max(2, observed.length - predictors.length)));
  // β + σL⁻ᵀz has covariance σ²(LLᵀ)⁻¹.
  const noise = Float64Array.from(predictors, () => random.normal());
  for (let i = noise.length - 1; i >= 0; i--) {
    for (let j = i + 1; j < noise.length; j++) noise[i] -= root.get(j, i) * noise[j];
    noise[i] /= root.get(i, i);
  }
  const estimate = new Float64Array(design.width);
  const drawn = new Float64Array(design.width);
  for (const [j, place] of predictors.entries()) {
    estimate[place] = beta[j];
    drawn[place] = beta[j] + sigma * noise[j];
  }
  return { estimate, drawn };
}

/** Where the `size` values nearest to one begin in an ascending list. */
function nearestRun(sorted: Float64Array, value: number, size: number): number {
  let low = 0;
  let high = sorted.length - size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value - sorted[middle] > sorted[middle + size] - value) low = middle + 1;
    else high = middle;
  }
  return low;
}
