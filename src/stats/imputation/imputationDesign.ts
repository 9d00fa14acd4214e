import { choleskyFactor, Matrix } from "#math";

/** Share of each diagonal entry added to it, so that predictors may repeat each other. */
const RIDGE = 1e-5;

/**
 * The columns of a regression, row after row, with their sums of products over the rows counted in. Rows are counted out
 * while they change, so that products never have to be summed anew.
 */
export class ImputationDesign {
  readonly rows: number;
  readonly width: number;
  /** Row i holds `width` numbers from `i · width`. */
  readonly data: Float64Array;
  readonly #products: Float64Array;

  constructor(rows: number, width: number) {
    this.rows = rows;
    this.width = width;
    this.data = new Float64Array(rows * width);
    this.#products = new Float64Array(width * width);
  }

  /** Counts rows in (1) or out (−1). */
  count(rows: Int32Array, sign: 1 | -1): void {
    const { width, data } = this;
    const products = this.#products;
    for (const row of rows) {
      const from = row * width;
      for (let a = 0; a < width; a++) {
        const left = sign * data[from + a];
        if (left === 0) continue;
        for (let b = 0; b <= a; b++) products[a * width + b] += left * data[from + b];
      }
    }
  }

  /** Σ aᵢbᵢ of two columns over the rows counted in. */
  product(a: number, b: number): number {
    return this.#products[a > b ? a * this.width + b : b * this.width + a];
  }

  /** Cholesky factor of the products of some columns, with a small ridge. */
  ridgeRoot(columns: readonly number[]): Matrix {
    const own = new Matrix(columns.length, columns.length);
    for (const [i, a] of columns.entries()) {
      for (const [j, b] of columns.entries()) own.set(i, j, this.product(a, b));
      // A level nobody has leaves a diagonal of 0, or of rounding.
      own.set(i, i, Math.max(own.get(i, i), 1e-6) * (1 + RIDGE));
    }
    return choleskyFactor(own)!;
  }

  /** Σ βⱼxᵢⱼ for some rows; β has one number per column of the design. */
  predictions(rows: Int32Array, beta: Float64Array): Float64Array {
    const { width, data } = this;
    const result = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      let sum = 0;
      for (let j = 0, at = rows[i] * width; j < width; j++, at++) sum += beta[j] * data[at];
      result[i] = sum;
    }
    return result;
  }
}
