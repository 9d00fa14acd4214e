import { choleskyFactor, Matrix, orthogonalise } from "#math";
import { ColumnProducts } from "./columnProducts.ts";

/** Columns of a regression brought to comparable size, without those that repeat others. */
export interface Basis {
  /** Rows used × columns kept. */
  readonly x: Matrix;
  /** Rows used, as places in the matrix given. */
  readonly rows: Int32Array;
  /** Columns kept and dropped, as places in the matrix given. */
  readonly kept: Int32Array;
  readonly dropped: Int32Array;
  /** Column j of x is (original − centre[j]) / scale[j]. */
  readonly centre: Float64Array;
  readonly scale: Float64Array;
  /** The kept column that is the same for all rows, or −1. */
  readonly constant: number;
}

/**
 * Chooses the columns as R does (orthogonal decomposition, the later of two equal columns goes) and brings numbers to
 * mean 0 and SD 1 where there is an intercept to take up the shift. 0/1 columns stay as they are, so that a level that
 * separates does not spread over the others.
 */
export function basisOf(x: Matrix, rows: Int32Array, weights: Float64Array | undefined): Basis {
  const used = new Matrix(rows.length, x.columns);
  const root = new Float64Array(rows.length).fill(1);
  if (weights !== undefined) for (let i = 0; i < rows.length; i++) root[i] = Math.sqrt(weights[rows[i]]);
  for (let j = 0; j < x.columns; j++) {
    const from = x.column(j);
    const to = used.column(j);
    for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]] * root[i];
  }
  const { kept, dropped } = chooseColumns(used);
  const k = kept.length;
  const result = new Matrix(rows.length, k);
  for (const [j, column] of kept.entries()) {
    const from = x.column(column);
    const to = result.column(j);
    for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]];
  }
  const columns = Array.from({ length: k }, (_, j) => result.column(j));
  const constant = columns.findIndex(isSame);
  const centre = new Float64Array(k);
  const scale = new Float64Array(k).fill(1);
  for (const [j, column] of columns.entries()) {
    if (isBinary(column)) continue;
    let sum = 0;
    for (let i = 0; i < column.length; i++) sum += column[i];
    if (constant >= 0 && j !== constant) centre[j] = sum / column.length;
    let squares = 0;
    for (let i = 0; i < column.length; i++) squares += (column[i] - centre[j]) ** 2;
    scale[j] = Math.sqrt(squares / column.length);
    for (let i = 0; i < column.length; i++) column[i] = (column[i] - centre[j]) / scale[j];
  }
  return { x: result, rows, kept, dropped, centre, scale, constant };
}

/**
 * Which columns R would keep. Where the products of the columns show plainly that none repeats others (more than a
 * ten-thousandth of each column's length is left, far above the tolerance), the costly decomposition is not needed.
 */
function chooseColumns(x: Matrix): { kept: Int32Array; dropped: Int32Array } {
  const products = new ColumnProducts(x).weighted(new Float64Array(x.rows).fill(1));
  const root = choleskyFactor(products);
  const isPlain =
    root !== undefined &&
    Array.from({ length: x.columns }, (_, j) => j).every((j) => root.get(j, j) ** 2 > 1e-8 * products.get(j, j));
  if (!isPlain) return orthogonalise(x);
  return { kept: Int32Array.from({ length: x.columns }, (_, j) => j), dropped: new Int32Array(0) };
}

/** Coefficients of the original columns; NaN for a dropped one. */
export function originalScale(basis: Basis, gamma: Float64Array, columns: number): Float64Array {
  const beta = new Float64Array(columns).fill(Number.NaN);
  let shift = 0;
  for (const [j, column] of basis.kept.entries()) {
    beta[column] = gamma[j] / basis.scale[j];
    shift += beta[column] * basis.centre[j];
  }
  if (basis.constant >= 0) {
    const place = basis.kept[basis.constant];
    beta[place] -= shift / (basis.scale[basis.constant] * basis.x.get(0, basis.constant));
  }
  return beta;
}

function isSame(column: Float64Array): boolean {
  for (let i = 1; i < column.length; i++) if (column[i] !== column[0]) return false;
  return true;
}

function isBinary(column: Float64Array): boolean {
  for (let i = 0; i < column.length; i++) if (column[i] !== 0 && column[i] !== 1) return false;
  return true;
}
