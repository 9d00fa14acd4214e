import { checkLength, ShapeMismatch } from "./shapeMismatch.ts";

/** A dense matrix of doubles, column after column. A new one holds zeros. */
export class Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Column j lies at `j · rows … (j + 1) · rows − 1`. */
  readonly data: Float64Array;

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    this.data = new Float64Array(rows * columns);
  }

  /**
   * Copies columns of one length side by side.
   * @throws ShapeMismatch  a column is longer or shorter than the first, or there is none.
   */
  static fromColumns(columns: readonly ArrayLike<number>[]): Matrix {
    const first = columns[0];
    if (first === undefined) throw new ShapeMismatch("a matrix needs at least one column");
    const matrix = new Matrix(first.length, columns.length);
    for (const [j, column] of columns.entries()) {
      checkLength(`column ${j}`, column.length, first.length);
      matrix.data.set(column, j * first.length);
    }
    return matrix;
  }

  get(row: number, column: number): number {
    return this.data[column * this.rows + row];
  }

  set(row: number, column: number, value: number): void {
    this.data[column * this.rows + row] = value;
  }

  /** Column j, as a view: writing to it writes to the matrix. */
  column(j: number): Float64Array {
    return this.data.subarray(j * this.rows, (j + 1) * this.rows);
  }
}
