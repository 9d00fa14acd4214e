import { checkLength, choleskyFactor, type Matrix, solveCholesky } from "#math";
import { rowsOfWeight, valuesOf } from "../common/badWeights.ts";
import { checkFinite } from "../common/notFinite.ts";
import { CodedColumns } from "./codedColumns.ts";
import type { DesignColumns } from "./designColumns.ts";
import type { Family } from "./family.ts";
import { basisOf, originalScale } from "./regressionBasis.ts";

/** What every generalised fit returns, however it ended. */
interface GeneralisedResult {
  readonly family: Family;
  /** All columns asked for, also those dropped. */
  readonly names: readonly string[];
  /** Columns that are combinations of earlier ones. */
  readonly dropped: readonly string[];
  /** One coefficient per name; NaN for a dropped column. */
  readonly beta: Float64Array;
  /** xβ and the offset, for every row given, also those of weight 0. */
  readonly linearPredictor: Float64Array;
  /** Deviance after each step; the start is the one before the first. */
  readonly path: readonly number[];
}

/** A fit whose coefficients maximise the likelihood. */
export type ConvergedFit = { readonly state: "converged" } & GeneralisedResult;

export type GeneralisedFit =
  | ConvergedFit
  /**
   * Some combination of columns tells the outcomes apart without error, for all rows or for some while it is 0 for the
   * rest: no finite coefficients fit best. Coefficients and predictor are those of R's `glm` at its default stop
   * (relative change of deviance below 1e-8, 25 steps at most).
   */
  | ({ readonly state: "separated"; readonly columns: readonly string[] } & GeneralisedResult)
  /** Neither: `path` shows how the deviance went. */
  | { readonly state: "not converged"; readonly reason: string; readonly path: readonly number[] };

/** No linear predictor moves by more than this in the last step: of Newton's steps, and of those that settle by shares. */
const TOLERANCE = 1e-8;
const SLOW_TOLERANCE = 1e-11;
const MOST_STEPS = 100;
/** R's default stop. */
const R_TOLERANCE = 1e-8;
const R_STEPS = 25;
/** Steps after R's stop in which separated rows show themselves: they keep moving, by about 1 in each. */
const FURTHER_STEPS = 6;

/** The rows of a model: outcomes, columns, and what is known of each row. */
export interface GeneralisedRequest {
  readonly family: Family;
  readonly y: Float64Array;
  /** n × k, the intercept among its columns; a matrix, or categories by code for national data. */
  readonly x: Matrix | CodedColumns;
  readonly names: readonly string[];
  /** n weights, zero or more; every row counts once when left out. */
  readonly weights?: Float64Array;
  /** n numbers added to the linear predictor as they are. */
  readonly offset?: Float64Array;
}

/** The same with the columns as a matrix, for what needs them one by one. */
export interface MatrixRequest extends GeneralisedRequest {
  readonly x: Matrix;
}

/**
 * A generalised linear model by iteratively reweighted least squares, started and weighted as R's `glm` does, run on until
 * no linear predictor moves by 1e-8 (1e-11 for probit, whose steps settle more slowly); the deviance is then stable to
 * 1e-12.
 *
 * Each step solves the normal equations; the last ones correct the solution once by its residual over the rows ("corrected
 * semi-normal equations"), which gives nearly the accuracy of an orthogonal decomposition at a fraction of its cost.
 *
 * Separation is told from large coefficients by what the steps do: on sound data they vanish, under separation every
 * separated row keeps moving away. The direction of those last steps is then checked to separate: it moves no row to the
 * wrong side.
 *
 * @throws ShapeMismatch      the lengths disagree.
 * @throws OutcomeNotAllowed  y holds something the family does not allow.
 * @throws NotFinite          a column or the offset holds something that is no finite number.
 * @throws BadWeights         a weight is negative, or all of them are zero.
 *
 * Source: McCullagh and Nelder (1989), section 2.5; Albert and Anderson (1984), Biometrika 71(1), on separation;
 * Björck (1987), Linear Algebra and its Applications 88, on the correction.
 */
