import { Matrix } from "#math";
import type { DesignColumns } from "./designColumns.ts";

/** Rows taken together, so that their numbers stay in the processor's cache. */
const BLOCK = 2048;
/** A column of zeros and ones with fewer ones than this share is kept as the list of its ones. */
const SPARSE = 0.3;

/** Products with the columns of a regression, over and over with other weights. Knows which columns are mostly zeros. */
export class ColumnProducts implements DesignColumns {
  readonly rows: number;
  readonly columns: number;
  readonly #x: Matrix;
  /** For a sparse column the rows of its ones, ascending. */
  readonly #ones: readonly (Int32Array | undefined)[];

  constructor(x: Matrix) {
    this.rows = x.rows;
    this.columns = x.columns;
    this.#x = x;
    this.#ones = Array.from({ length: x.columns }, (_, j) => onesOf(x.column(j)));
  }

  times(beta: Float64Array): Float64Array {
    const result = new Float64Array(this.#x.rows);
    for (let j = 0; j < beta.length; j++) {
      const own = beta[j];
      const ones = this.#ones[j];
      if (ones !== undefined) for (let i = 0; i < ones.length; i++) result[ones[i]] += own;
      else {
        const column = this.#x.column(j);
        for (let i = 0; i < result.length; i++) result[i] += own * column[i];
      }
    }
    return result;
  }

  transposedTimes(values: Float64Array): Float64Array {
    const result = new Float64Array(this.#x.columns);
    for (let j = 0; j < result.length; j++) {
      const ones = this.#ones[j];
      let sum = 0;
      if (ones !== undefined) for (let i = 0; i < ones.length; i++) sum += values[ones[i]];
      else {
        const column = this.#x.column(j);
        for (let i = 0; i < column.length; i++) sum += column[i] * values[i];
      }
      result[j] = sum;
    }
    return result;
  }

  weighted(w: Float64Array): Matrix {
    const n = this.#x.rows;
    const k = this.#x.columns;
    const result = new Matrix(k, k);
    const block = Array.from({ length: k }, () => new Float64Array(BLOCK));
    const next = new Int32Array(k);
    for (let from = 0; from < n; from += BLOCK) {
      const size = Math.min(BLOCK, n - from);
      for (let j = 0; j < k; j++) {
        const own = block[j];
        for (let i = 0, at = j * n + from; i < size; i++, at++) own[i] = w[from + i] * this.#x.data[at];
      }
      for (let a = 0; a < k; a++) {
        const ones = this.#ones[a];
        if (ones !== undefined) {
          const start = next[a];
          let end = start;
          while (end < ones.length && ones[end] < from + size) end++;
          next[a] = end;
          for (let b = 0; b < k; b++) {
            // A pair of sparse columns is taken once, from the one that comes later.
            if (this.#ones[b] !== undefined && b > a) continue;
            const own = block[b];
            let sum = 0;
            for (let i = start; i < end; i++) sum += own[ones[i] - from];
            result.data[b * k + a] += sum;
          }
        } else {
          for (let b = 0; b <= a; b++) {
            if (this.#ones[b] === undefined)
              result.data[b * k + a] += dotOfBlock(block[a], this.#x.data, b * n + from, size);
          }
        }
      }
    }
    // Of each pair one of the two places was filled, and the other is still 0.
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < a; b++) {
        const sum = result.get(a, b) + result.get(b, a);
        result.set(a, b, sum);
        result.set(b, a, sum);
      }
    }
    return result;
  }
}

function dotOfBlock(own: Float64Array, data: Float64Array, from: number, size: number): number {
  let even = 0;
  let odd = 0;
  const pairs = size - (size % 2);
  for (let i = 0; i < pairs; i += 2) {
    even += own[i] * data[from + i];
    odd += own[i + 1] * data[from + i + 1];
  }
  if (pairs < size) even += own[pairs] * data[from + pairs];
  return even + odd;
}

function onesOf(column: Float64Array): Int32Array | undefined {
  let count = 0;
  for (let i = 0; i < column.length; i++) {
    if (column[i] === 1) count++;
    else if (column[i] !== 0) return undefined;
  }
  if (count > SPARSE * column.length) return undefined;
  const ones = new Int32Array(count);
  for (let i = 0, at = 0; i < column.length; i++) if (column[i] === 1) ones[at++] = i;
  return ones;
}
