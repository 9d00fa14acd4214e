import type { Matrix } from "#math";

/** The columns of a regression as far as fitting needs them: products with other weights, over and over. */
export interface DesignColumns {
  readonly rows: number;
  readonly columns: number;
  /** Xβ. */
  times(beta: Float64Array): Float64Array;
  /** Xᵀv. */
  transposedTimes(values: Float64Array): Float64Array;
  /** XᵀWX for the weights of the rows. */
  weighted(w: Float64Array): Matrix;
}
