import { Matrix, orthogonalise } from "#math";

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
  for (let j = 0; j < x.columns; j++) {
    const from = x.column(j);
    const to = used.column(j);
    for (let i = 0; i < rows.length; i++)
      to[i] = from[rows[i]] * (weights === undefined ? 1 : Math.sqrt(weights[rows[i]]));
  }
  const { kept, dropped } = orthogonalise(used);
  const k = kept.length;
  const result = new Matrix(rows.length, k);
  for (const [j, column] of kept.entries()) {
    const from = x.column(column);
    const to = result.column(j);
    for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]];
  }
  const columns = Array.from({ length: k }, (_, j) => result.column(j));
  const constant = columns.findIndex((column) => column.every((value) => value === column[0]));
  const centre = new Float64Array(k);
  const scale = new Float64Array(k).fill(1);
  for (const [j, column] of columns.entries()) {
    if (column.every((value) => value === 0 || value === 1)) continue;
    let sum = 0;
    for (const value of column) sum += value;
    if (constant >= 0 && j !== constant) centre[j] = sum / column.length;
    let squares = 0;
    for (const value of column) squares += (value - centre[j]) ** 2;
    scale[j] = Math.sqrt(squares / column.length);
    for (let i = 0; i < column.length; i++) column[i] = (column[i] - centre[j]) / scale[j];
  }
  return { x: result, rows, kept, dropped, centre, scale, constant };
}

export function isConstant(basis: Basis, column: number): boolean {
  return column === basis.constant;
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
