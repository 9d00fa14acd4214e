import { Matrix, symmetricEigen } from "#math";

/** Eigenvalues and vectors of a symmetric matrix, largest value first. */
export function orderedEigen(matrix: Matrix): { readonly values: Float64Array; readonly vectors: Matrix } {
  const { values, vectors } = symmetricEigen(matrix);
  const order = Array.from(values.keys()).sort((i, j) => values[j] - values[i]);
  const sorted = new Matrix(matrix.rows, matrix.rows);
  for (const [to, from] of order.entries()) sorted.column(to).set(vectors.column(from));
  return { values: Float64Array.from(order, (j) => values[j]), vectors: sorted };
}
