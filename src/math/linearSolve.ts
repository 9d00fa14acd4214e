import { Matrix } from "./matrix.ts";
import { checkLength } from "./shapeMismatch.ts";

/**
 * Solves A·X = B for a square matrix by elimination with row pivots.
 * @returns undefined when A is singular to rounding (a pivot below 1e-14 of its column).
 */
export function solveLinear(a: Matrix, b: Matrix): Matrix | undefined {
  checkLength("columns of a square matrix", a.columns, a.rows);
  checkLength("rows of the right side", b.rows, a.rows);
  const n = a.rows;
  const left = new Matrix(n, n);
  left.data.set(a.data);
  const right = new Matrix(n, b.columns);
  right.data.set(b.data);
  for (let k = 0; k < n; k++) {
    const column = left.column(k);
    let size = 0;
    for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(a.get(i, k)));
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(column[i]) > Math.abs(column[pivot])) pivot = i;
    if (!(Math.abs(column[pivot]) > 1e-14 * size)) return undefined;
    swapRows(left, k, pivot);
    swapRows(right, k, pivot);
    for (let i = k + 1; i < n; i++) {
      const factor = column[i] / column[k];
      if (factor === 0) continue;
      for (let j = k; j < n; j++) left.data[j * n + i] -= factor * left.data[j * n + k];
      for (let j = 0; j < right.columns; j++) right.data[j * n + i] -= factor * right.data[j * n + k];
    }
  }
  for (let j = 0; j < right.columns; j++) {
    const x = right.column(j);
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i] -= left.get(i, k) * x[k];
      x[i] /= left.get(i, i);
    }
  }
  return right;
}

function swapRows(a: Matrix, i: number, j: number): void {
  if (i === j) return;
  for (let k = 0; k < a.columns; k++) {
    const own = a.get(i, k);
    a.set(i, k, a.get(j, k));
    a.set(j, k, own);
  }
}
