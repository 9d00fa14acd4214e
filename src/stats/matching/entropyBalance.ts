import { checkLength, choleskyFactor, Matrix, orthogonalise, solveCholesky } from "#math";
import type { NotEstimable } from "../common/notEstimable.ts";

export type EntropyBalance =
  | {
      readonly state: "balanced";
      /** 1 for a treated row; those of the comparison rows sum to the number of treated. */
      readonly weights: Float64Array;
      /** Largest gap between weighted comparison mean and treated mean, in SDs of the comparison rows, step by step. */
      readonly path: readonly number[];
    }
  | NotEstimable;

const TOLERANCE = 1e-10;
const MOST_STEPS = 200;

/**
 * Entropy balancing: among all weights under which the mean of every column equals its target, those nearest to equal
 * weights in entropy, wᵢ ∝ exp(λᵀxᵢ). Newton's method on the dual, log Σ exp(λᵀ(xᵢ − x̄)), with halved steps; columns that
 * repeat others take no part.
 *
 * - ATT: the comparison rows are brought to the treated means; their weights sum to the number of treated, who weigh 1.
 * - ATC: the other way round.
 * - ATE: each arm is brought to the means of all rows; the weights of each arm sum to the number of rows.
 *
 * @param x        One column per covariate, no intercept needed. Higher moments are further columns (`withPowers`).
 * @param treated  1 or 0 per row, some of each.
 * @throws ShapeMismatch  the lengths disagree.
 *
 * Source: Hainmueller (2012), Political Analysis 20(1).
 */
export function entropyBalance({
  x,
  treated,
  estimand = "ATT",
}: {
  readonly x: Matrix;
  readonly treated: Uint8Array;
  readonly estimand?: "ATT" | "ATC" | "ATE";
}): EntropyBalance {
  checkLength("treated", treated.length, x.rows);
  const pool = rowsOf(treated, 0);
  const programme = rowsOf(treated, 1);
  if (pool.length === 0 || programme.length === 0) {
    return { state: "not estimable", reason: "one of the two groups is empty" };
  }
  if (x.data.some((value) => !Number.isFinite(value)))
    return { state: "not estimable", reason: "a column holds something that is not a number" };
  const weights = new Float64Array(treated.length).fill(1);
  const path: number[] = [];
  const everybody = Int32Array.from({ length: x.rows }, (_, row) => row);
  const target = { ATT: programme, ATC: pool, ATE: everybody }[estimand];
  for (const [own, name] of [
    [pool, "comparison"],
    [programme, "treated"],
  ] as const) {
    if (own === target) continue;
    const found = balancedTo(x, own, target, {
      own: name,
      target: { ATT: "treated", ATC: "comparison", ATE: "overall" }[estimand],
    });
    if (found.state === "not estimable") return found;
    path.push(...found.path);
    for (const [i, row] of own.entries()) weights[row] = target.length * found.shares[i];
  }
  return { state: "balanced", weights, path };
}

type Shares =
  | { readonly state: "balanced"; readonly shares: Float64Array; readonly path: readonly number[] }
  | NotEstimable;

/** Shares of the rows of one arm, summing to 1, under which their means are those of the target rows. */
function balancedTo(
  x: Matrix,
  own: Int32Array,
  target: Int32Array,
  names: { readonly own: string; readonly target: string },
): Shares {
  const centred = centredColumns(x, own, target, names);
  if (typeof centred === "string") return { state: "not estimable", reason: centred };
  const path: number[] = [];
  const lambda = new Float64Array(centred.columns);
  let state = dualState(centred, lambda);
  for (let step = 0; step < MOST_STEPS; step++) {
    const gap = state.gradient.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    path.push(gap);
    if (gap < TOLERANCE) return { state: "balanced", shares: state.shares, path };
    const root = choleskyFactor(curvature(centred, state));
    if (root === undefined) break;
    const direction = solveCholesky(root, state.gradient);
    const slope = direction.reduce((sum, value, j) => sum + value * state.gradient[j], 0);
    let size = 1;
    let next = dualState(
      centred,
      lambda.map((value, j) => value - direction[j]),
    );
    // Near the solution the value no longer shows a descent that the gradient still does.
    const rounding = 1e-13 * (1 + Math.abs(state.value));
    while (!(next.value <= state.value - 1e-4 * size * slope + rounding) && size > 1e-10) {
      size /= 2;
      next = dualState(
        centred,
        lambda.map((value, j) => value - size * direction[j]),
      );
    }
    if (size <= 1e-10 && gap > 1e-8) break;
    for (let j = 0; j < lambda.length; j++) lambda[j] -= size * direction[j];
    state = next;
  }
  const gap = path[path.length - 1];
  const reason = `after ${path.length} steps the means still differ by ${gap.toPrecision(2)} SD: no weighting of the ${names.own} rows may reach the ${names.target} means`;
  return { state: "not estimable", reason };
}

