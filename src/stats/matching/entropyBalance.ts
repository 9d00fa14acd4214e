import { checkLength, choleskyFactor, Matrix, orthogonalise, solveCholesky } from "#math";

export type EntropyBalance =
  | {
      readonly state: "balanced";
      /** 1 for a treated row; those of the comparison rows sum to the number of treated. */
      readonly weights: Float64Array;
      /** Largest gap between weighted comparison mean and treated mean, in SDs of the comparison rows, step by step. */
      readonly path: readonly number[];
    }
  | { readonly state: "not estimable"; readonly reason: string };

const TOLERANCE = 1e-10;
const MOST_STEPS = 200;

/**
 * Entropy balancing for the effect on the treated: among all weights of the comparison rows under which the mean of
 * every column equals the treated mean, those nearest to equal weights in entropy, wᵢ ∝ exp(λᵀxᵢ). Newton's method on
 * the dual, log Σ exp(λᵀ(xᵢ − x̄)), with halved steps; columns that repeat others take no part.
 *
 * @param x        One column per covariate, no intercept needed.
 * @param treated  1 or 0 per row, some of each.
 * @throws ShapeMismatch  the lengths disagree.
 *
 * Source: Hainmueller (2012), Political Analysis 20(1).
 */
export function entropyBalance({ x, treated }: { readonly x: Matrix; readonly treated: Uint8Array }): EntropyBalance {
  checkLength("treated", treated.length, x.rows);
  const pool = rowsOf(treated, 0);
  const programme = rowsOf(treated, 1);
  if (pool.length === 0 || programme.length === 0) {
    return { state: "not estimable", reason: "one of the two groups is empty" };
  }
  const centred = centredColumns(x, pool, programme);
  if (typeof centred === "string") return { state: "not estimable", reason: centred };

  const path: number[] = [];
  const lambda = new Float64Array(centred.columns);
  let state = dualState(centred, lambda);
  for (let step = 0; step < MOST_STEPS; step++) {
    const gap = state.gradient.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    path.push(gap);
    if (gap < TOLERANCE) {
      const weights = new Float64Array(treated.length).fill(1);
      for (const [i, row] of pool.entries()) weights[row] = programme.length * state.shares[i];
      return { state: "balanced", weights, path };
    }
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
  const reason = `after ${path.length} steps the means still differ by ${gap.toPrecision(2)} SD: no weighting of the comparison rows may reach the treated means`;
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

/** Columns of the comparison rows less the treated mean, over their SD; or why there is nothing to balance on. */
function centredColumns(x: Matrix, pool: Int32Array, programme: Int32Array): Matrix | string {
  const columns: Float64Array[] = [];
  for (let j = 0; j < x.columns; j++) {
    const column = x.column(j);
    const target = meanOf(column, programme);
    const own = Float64Array.from(pool, (row) => column[row]);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const sd = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
    if (sd <= 1e-12 * Math.max(1, Math.abs(mean))) {
      if (Math.abs(mean - target) <= 1e-12 * Math.max(1, Math.abs(mean))) continue;
      return `column ${j + 1} does not vary among the comparison rows, but differs among the treated`;
    }
    columns.push(own.map((value) => (value - target) / sd));
  }
  if (columns.length === 0) return "no column varies among the comparison rows";
  const one = new Float64Array(pool.length).fill(1);
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
