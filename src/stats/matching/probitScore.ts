import { choleskyFactor, Matrix, normalCdf, normalDensity, normalQuantile, normalTail, solveCholesky } from "#math";
import { rowsOfWeight } from "../common/badWeights.ts";
import { ColumnProducts } from "../regression/columnProducts.ts";
import { basisOf } from "../regression/regressionBasis.ts";

export type ProbitScore =
  | {
      /** "stopped": some rows are told apart without error, and the score is that of R's `glm` at its default stop. */
      readonly state: "converged" | "stopped";
      /** xβ with the intercept, for every row of weight above 0; NaN for the others. */
      readonly linearPredictor: Float64Array;
      /** Φ(xβ) for every row of weight above 0. */
      readonly probability: Float64Array;
      /** Deviance after each step. */
      readonly path: readonly number[];
    }
  | { readonly state: "not converged"; readonly path: readonly number[] };

const TOLERANCE = 1e-9;
const MOST_STEPS = 60;
/** R's default stop, and its bounds on the predictor and the density. */
const R_TOLERANCE = 1e-8;
const R_STEPS = 25;
const EPSILON = 2 ** -52;
const FURTHEST = -normalQuantile(EPSILON);

/**
 * Probit score of treatment on columns and an intercept, by Fisher scoring, only as far as the balance statistics need it:
 * the linear predictor. Weights are prior weights. Started as R's `glm` starts; run on until no predictor moves by 1e-9, or,
 * where they never settle, taken at R's default stop (relative change of deviance below 1e-8, 25 steps at most).
 */
export function fitProbitScore({
  x,
  treated,
  weights,
}: {
  readonly x: Matrix;
  readonly treated: Uint8Array;
  readonly weights: Float64Array;
}): ProbitScore {
  const design = new Matrix(x.rows, x.columns + 1);
  design.column(0).fill(1);
  design.data.set(x.data, x.rows);
  const basis = basisOf(design, rowsOfWeight(weights, x.rows), weights);
  const products = new ColumnProducts(basis.x);
  const y = Uint8Array.from(basis.rows, (row) => treated[row]);
  const prior = Float64Array.from(basis.rows, (row) => weights[row]);

  const path: number[] = [];
  const scored = (state: "converged" | "stopped", predictor: Float64Array): ProbitScore => {
    const linearPredictor = spreadOut(predictor, basis.rows, x.rows);
    return { state, linearPredictor, probability: linearPredictor.map(normalCdf), path };
  };
  let eta = Float64Array.from(y, (value, i) => normalQuantile((prior[i] * value + 0.5) / (prior[i] + 1)));
  let previous = devianceOf(eta, y, prior);
  let stopped: Float64Array | undefined;
  for (let step = 1; step <= MOST_STEPS; step++) {
    const next = scoringStep(products, eta, y, prior);
    if (next === undefined) break;
    const deviance = devianceOf(next, y, prior);
    path.push(deviance);
    let moved = 0;
    for (let i = 0; i < eta.length; i++) moved = Math.max(moved, Math.abs(next[i] - eta[i]));
    eta = next;
    if (moved < TOLERANCE) return scored("converged", eta);
    if (step <= R_STEPS && stopped === undefined) {
      if (step === R_STEPS || Math.abs(deviance - previous) < R_TOLERANCE * (0.1 + Math.abs(deviance))) stopped = eta;
    }
    previous = deviance;
  }
  if (stopped === undefined) return { state: "not converged", path };
  return scored("stopped", stopped);
}

function scoringStep(
  x: ColumnProducts,
  eta: Float64Array,
  y: Uint8Array,
  prior: Float64Array,
): Float64Array<ArrayBuffer> | undefined {
  const w = new Float64Array(eta.length);
  const response = new Float64Array(eta.length);
  for (let i = 0; i < eta.length; i++) {
    const bounded = Math.min(FURTHEST, Math.max(-FURTHEST, eta[i]));
    const mean = normalCdf(bounded);
    const other = normalTail(bounded);
    const density = Math.max(normalDensity(eta[i]), EPSILON);
    w[i] = (prior[i] * density * density) / (mean * other);
    response[i] = w[i] * (eta[i] + (y[i] === 1 ? other : -mean) / density);
  }
  const root = choleskyFactor(x.weighted(w));
  if (root === undefined) return undefined;
  const beta = solveCholesky(root, x.transposedTimes(response));
  const next = x.times(beta);
  // The solution is corrected once by its own residual.
  for (let i = 0; i < response.length; i++) response[i] -= w[i] * next[i];
  const correction = x.times(solveCholesky(root, x.transposedTimes(response)));
  return Float64Array.from(next, (value, i) => value + correction[i]);
}

function devianceOf(eta: Float64Array, y: Uint8Array, prior: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < eta.length; i++) {
    const bounded = Math.min(FURTHEST, Math.max(-FURTHEST, eta[i]));
    sum -= 2 * prior[i] * Math.log(y[i] === 1 ? normalCdf(bounded) : normalTail(bounded));
  }
  return sum;
}

function spreadOut(values: Float64Array, rows: Int32Array, n: number): Float64Array {
  const result = new Float64Array(n).fill(Number.NaN);
  for (const [i, row] of rows.entries()) result[row] = values[i];
  return result;
}
