import { Matrix } from "#math";
import { orderedEigen } from "../eigenvalues.ts";
import type { Extraction } from "./extraction.ts";

/** No communality moves by more than this in the last step. */
const TOLERANCE = 1e-10;
const MOST_STEPS = 5000;

/**
 * Principal axis factoring: the diagonal of R is replaced by the communalities, the k largest eigenvalues and vectors give
 * loadings v·√λ, these give new communalities, and so on until they stand still.
 *
 * At rest the loadings are those of minres. Where minres ends at its bound (Heywood) this method has no such bound: a
 * communality may pass 1, or wander until the steps run out.
 *
 * @param start  Communalities to begin with.
 *
 * Source: Harman (1976), Modern Factor Analysis, chapter 8.
 */
export function principalAxis(matrix: Matrix, factors: number, start: Float64Array): Extraction {
  const p = matrix.rows;
  const reduced = new Matrix(p, p);
  reduced.data.set(matrix.data);
  let communality = start;
  const path: number[] = [];
  for (let step = 0; ; step++) {
    for (let i = 0; i < p; i++) reduced.set(i, i, communality[i]);
    const loadings = leadingLoadings(reduced, factors);
    const next = sumsOfSquares(loadings);
    const moved = next.reduce((most, own, i) => Math.max(most, Math.abs(own - communality[i])), 0);
    path.push(moved);
    communality = next;
    if (moved <= TOLERANCE) return { loadings, path, stopped: "converged" };
    if (step === MOST_STEPS) return { loadings, path, stopped: "limit" };
  }
}

/** v·√λ of the k largest eigenvalues; a negative one gives a column of zeros. */
export function leadingLoadings(reduced: Matrix, factors: number): Matrix {
  const { values, vectors } = orderedEigen(reduced);
  const loadings = new Matrix(reduced.rows, factors);
  for (let j = 0; j < factors; j++) {
    const length = Math.sqrt(Math.max(values[j], 0));
    loadings.column(j).set(vectors.column(j).map((own) => own * length));
  }
  return loadings;
}

/** Sum of squares of each row. */
export function sumsOfSquares(loadings: Matrix): Float64Array {
  const sums = new Float64Array(loadings.rows);
  for (let j = 0; j < loadings.columns; j++) {
    const column = loadings.column(j);
    for (let i = 0; i < sums.length; i++) sums[i] += column[i] * column[i];
  }
  return sums;
}