export function fitGeneralised({ family, y, x, names, weights, offset }: GeneralisedRequest): GeneralisedFit {
  checkLength("y", y.length, x.rows);
  checkLength("names", names.length, x.columns);
  if (weights !== undefined) checkLength("weights", weights.length, x.rows);
  if (offset !== undefined) checkLength("offset", offset.length, x.rows);
  const rows = rowsOfWeight(weights, x.rows);
  checkOutcome(y, rows, family);
  if (!(x instanceof CodedColumns)) {
    for (let j = 0; j < x.columns; j++) checkFinite(`"${names[j]}"`, x.column(j), rows);
  }
  if (offset !== undefined) checkFinite("the offset", offset, rows);

  if (rows.length === 0) return { state: "not converged", reason: "there is no row", path: [] };

  const basis = basisOf(x, rows, weights);
  const own = valuesOf(weights, rows, 1);
  const outcome = valuesOf(y, rows, Number.NaN);
  const shift = valuesOf(offset, rows, 0);
  const run = iterate({ family, x: basis.products, y: outcome, weights: own, offset: shift });
  if (run.state === "not converged") return { state: "not converged", reason: reasonOf(run.path), path: run.path };

  const beta = originalScale(basis, run.gamma, names.length);
  const result = {
    family,
    names,
    dropped: Array.from(basis.dropped, (j) => names[j]),
    beta,
    linearPredictor: linearPredictor(x, beta, offset),
    path: run.path,
  };
  if (run.state === "converged") return { state: "converged", ...result };
  const moving = Array.from(basis.kept).filter(
    (_, j) => Math.abs(run.direction[j]) > 1e-4 * largestSize(run.direction),
  );
  const others = moving.filter((place) => place !== basis.kept[basis.constant]);
  // The intercept alone moves where the outcome is the same for everybody.
  const columns = (others.length > 0 ? others : moving).map((place) => names[place]);
  return { state: "separated", columns, ...result };
}

/** An outcome is something the family does not allow. */
export class OutcomeNotAllowed extends Error {
  override readonly name = "OutcomeNotAllowed";
}

function checkOutcome(y: Float64Array, rows: Int32Array, family: Family): void {
  for (const row of rows) {
    if (!family.isAllowed(y[row])) {
      throw new OutcomeNotAllowed(`outcome ${y[row]} in row ${row}: a ${family.name} outcome is ${family.allows}`);
    }
  }
}

function reasonOf(path: readonly number[]): string {
  return path.length === 0
    ? "the columns leave nothing to estimate from: their products are singular at the start"
    : `the steps did not settle: after ${path.length} of them the deviance is ${path[path.length - 1]}`;
}

/** A model brought to comparable columns, only rows that count. */
export interface Iteration {
  readonly family: Family;
  readonly x: DesignColumns;
  readonly y: Float64Array;
  readonly weights: Float64Array;
  readonly offset: Float64Array;
  /** Coefficients to begin from; R's start when left out. */
  readonly start?: Float64Array;
}

export type Run =
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

/** Steps that move less than this are solved to the last digits. */
const NEAR = 1e-3;

