import { checkLength, choleskyFactor, type Matrix, solveCholesky } from "#math";
import { rowsOfWeight } from "../common/badWeights.ts";
import { ColumnProducts } from "./columnProducts.ts";
import { basisOf, originalScale } from "./regressionBasis.ts";

/** What every logistic fit returns, however it ended. */
interface LogisticResult {
  /** All columns asked for, also those dropped. */
  readonly names: readonly string[];
  /** Columns that are combinations of earlier ones. */
  readonly dropped: readonly string[];
  /** One coefficient per name; NaN for a dropped column. */
  readonly beta: Float64Array;
  /** xβ for every row given, also those of weight 0. */
  readonly linearPredictor: Float64Array;
  /** Deviance after each step; the start is the one before the first. */
  readonly path: readonly number[];
}

export type LogisticFit =
  | ({ readonly state: "converged" } & LogisticResult)
  /**
   * Some combination of columns tells the ones from the zeros without error, for all rows or for some while it is 0 for
   * the rest: no finite coefficients fit best. Coefficients and predictor are those of R's `glm` at its default stop
   * (relative change of deviance below 1e-8, 25 steps at most).
   */
  | ({ readonly state: "separated"; readonly columns: readonly string[] } & LogisticResult)
  /** Neither: `path` shows how the deviance went. */
  | { readonly state: "not converged"; readonly path: readonly number[] };

/** No linear predictor moves by more than this in the last step. */
const TOLERANCE = 1e-8;
const MOST_STEPS = 100;
/** R's default stop. */
const R_TOLERANCE = 1e-8;
const R_STEPS = 25;
/** Steps after R's stop in which separated rows show themselves: they keep moving by about 1 in each. */
const FURTHER_STEPS = 6;

/**
 * Logistic regression by iteratively reweighted least squares, started and weighted as R's `glm` does, run on until no
 * linear predictor moves by 1e-8 (the deviance is then stable to 1e-12).
 *
 * Each step solves the normal equations and corrects the solution once by its residual over the rows ("corrected
 * semi-normal equations"), which gives nearly the accuracy of an orthogonal decomposition at a fraction of its cost.
 *
 * Separation is told from large coefficients by what Newton's method does: on sound data its steps vanish, under
 * separation every separated row keeps moving away by about 1 a step. The direction of those last steps is then checked
 * to separate: it moves no row to the wrong side.
 *
 * @param y        n times 0 or 1.
 * @param x        n × k, the intercept among its columns.
 * @param weights  n weights, zero or more; every row counts once when left out.
 * @throws ShapeMismatch     the lengths disagree.
 * @throws OutcomeNotBinary  y holds something besides 0 and 1.
 * @throws BadWeights        a weight is negative, or all of them are zero.
 *
 * Source: McCullagh and Nelder (1989), section 4.4; Albert and Anderson (1984), Biometrika 71(1), on separation;
 * Björck (1987), Linear Algebra and its Applications 88, on the correction.
 */
export function fitLogistic({
  y,
  x,
  names,
  weights,
}: {
  readonly y: Float64Array;
  readonly x: Matrix;
  readonly names: readonly string[];
  readonly weights?: Float64Array;
}): LogisticFit {
  checkLength("y", y.length, x.rows);
  checkLength("names", names.length, x.columns);
  if (weights !== undefined) checkLength("weights", weights.length, x.rows);
  if (!y.every((value) => value === 0 || value === 1)) throw new OutcomeNotBinary("a logistic outcome must be 0 or 1");

  const basis = basisOf(x, rowsOfWeight(weights, x.rows), weights);
  const own = Float64Array.from(basis.rows, (row) => weights?.[row] ?? 1);
  const outcome = Float64Array.from(basis.rows, (row) => y[row]);
  const run = iterate(new ColumnProducts(basis.x), basis.kept.length, outcome, own);
  if (run.state === "not converged") return { state: "not converged", path: run.path };

  const beta = originalScale(basis, run.gamma, names.length);
  const result = {
    names,
    dropped: Array.from(basis.dropped, (j) => names[j]),
    beta,
    linearPredictor: predictor(x, beta),
    path: run.path,
  };
  if (run.state === "converged") return { state: "converged", ...result };
  const separating = Array.from(basis.kept)
    .filter((_, j) => j !== basis.constant && Math.abs(run.direction[j]) > 1e-4 * largestSize(run.direction))
    .map((j) => names[j]);
  return { state: "separated", columns: separating, ...result };
}

/** The outcome of a logistic regression holds something besides 0 and 1. */
export class OutcomeNotBinary extends Error {
  override readonly name = "OutcomeNotBinary";
}

type Run =
  | { readonly state: "converged"; readonly gamma: Float64Array; readonly path: readonly number[] }
  | {
      readonly state: "separated";
      readonly gamma: Float64Array;
      readonly direction: Float64Array;
      readonly path: readonly number[];
    }
  | { readonly state: "not converged"; readonly path: readonly number[] };

