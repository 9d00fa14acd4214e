import { Matrix } from "#math";
import { sumsOfSquares } from "../extraction/principalAxis.ts";

/** Loadings with every row scaled to length 1 (a row of zeros stays), and the lengths. */
export function kaiserNormalised(loadings: Matrix): { readonly scaled: Matrix; readonly lengths: Float64Array } {
  const lengths = sumsOfSquares(loadings).map((square) => (square > 0 ? Math.sqrt(square) : 1));
  return {
    scaled: scaleRows(
      loadings,
      lengths.map((own) => 1 / own),
    ),
    lengths,
  };
}

/** Each row times its own number. */
export function scaleRows(matrix: Matrix, factor: Float64Array): Matrix {
  const result = new Matrix(matrix.rows, matrix.columns);
  for (let j = 0; j < matrix.columns; j++) {
    for (let i = 0; i < matrix.rows; i++) result.set(i, j, factor[i] * matrix.get(i, j));
  }
  return result;
}