/** The steps of a fit, without checks. */
export function iterate(model: Iteration): Run {
  const { family, x, y, weights, offset, start } = model;
  const path: number[] = [];
  const w = new Float64Array(y.length);
  const score = new Float64Array(y.length);
  let gamma: Float64Array | undefined = start;
  let eta: Float64Array =
    start === undefined ? y.map((value, i) => family.start(value, weights[i])) : added(x.times(start), offset);
  // Where η itself has a scale (a mean on the outcome's own scale), so has the tolerance.
  const scale = family.link === "identity" ? Math.max(1, largestSize(y)) : 1;
  const tolerance = scale * (family.isCanonical ? TOLERANCE : SLOW_TOLERANCE);
  let previous = family.workingValues(y, eta, weights, w, score);
  let moved = gamma === undefined ? Number.POSITIVE_INFINITY : 0;
  let stop: Stop | undefined;
  for (let step = 1; step <= MOST_STEPS; step++) {
    const solved = solveStep({ x, offset, w, score, eta, gamma, isLast: moved < NEAR || family.link === "identity" });
    if (solved === undefined) break;
    let next: Float64Array = solved;
    let nextEta = added(x.times(next), offset);
    let deviance = family.workingValues(y, nextEta, weights, w, score);
    if (gamma !== undefined) {
      const from = gamma;
      for (let halving = 0; !(deviance <= previous * (1 + 1e-6) + 1e-9) && halving < 20; halving++) {
        next = next.map((value, j) => (value + from[j]) / 2);
        nextEta = added(x.times(next), offset);
        deviance = family.workingValues(y, nextEta, weights, w, score);
      }
    }
    if (!Number.isFinite(deviance)) break;
    path.push(deviance);
    const movedBefore = moved;
    moved = largestDifference(nextEta, eta);
    gamma = next;
    eta = nextEta;
    // Below the first tolerance a step that is no shorter than the last is rounding.
    if (moved < tolerance || (moved < scale * TOLERANCE && moved >= movedBefore))
      return { state: "converged", gamma, path };
    if (stop === undefined && (step === R_STEPS || Math.abs(deviance - previous) < R_TOLERANCE * (0.1 + deviance))) {
      stop = { gamma, eta, step };
    }
    previous = deviance;
    if (stop !== undefined && step >= stop.step + FURTHER_STEPS) {
      const direction = separatingDirection(family, stop, gamma, eta, y);
      if (direction !== undefined) return { state: "separated", gamma: stop.gamma, direction, path };
    }
  }
  // The curvature may vanish altogether before the further steps are over.
  const direction =
    stop === undefined || gamma === undefined ? undefined : separatingDirection(family, stop, gamma, eta, y);
  if (stop === undefined || direction === undefined) return { state: "not converged", path };
  return { state: "separated", gamma: stop.gamma, direction, path };
}

/** How the coefficients moved after R's stop, if that moves some rows to their own end and none away from it. */
function separatingDirection(
  family: Family,
  stop: Stop,
  gamma: Float64Array,
  eta: Float64Array,
  y: Float64Array,
): Float64Array | undefined {
  let most = 0;
  let least = 0;
  for (let i = 0; i < eta.length; i++) {
    const side = family.boundary(y[i]);
    const moved = eta[i] - stop.eta[i];
    const towardsOwn = side === 0 ? -Math.abs(moved) : side * moved;
    most = Math.max(most, towardsOwn);
    least = Math.min(least, towardsOwn);
  }
  if (most < 0.5 || -least > 1e-4 * most) return undefined;
  return gamma.map((value, j) => value - stop.gamma[j]);
}

/**
 * One step of reweighted least squares from the working values of the last; undefined when the curvature is singular.
 * The working values are used up.
 */
function solveStep({
  x,
  offset,
  w,
  score,
  eta,
  gamma,
  isLast,
}: Pick<Iteration, "x" | "offset"> & {
  readonly w: Float64Array;
  readonly score: Float64Array;
  readonly eta: Float64Array;
  readonly gamma: Float64Array | undefined;
  readonly isLast: boolean;
}): Float64Array | undefined {
  // The first step has no coefficients yet: the whole working response is regressed.
  if (gamma === undefined) for (let i = 0; i < score.length; i++) score[i] += w[i] * (eta[i] - offset[i]);
  const root = choleskyFactor(x.weighted(w));
  if (root === undefined) return undefined;
  const change = solveCholesky(root, x.transposedTimes(score));
  if (isLast) {
    const moved = x.times(change);
    for (let i = 0; i < score.length; i++) score[i] -= w[i] * moved[i];
    for (const [j, more] of solveCholesky(root, x.transposedTimes(score)).entries()) change[j] += more;
  }
  return gamma === undefined ? change : change.map((value, j) => value + gamma[j]);
}

/** Xβ and the offset; a coefficient of NaN belongs to a dropped column and counts as 0. */
export function linearPredictor(x: Matrix | CodedColumns, beta: Float64Array, offset?: Float64Array): Float64Array {
  if (x instanceof CodedColumns) {
    const eta = x.times(beta.map((own) => (Number.isNaN(own) ? 0 : own)));
    return offset === undefined ? eta : added(eta, offset);
  }
  const eta = offset === undefined ? new Float64Array(x.rows) : offset.slice();
  for (let j = 0; j < x.columns; j++) {
    if (Number.isNaN(beta[j])) continue;
    const column = x.column(j);
    for (let i = 0; i < eta.length; i++) eta[i] += beta[j] * column[i];
  }
  return eta;
}

/** The sum, in the first of the two. */
function added(values: Float64Array, others: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) values[i] += others[i];
  return values;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

function largestSize(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
