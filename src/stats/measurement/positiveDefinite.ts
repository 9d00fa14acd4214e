import { Matrix, symmetricEigen } from "#math";

/** Eigenvalues below this are raised to it. */
const SMALLEST = 1e-6;

/**
 * The matrix itself when its eigenvalues are 1e-10 or more; else a correlation matrix near it: eigenvalues below 1e-6
 * are raised to that, and the result is scaled back to ones on the diagonal.
 *
 * @returns  `smoothedFrom`: the smallest eigenvalue there was, when something was changed.
 *
 * Source: the spectral method of Rebonato and Jäckel (1999), "The most general methodology to create a valid
 * correlation matrix".
 */
export function positiveDefinite(matrix: Matrix): { readonly matrix: Matrix; readonly smoothedFrom?: number } {
  const p = matrix.rows;
  const { values, vectors } = symmetricEigen(matrix);
  const smallest = values.reduce((least, own) => Math.min(least, own), Number.POSITIVE_INFINITY);
  if (smallest >= 1e-10) return { matrix };
  const raised = new Matrix(p, p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      let sum = 0;
      for (let k = 0; k < p; k++) sum += vectors.get(i, k) * Math.max(values[k], SMALLEST) * vectors.get(j, k);
      raised.set(i, j, sum);
    }
  }
  const result = new Matrix(p, p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      result.set(i, j, i === j ? 1 : raised.get(i, j) / Math.sqrt(raised.get(i, i) * raised.get(j, j)));
    }
  }
  return { matrix: result, smoothedFrom: smallest };
}