interface Stop {
  readonly gamma: Float64Array;
  readonly eta: Float64Array;
  readonly step: number;
}

function iterate(x: ColumnProducts, columns: number, y: Float64Array, weights: Float64Array): Run {
  const path: number[] = [];
  let gamma: Float64Array = new Float64Array(columns);
  let eta: Float64Array = y.map((value, i) => Math.log((weights[i] * value + 0.5) / (weights[i] * (1 - value) + 0.5)));
  let previous = devianceOf(eta, y, weights);
  let stop: Stop | undefined;
  for (let step = 1; step <= MOST_STEPS; step++) {
    const solved = solveStep(x, y, weights, eta, step === 1 ? undefined : gamma);
    if (solved === undefined) break;
    let next = solved;
    let nextEta = x.times(next);
    let deviance = devianceOf(nextEta, y, weights);
    for (let halving = 0; step > 1 && deviance > previous * (1 + 1e-6) + 1e-9 && halving < 20; halving++) {
      next = next.map((value, j) => (value + gamma[j]) / 2);
      nextEta = x.times(next);
      deviance = devianceOf(nextEta, y, weights);
    }
    path.push(deviance);
    const moved = largestDifference(nextEta, eta);
    gamma = next;
    eta = nextEta;
    if (moved < TOLERANCE) return { state: "converged", gamma, path };
    if (stop === undefined && (step === R_STEPS || Math.abs(deviance - previous) < R_TOLERANCE * (0.1 + deviance))) {
      stop = { gamma, eta, step };
    }
    previous = deviance;
    if (stop !== undefined && step >= stop.step + FURTHER_STEPS) {
      const direction = separatingDirection(stop, gamma, eta, y);
      if (direction !== undefined) return { state: "separated", gamma: stop.gamma, direction, path };
    }
  }
  // The curvature may vanish altogether before the further steps are over.
  const direction = stop === undefined ? undefined : separatingDirection(stop, gamma, eta, y);
  if (stop === undefined || direction === undefined) return { state: "not converged", path };
  return { state: "separated", gamma: stop.gamma, direction, path };
}

/** How the coefficients moved after R's stop, if that moves some rows to their own side and none to the other. */
function separatingDirection(
  stop: Stop,
  gamma: Float64Array,
  eta: Float64Array,
  y: Float64Array,
): Float64Array | undefined {
  let most = 0;
  let least = 0;
  for (let i = 0; i < eta.length; i++) {
    const towardsOwn = (y[i] === 1 ? 1 : -1) * (eta[i] - stop.eta[i]);
    most = Math.max(most, towardsOwn);
    least = Math.min(least, towardsOwn);
  }
  if (most < 0.5 || -least > 1e-4 * most) return undefined;
  return gamma.map((value, j) => value - stop.gamma[j]);
}

/** One step of reweighted least squares; undefined when the curvature is singular. */
function solveStep(
  x: ColumnProducts,
  y: Float64Array,
  weights: Float64Array,
  eta: Float64Array,
  gamma: Float64Array | undefined,
): Float64Array | undefined {
  const n = y.length;
  const w = new Float64Array(n);
  const score = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const small = Math.exp(-Math.abs(eta[i]));
    const near = 1 / (1 + small);
    const mean = eta[i] >= 0 ? near : small * near;
    w[i] = weights[i] * small * near * near;
    // 1 − μ without cancellation for a row of 1 with a large predictor.
    score[i] = weights[i] * (y[i] === 1 ? (eta[i] >= 0 ? small * near : near) : -mean);
    // The first step has no coefficients yet: the whole working response is regressed.
    if (gamma === undefined) score[i] += w[i] * eta[i];
  }
  const root = choleskyFactor(x.weighted(w));
  if (root === undefined) return undefined;
  const change = solveCholesky(root, x.transposedTimes(score));
  const moved = x.times(change);
  for (let i = 0; i < n; i++) score[i] -= w[i] * moved[i];
  const corrected = solveCholesky(root, x.transposedTimes(score));
  return change.map((value, j) => value + corrected[j] + (gamma === undefined ? 0 : gamma[j]));
}

function devianceOf(eta: Float64Array, y: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < eta.length; i++) {
    const own = y[i] === 1 ? eta[i] : -eta[i];
    sum += weights[i] * (own > 0 ? Math.log1p(Math.exp(-own)) : Math.log1p(Math.exp(own)) - own);
  }
  return 2 * sum;
}

/** Xβ; a coefficient of NaN belongs to a dropped column and counts as 0. */
function predictor(x: Matrix, beta: Float64Array): Float64Array {
  const eta = new Float64Array(x.rows);
  for (let j = 0; j < x.columns; j++) {
    if (Number.isNaN(beta[j])) continue;
    const column = x.column(j);
    for (let i = 0; i < eta.length; i++) eta[i] += beta[j] * column[i];
  }
  return eta;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

function largestSize(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
