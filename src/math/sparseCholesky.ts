/**
 * A = L·Lᵀ of a sparse symmetric positive definite matrix whose pattern stays while its values change. The pattern of L is
 * found once, in the order of rows given: the caller puts what fills in least first (the finest groups of a nested design).
 *
 * Patterns are lower triangles by column: entries `columnStart[j] … columnStart[j + 1] − 1` belong to column j, their rows
 * ascending, the diagonal first.
 *
 * Source: Davis (2006), Direct Methods for Sparse Linear Systems, chapter 4 (left-looking factor); Erisman and Tinney
 * (1975), Communications of the ACM 18(3), for the entries of the inverse.
 */
export class SparseCholesky {
  readonly size: number;
  /** The pattern of L. */
  readonly columnStart: Int32Array;
  readonly rowIndex: Int32Array;
  /** L itself, after `factor`. */
  readonly values: Float64Array;
  /** Where each entry of A lies in L. */
  readonly place: Int32Array;

  readonly #aStart: Int32Array;
  readonly #aRows: Int32Array;
  readonly #work: Float64Array;
  readonly #link: Int32Array;
  readonly #next: Int32Array;
  readonly #at: Int32Array;

  constructor(columnStart: Int32Array, rowIndex: Int32Array) {
    const n = columnStart.length - 1;
    this.size = n;
    this.#aStart = columnStart;
    this.#aRows = rowIndex;
    const { starts, rows } = fillPattern(columnStart, rowIndex);
    this.columnStart = starts;
    this.rowIndex = rows;
    this.values = new Float64Array(rows.length);
    this.place = new Int32Array(rowIndex.length);
    for (let j = 0; j < n; j++) {
      let at = starts[j];
      for (let entry = columnStart[j]; entry < columnStart[j + 1]; entry++) {
        while (rows[at] < rowIndex[entry]) at++;
        this.place[entry] = at;
      }
    }
    this.#work = new Float64Array(n);
    this.#link = new Int32Array(n);
    this.#next = new Int32Array(n);
    this.#at = new Int32Array(n);
  }

