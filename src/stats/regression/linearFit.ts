import { checkLength, Matrix, orthogonalise, solveUpper, solveUpperTransposed } from "#math";
import { rowsOfWeight } from "../common/badWeights.ts";
import { checkFinite } from "../common/notFinite.ts";

/** A linear model fitted by weighted least squares, in the form the covariances and tests work on. */
export interface LinearFit {
  /** All columns asked for, also those dropped: a contrast has one number for each. */
  readonly names: readonly string[];
  /** Columns that are combinations of earlier ones. */
  readonly dropped: readonly string[];
  /** One coefficient per name; NaN for a dropped column. */
  readonly beta: Float64Array;
  /** Rows with a weight above 0, as places in the arrays given. Everything below has one entry per such row. */
  readonly rows: Int32Array;
  readonly weights: Float64Array;
  /** y − xβ. */
  readonly residuals: Float64Array;
  /** Columns kept, as places in `names`. */
  readonly kept: Int32Array;
  /** √W·X = q·r with orthonormal q (n × rank) and upper triangle r. */
  readonly q: Matrix;
  readonly r: Matrix;
  /** Rows behind the fit: those of weight above 0, or the sum of frequency weights. */
  readonly n: number;
  /** n − rank. */
  readonly dfResidual: number;
  /**
   * Variance of each row under the model, where CR2 is to take it as working covariance (all weights are 1 then); rows
   * alike when left out.
   */
  readonly modelVariance?: Float64Array;
  /** Where a row of the fit stands for several. */
  readonly behind?: RowsBehind;
}

/** What is known of the rows that one row of a fit stands for, with one entry per row of the fit. */
export interface RowsBehind {
  /** How many they are. */
  readonly counts: Float64Array;
  /** Σ w·e² over them. */
  readonly squares: Float64Array;
}

/**
 * Weighted least squares, β = (XᵀWX)⁻¹XᵀWy, by orthogonal decomposition of √W·X.
 *
 * A column that is a combination of earlier ones is dropped and named, as R's `lm` does (tolerance 1e-7). Rows of
 * weight 0 leave before n and degrees of freedom are counted.
 *
 * @param y        n outcomes.
 * @param x        n × k, the intercept among its columns.
 * @param weights    n weights, zero or more; every row counts once when left out.
 * @param frequency  Whether a weight says how often the row occurred: n and degrees of freedom then count the rows behind.
 * @throws ShapeMismatch  the lengths disagree.
 * @throws NotFinite      the outcome or a column is not finite in a row of weight above 0.
 * @throws BadWeights     a weight is negative, or all of them are zero.
 */
export function fitLinear({
  y,
  x,
  names,
  weights,
  frequency = false,
}: {
  readonly y: Float64Array;
  readonly x: Matrix;
  readonly names: readonly string[];
  readonly weights?: Float64Array;
  readonly frequency?: boolean;
}): LinearFit {
  checkLength("y", y.length, x.rows);
  checkLength("names", names.length, x.columns);
  if (weights !== undefined) checkLength("weights", weights.length, x.rows);

  const rows = rowsOfWeight(weights, x.rows);
  checkFinite("the outcome", y, rows);
  for (let j = 0; j < x.columns; j++) checkFinite(`"${names[j]}"`, x.column(j), rows);
  const own = Float64Array.from(rows, (row) => weights?.[row] ?? 1);
  const root = own.map(Math.sqrt);
  const { q, r, kept, dropped } = orthogonalise(scaledRows(x, rows, root));

  const left = Float64Array.from(rows, (row, i) => root[i] * y[row]);
  const size = left.reduce((sum, value) => sum + value * value, 0);
  const projection = new Float64Array(kept.length);
  // Projected twice: what rounding left over the first time goes in the second.
  for (let pass = 0; pass < 2; pass++) {
    for (let j = 0; j < kept.length; j++) {
      const column = q.column(j);
      let share = 0;
      for (let i = 0; i < left.length; i++) share += column[i] * left[i];
      for (let i = 0; i < left.length; i++) left[i] -= share * column[i];
      projection[j] += share;
    }
  }
  const beta = new Float64Array(names.length).fill(Number.NaN);
  for (const [j, value] of solveUpper(r, projection).entries()) beta[kept[j]] = value;
  // What rounding leaves of an outcome that the columns explain without error must not pass for a variance.
  const unexplained = left.reduce((sum, value) => sum + value * value, 0);
  const isExact = unexplained <= EXACT * size;
  const residuals = left.map((value, i) => (isExact ? 0 : value / root[i]));
  const n = frequency ? own.reduce((sum, weight) => sum + weight, 0) : rows.length;
  return {
    names,
    dropped: Array.from(dropped, (j) => names[j]),
    beta,
    rows,
    weights: own,
    residuals,
    kept,
    q,
    r,
    n,
    dfResidual: n - kept.length,
    ...(frequency ? { behind: { counts: own, squares: residuals.map((e, i) => own[i] * e * e) } } : {}),
  };
}

function scaledRows(x: Matrix, rows: Int32Array, scale: Float64Array): Matrix {
  const result = new Matrix(rows.length, x.columns);
  for (let j = 0; j < x.columns; j++) {
    const from = x.column(j);
    const to = result.column(j);
    for (let i = 0; i < rows.length; i++) to[i] = scale[i] * from[rows[i]];
  }
  return result;
}

/** Share of Σ wy² left over below which a fit is exact: residuals of 1e-13 of the outcome. */
const EXACT = 1e-26;

/** A contrast asks for a column the fit had to drop: no data can answer it. */
export class ContrastNotEstimable extends Error {
  override readonly name = "ContrastNotEstimable";
}

/**
 * A contrast over `names` as one over the columns of `q`: cᵀβ = c̃ᵀ(rβ) with c̃ = r⁻ᵀc, so that its model variance is
 * σ²·c̃ᵀc̃.
 * @throws ShapeMismatch         it has not one number per name.
 * @throws ContrastNotEstimable  it gives weight to a dropped column.
 */
export function orthogonalContrast(fit: LinearFit, contrast: Float64Array): Float64Array {
  checkLength("contrast", contrast.length, fit.names.length);
  for (const [j, value] of contrast.entries()) {
    if (value !== 0 && Number.isNaN(fit.beta[j])) {
      throw new ContrastNotEstimable(`"${fit.names[j]}" was dropped: it is a combination of other columns`);
    }
  }
  return solveUpperTransposed(
    fit.r,
    Float64Array.from(fit.kept, (j) => contrast[j]),
  );
}