interface DualState {
  readonly value: number;
  /** Weights that sum to 1. */
  readonly shares: Float64Array;
  /** Weighted means of the centred columns: 0 at the solution. */
  readonly gradient: Float64Array;
}

function dualState(x: Matrix, lambda: Float64Array): DualState {
  const shares = new Float64Array(x.rows);
  for (let j = 0; j < x.columns; j++) {
    const column = x.column(j);
    for (let i = 0; i < x.rows; i++) shares[i] += lambda[j] * column[i];
  }
  const largest = shares.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let total = 0;
  for (let i = 0; i < shares.length; i++) {
    shares[i] = Math.exp(shares[i] - largest);
    total += shares[i];
  }
  for (let i = 0; i < shares.length; i++) shares[i] /= total;
  const gradient = Float64Array.from({ length: x.columns }, (_, j) => {
    const column = x.column(j);
    let sum = 0;
    for (let i = 0; i < column.length; i++) sum += shares[i] * column[i];
    return sum;
  });
  return { value: largest + Math.log(total), shares, gradient };
}

function curvature(x: Matrix, { shares, gradient }: DualState): Matrix {
  const k = x.columns;
  const result = new Matrix(k, k);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b <= a; b++) {
      const left = x.column(a);
      const right = x.column(b);
      let sum = 0;
      for (let i = 0; i < left.length; i++) sum += shares[i] * left[i] * right[i];
      result.set(a, b, sum - gradient[a] * gradient[b]);
      result.set(b, a, sum - gradient[a] * gradient[b]);
    }
  }
  return result;
}

/** Columns of one arm less the target mean, over their SD; or why there is nothing to balance on. */
function centredColumns(
  x: Matrix,
  own: Int32Array,
  target: Int32Array,
  names: { readonly own: string; readonly target: string },
): Matrix | string {
  const columns: Float64Array[] = [];
  for (let j = 0; j < x.columns; j++) {
    const column = x.column(j);
    const wanted = meanOf(column, target);
    const values = Float64Array.from(own, (row) => column[row]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    if (sd <= 1e-12 * Math.max(1, Math.abs(mean))) {
      if (Math.abs(mean - wanted) <= 1e-12 * Math.max(1, Math.abs(mean))) continue;
      return `column ${j + 1} does not vary among the ${names.own} rows, but differs among the ${names.target}`;
    }
    columns.push(values.map((value) => (value - wanted) / sd));
  }
  if (columns.length === 0) return `no column varies among the ${names.own} rows`;
  const one = new Float64Array(own.length).fill(1);
  const { kept } = orthogonalise(Matrix.fromColumns([one, ...columns]));
  const used = Array.from(kept.subarray(1), (j) => columns[j - 1]);
  return Matrix.fromColumns(used);
}

function meanOf(column: Float64Array, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += column[row];
  return sum / rows.length;
}

function rowsOf(treated: Uint8Array, arm: 0 | 1): Int32Array {
  return Int32Array.from([...treated.keys()].filter((row) => treated[row] === arm));
}

/**
 * The columns followed by their squares and cubes up to the power asked for, so that balancing their means balances
 * variances and skewness too. Powers are taken of the centred column; those of a column of two values would repeat it and
 * are left out.
 */
export function withPowers(x: Matrix, moments: 1 | 2 | 3): Matrix {
  const columns = Array.from({ length: x.columns }, (_, j) => x.column(j));
  const powers: Float64Array[] = [];
  for (let power = 2; power <= moments; power++) {
    for (const column of columns) {
      if (new Set(column).size <= 2) continue;
      const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
      powers.push(column.map((value) => (value - mean) ** power));
    }
  }
  return Matrix.fromColumns([...columns, ...powers]);
}