  /**
   * Factors the matrix with these values, in the pattern of A.
   * @returns false when it is not positive definite.
   */
  factor(a: Float64Array): boolean {
    const { size: n, columnStart: start, rowIndex: row, values: l } = this;
    const work = this.#work;
    const link = this.#link.fill(-1);
    const next = this.#next;
    const at = this.#at;
    for (let j = 0; j < n; j++) {
      for (let entry = this.#aStart[j]; entry < this.#aStart[j + 1]; entry++) work[this.#aRows[entry]] = a[entry];
      for (let k = link[j]; k >= 0; ) {
        const following = next[k];
        const from = at[k];
        const end = start[k + 1];
        const factor = l[from];
        for (let entry = from; entry < end; entry++) work[row[entry]] -= factor * l[entry];
        if (from + 1 < end) {
          at[k] = from + 1;
          const below = row[from + 1];
          next[k] = link[below];
          link[below] = k;
        }
        k = following;
      }
      const from = start[j];
      const end = start[j + 1];
      const pivot = work[j];
      if (!(pivot > 0 && pivot < Number.POSITIVE_INFINITY)) {
        work.fill(0);
        return false;
      }
      const root = Math.sqrt(pivot);
      l[from] = root;
      work[j] = 0;
      for (let entry = from + 1; entry < end; entry++) {
        l[entry] = work[row[entry]] / root;
        work[row[entry]] = 0;
      }
      if (from + 1 < end) {
        at[j] = from + 1;
        const below = row[from + 1];
        next[j] = link[below];
        link[below] = j;
      }
    }
    return true;
  }

  /** ln det A. */
  logDeterminant(): number {
    let sum = 0;
    for (let j = 0; j < this.size; j++) sum += Math.log(this.values[this.columnStart[j]]);
    return 2 * sum;
  }

  /** L⁻¹·B in place, B of `width` columns stored row after row. */
  solveLower(b: Float64Array, width = 1): void {
    const { columnStart: start, rowIndex: row, values: l } = this;
    for (let j = 0; j < this.size; j++) {
      const own = j * width;
      const pivot = l[start[j]];
      for (let c = 0; c < width; c++) b[own + c] /= pivot;
      for (let entry = start[j] + 1; entry < start[j + 1]; entry++) {
        const to = row[entry] * width;
        const factor = l[entry];
        for (let c = 0; c < width; c++) b[to + c] -= factor * b[own + c];
      }
    }
  }

  /** L⁻ᵀ·B in place, B of `width` columns stored row after row. */
  solveLowerTransposed(b: Float64Array, width = 1): void {
    const { columnStart: start, rowIndex: row, values: l } = this;
    for (let j = this.size - 1; j >= 0; j--) {
      const own = j * width;
      for (let entry = start[j] + 1; entry < start[j + 1]; entry++) {
        const from = row[entry] * width;
        const factor = l[entry];
        for (let c = 0; c < width; c++) b[own + c] -= factor * b[from + c];
      }
      const pivot = l[start[j]];
      for (let c = 0; c < width; c++) b[own + c] /= pivot;
    }
  }

  /** A⁻¹·b in place. */
  solve(b: Float64Array): void {
    this.solveLower(b);
    this.solveLowerTransposed(b);
  }

  /** The entries of A⁻¹ at the pattern of L (so at that of A too, by `place`), from the last column to the first. */
  selectedInverse(): Float64Array {
    const { size: n, columnStart: start, rowIndex: row, values: l } = this;
    const inverse = new Float64Array(l.length);
    const sums = new Float64Array(n);
    const mark = new Int32Array(n).fill(-1);
    for (let j = n - 1; j >= 0; j--) {
      const from = start[j] + 1;
      const end = start[j + 1];
      for (let entry = from; entry < end; entry++) {
        mark[row[entry]] = entry;
        sums[row[entry]] = 0;
      }
      for (let entry = from; entry < end; entry++) {
        const k = row[entry];
        sums[k] += l[entry] * inverse[start[k]];
        for (let other = start[k] + 1; other < start[k + 1]; other++) {
          const i = row[other];
          const own = mark[i];
          if (own < 0) continue;
          sums[i] += l[entry] * inverse[other];
          sums[k] += l[own] * inverse[other];
        }
      }
      const pivot = l[start[j]];
      let diagonal = 1 / pivot;
      for (let entry = from; entry < end; entry++) {
        const value = -sums[row[entry]] / pivot;
        inverse[entry] = value;
        diagonal -= l[entry] * value;
        mark[row[entry]] = -1;
      }
      inverse[start[j]] = diagonal / pivot;
    }
    return inverse;
  }
}

/** The pattern of L: each column takes over the rows of the columns whose first row below the diagonal it is. */
function fillPattern(columnStart: Int32Array, rowIndex: Int32Array): { starts: Int32Array; rows: Int32Array } {
  const n = columnStart.length - 1;
  const patterns: Int32Array[] = [];
  const firstChild = new Int32Array(n).fill(-1);
  const nextChild = new Int32Array(n).fill(-1);
  const mark = new Int32Array(n).fill(-1);
  const starts = new Int32Array(n + 1);
  for (let j = 0; j < n; j++) {
    const own: number[] = [];
    const add = (i: number) => {
      if (i < j || mark[i] === j) return;
      mark[i] = j;
      own.push(i);
    };
    add(j);
    for (let entry = columnStart[j]; entry < columnStart[j + 1]; entry++) add(rowIndex[entry]);
    for (let child = firstChild[j]; child >= 0; child = nextChild[child]) for (const i of patterns[child]) add(i);
    const sorted = Int32Array.from(own).sort();
    patterns.push(sorted);
    starts[j + 1] = starts[j] + sorted.length;
    if (sorted.length > 1) {
      const parent = sorted[1];
      nextChild[j] = firstChild[parent];
      firstChild[parent] = j;
    }
  }
  const rows = new Int32Array(starts[n]);
  for (let j = 0; j < n; j++) rows.set(patterns[j], starts[j]);
  return { starts, rows };
}
