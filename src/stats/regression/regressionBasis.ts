import { choleskyFactor, dot, Matrix, orthogonalise, solveCholesky } from "#math";
import { valuesOf } from "../common/badWeights.ts";
import { CodedColumns } from "./codedColumns.ts";
import { ColumnProducts } from "./columnProducts.ts";
import type { DesignColumns } from "./designColumns.ts";
import { SelectedColumns } from "./selectedColumns.ts";

/** Columns of a regression brought to comparable size, without those that repeat others. */
export interface Basis {
  /** Rows used × columns kept. */
  readonly products: DesignColumns;
  /** Columns kept and dropped, as places in the design given. */
  readonly kept: Int32Array;
  readonly dropped: Int32Array;
  /** Column j of the products is (original − centre[j]) / scale[j]. */
  readonly centre: Float64Array;
  readonly scale: Float64Array;
  /** The kept column that is the same for all rows, or −1, and its value after scaling. */
  readonly constant: number;
  readonly constantValue: number;
}

/**
 * Chooses the columns as R does (orthogonal decomposition, the later of two equal columns goes) and brings numbers to
 * mean 0 and SD 1 where there is an intercept to take up the shift. 0/1 columns stay as they are, so that a level that
 * separates does not spread over the others.
 *
 * @param rows  Rows used, as places in the design given.
 */
export function basisOf(x: Matrix | CodedColumns, rows: Int32Array, weights: Float64Array | undefined): Basis {
  return x instanceof CodedColumns ? codedBasis(x, rows, weights) : denseBasis(x, rows, weights);
}

/** A basis whose columns can be taken one by one. */
export interface DenseBasis extends Basis {
  readonly x: Matrix;
  readonly products: ColumnProducts;
}

/** The basis of a matrix. */
export function denseBasis(x: Matrix, rows: Int32Array, weights: Float64Array | undefined): DenseBasis {
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
    const own = standardise(column, constant >= 0 && j !== constant);
    centre[j] = own.centre;
    scale[j] = own.scale;
  }
  const constantValue = constant >= 0 ? result.get(0, constant) : Number.NaN;
  return { x: result, products: new ColumnProducts(result), kept, dropped, centre, scale, constant, constantValue };
}

function codedBasis(x: CodedColumns, rows: Int32Array, weights: Float64Array | undefined): Basis {
  const centres = new Float64Array(x.columns);
  const scales = new Float64Array(x.columns).fill(1);
  const constantPlace = x.names.indexOf("(Intercept)");
  const prepared = x.prepared(rows, (values, column) => {
    const own = standardise(values, constantPlace >= 0);
    centres[column] = own.centre;
    scales[column] = own.scale;
    return values;
  });
  const w = valuesOf(weights, rows, 1);
  const { kept, dropped } = independentColumns(prepared.weighted(w), REPEATED, () => true)!;
  return {
    products: dropped.length === 0 ? prepared : new SelectedColumns(prepared, kept),
    kept,
    dropped,
    centre: Float64Array.from(kept, (place) => centres[place]),
    scale: Float64Array.from(kept, (place) => scales[place]),
    constant: kept.indexOf(constantPlace),
    constantValue: 1,
  };
}

/** Brings a column to SD 1 (and mean 0), in place. A column without any spread stays. */
function standardise(column: Float64Array, isCentred: boolean): { centre: number; scale: number } {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += column[i];
  const centre = isCentred ? sum / column.length : 0;
  let squares = 0;
  for (let i = 0; i < column.length; i++) squares += (column[i] - centre) ** 2;
  const scale = squares > 0 ? Math.sqrt(squares / column.length) : 1;
  for (let i = 0; i < column.length; i++) column[i] = (column[i] - centre) / scale;
  return { centre, scale };
}

/** Left over of a column's square, relative, below which it counts as a combination of earlier ones. */
const REPEATED = 1e-10;

/**
 * Which columns are no combinations of earlier ones, from the products of all: exact for categories, whose products are
 * counts.
 * @param limit       Left over of a column's square, relative, above which it is none.
 * @param isRepeated  Whether a column below the limit is one.
 * @returns           undefined where a column below the limit is none.
 */
function independentColumns(
  products: Matrix,
  limit: number,
  isRepeated: (column: number, kept: readonly number[]) => boolean,
): { kept: Int32Array; dropped: Int32Array } | undefined {
  const k = products.rows;
  const left = products.data.slice();
  const kept: number[] = [];
  const dropped: number[] = [];
  for (let j = 0; j < k; j++) {
    const pivot = left[j * k + j];
    if (!(pivot > limit * products.get(j, j))) {
      if (!isRepeated(j, kept)) return undefined;
      dropped.push(j);
      continue;
    }
    kept.push(j);
    for (let b = j + 1; b < k; b++) {
      const factor = left[b * k + j] / pivot;
      if (factor !== 0) for (let a = j + 1; a < k; a++) left[b * k + a] -= factor * left[j * k + a];
    }
  }
  return { kept: Int32Array.from(kept), dropped: Int32Array.from(dropped) };
}

/** What is left of a column, as a share of its length, below which R takes it for a combination of earlier ones. */
const R_REPEATED = 1e-7;
/** The same of squares: above it the products of columns show plainly that a column is none. */
const PLAINLY_NONE = 1e-8;

/**
 * Which columns R would keep, found without its costly decomposition where that is possible: the products of the columns
 * show plainly that a column is no combination of earlier ones, or what is left of it beside them is 0 to rounding.
 */
function chooseColumns(x: Matrix): { kept: Int32Array; dropped: Int32Array } {
  const products = new ColumnProducts(x).weighted(new Float64Array(x.rows).fill(1));
  const isRepeated = (column: number, kept: readonly number[]) => shareLeft(x, column, kept, products) < R_REPEATED;
  // Between the two only the decomposition decides as R does.
  return independentColumns(products, PLAINLY_NONE, isRepeated) ?? orthogonalise(x);
}

/** What is left of the length of a column beside others, projected twice so that rounding does not show; 0 for a column of zeros. */
function shareLeft(x: Matrix, column: number, others: readonly number[], products: Matrix): number {
  const length = Math.sqrt(products.get(column, column));
  if (length === 0 || others.length === 0) return length === 0 ? 0 : 1;
  const own = new Matrix(others.length, others.length);
  for (const [a, i] of others.entries()) for (const [b, j] of others.entries()) own.set(a, b, products.get(i, j));
  const root = choleskyFactor(own);
  if (root === undefined) return 1;
  const rest = x.column(column).slice();
  for (let pass = 0; pass < 2; pass++) {
    const against = Float64Array.from(others, (j) => dot(x.column(j), rest));
    for (const [a, share] of solveCholesky(root, against).entries()) {
      const other = x.column(others[a]);
      for (let row = 0; row < rest.length; row++) rest[row] -= share * other[row];
    }
  }
  return Math.sqrt(dot(rest, rest)) / length;
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
    beta[place] -= shift / (basis.scale[basis.constant] * basis.constantValue);
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
