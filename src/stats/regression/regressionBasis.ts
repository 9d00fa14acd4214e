import { choleskyFactor, Matrix, orthogonalise } from "#math";
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
  const { kept, dropped } = independentColumns(prepared.weighted(w));
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

/** Which columns are no combinations of earlier ones, from the products of all: exact for categories, whose products are counts. */
function independentColumns(products: Matrix): { kept: Int32Array; dropped: Int32Array } {
  const k = products.rows;
  const left = new Matrix(k, k);
  left.data.set(products.data);
  const kept: number[] = [];
  const dropped: number[] = [];
  for (let j = 0; j < k; j++) {
    const pivot = left.get(j, j);
    if (!(pivot > REPEATED * products.get(j, j))) {
      dropped.push(j);
      continue;
    }
    kept.push(j);
    for (let b = j + 1; b < k; b++) {
      const factor = left.get(j, b) / pivot;
      if (factor !== 0) for (let a = j + 1; a < k; a++) left.data[b * k + a] -= factor * left.get(a, j);
    }
  }
  return { kept: Int32Array.from(kept), dropped: Int32Array.from(dropped) };
}

/**
 * Which columns R would keep. Where the products of the columns show plainly that none repeats others (more than a
 * ten-thousandth of each column's length is left, far above the tolerance), the costly decomposition is not needed.
 */
function chooseColumns(x: Matrix): { kept: Int32Array; dropped: Int32Array } {
  const places = [...Array(x.columns).keys()];
  // A level nobody here has: 0 for everybody.
  const dropped = places.filter((j) => x.column(j).every((value) => value === 0));
  const kept = dropped.length === 0 ? places : places.filter((j) => !dropped.includes(j));
  if (kept.length === 0) return { kept: new Int32Array(0), dropped: Int32Array.from(dropped) };
  const rest = dropped.length === 0 ? x : Matrix.fromColumns(kept.map((j) => x.column(j)));
  const products = new ColumnProducts(rest).weighted(new Float64Array(x.rows).fill(1));
  const root = choleskyFactor(products);
  const isPlain = root !== undefined && kept.every((_, j) => root.get(j, j) ** 2 > 1e-8 * products.get(j, j));
  if (!isPlain) return orthogonalise(x);
  return { kept: Int32Array.from(kept), dropped: Int32Array.from(dropped) };
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
