import { Matrix } from "./matrix.ts";

/** A = V·diag(values)·Vᵀ; column j of `vectors` belongs to value j. The values are in no particular order. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Matrix;
}

/**
 * All eigenvalues and eigenvectors of a small symmetric matrix: Householder reduction to three diagonals, then implicit
 * QL. A matrix of very large or very small entries is brought to their size first. Errors are of the order of rounding times the largest eigenvalue.
 *
 * @throws RangeError  an entry is not finite.
 *
 * Source: EISPACK tred2 and tql2 (Bowdler, Martin, Reinsch and Wilkinson 1968), as laid out in the public-domain JAMA.
 */
export function symmetricEigen(a: Matrix): SymmetricEigen {
  const n = a.rows;
  const v = new Matrix(n, n);
  // Squares of entries must neither overflow nor vanish: work in units of the largest.
  let largest = 0;
  for (const entry of a.data) {
    if (!Number.isFinite(entry)) throw new RangeError(`a matrix that holds ${entry} has no eigenvalues`);
    largest = Math.max(largest, Math.abs(entry));
  }
  const scale = largest > 1e100 || (largest > 0 && largest < 1e-100) ? largest : 1;
  for (let i = 0; i < v.data.length; i++) v.data[i] = a.data[i] / scale;
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  tridiagonalise(v, d, e);
  diagonalise(v, d, e);
  for (let j = 0; j < n; j++) d[j] *= scale;
  return { values: d, vectors: v };
}

function tridiagonalise(v: Matrix, d: Float64Array, e: Float64Array): void {
  const n = d.length;
  for (let j = 0; j < n; j++) d[j] = v.get(n - 1, j);
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    let h = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]);
    if (scale === 0) {
      e[i] = d[i - 1];
      for (let j = 0; j < i; j++) {
        d[j] = v.get(i - 1, j);
        v.set(i, j, 0);
        v.set(j, i, 0);
      }
    } else {
      for (let k = 0; k < i; k++) {
        d[k] /= scale;
        h += d[k] * d[k];
      }
      const f = d[i - 1];
      const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
      e[i] = scale * g;
      h -= f * g;
      d[i - 1] = f - g;
      e.fill(0, 0, i);
      for (let j = 0; j < i; j++) {
        v.set(j, i, d[j]);
        let sum = e[j] + v.get(j, j) * d[j];
        for (let k = j + 1; k < i; k++) {
          sum += v.data[j * n + k] * d[k];
          e[k] += v.data[j * n + k] * d[j];
        }
        e[j] = sum;
      }
      let product = 0;
      for (let j = 0; j < i; j++) {
        e[j] /= h;
        product += e[j] * d[j];
      }
      const half = product / (h + h);
      for (let j = 0; j < i; j++) e[j] -= half * d[j];
      for (let j = 0; j < i; j++) {
        for (let k = j; k < i; k++) v.data[j * n + k] -= d[j] * e[k] + e[j] * d[k];
        d[j] = v.get(i - 1, j);
        v.set(i, j, 0);
      }
    }
    d[i] = h;
  }
  accumulate(v, d);
  e[0] = 0;
}

/** Multiplies the Householder reflections together. */
function accumulate(v: Matrix, d: Float64Array): void {
  const n = d.length;
  for (let i = 0; i < n - 1; i++) {
    v.set(n - 1, i, v.get(i, i));
    v.set(i, i, 1);
    const h = d[i + 1];
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = v.get(k, i + 1) / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += v.data[(i + 1) * n + k] * v.data[j * n + k];
        for (let k = 0; k <= i; k++) v.data[j * n + k] -= g * d[k];
      }
    }
    for (let k = 0; k <= i; k++) v.set(k, i + 1, 0);
  }
  for (let j = 0; j < n; j++) {
    d[j] = v.get(n - 1, j);
    v.set(n - 1, j, 0);
  }
  if (n > 0) v.set(n - 1, n - 1, 1);
}

/** Far more than any matrix needs: two or three settle a value. */
const MOST_SWEEPS = 200;

function diagonalise(v: Matrix, d: Float64Array, e: Float64Array): void {
  const n = d.length;
  e.copyWithin(0, 1);
  if (n > 0) e[n - 1] = 0;
  let shift = 0;
  let largest = 0;
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]) + Math.abs(e[l]));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]) > Number.EPSILON * largest) m++;
    for (let sweep = 0; m > l && sweep < MOST_SWEEPS; sweep++) {
      const g = d[l];
      const p = (d[l + 1] - g) / (2 * e[l]);
      // The square of a ratio this large would overflow, and 1 is nothing beside it.
      const root = Math.abs(p) > 1e100 ? Math.abs(p) : Math.sqrt(p * p + 1);
      const r = p < 0 ? -root : root;
      d[l] = e[l] / (p + r);
      d[l + 1] = e[l] * (p + r);
      const next = d[l + 1];
      const h = g - d[l];
      for (let i = l + 2; i < n; i++) d[i] -= h;
      shift += h;
      rotate(v, d, e, l, m, next);
      if (Math.abs(e[l]) <= Number.EPSILON * largest) break;
    }
    d[l] += shift;
    e[l] = 0;
  }
}

/** One implicit QL sweep over the block l … m. */
function rotate(v: Matrix, d: Float64Array, e: Float64Array, l: number, m: number, next: number): void {
  const n = d.length;
  let p = d[m];
  let c = 1;
  let c2 = 1;
  let c3 = 1;
  let s = 0;
  let s2 = 0;
  const following = e[l + 1];
  for (let i = m - 1; i >= l; i--) {
    c3 = c2;
    c2 = c;
    s2 = s;
    const g = c * e[i];
    const h = c * p;
    const r = Math.sqrt(p * p + e[i] * e[i]);
    e[i + 1] = s * r;
    // Two numbers of 0 need no turn.
    s = r > 0 ? e[i] / r : 0;
    c = r > 0 ? p / r : 1;
    p = c * d[i] - s * g;
    d[i + 1] = h + s * (c * g + s * d[i]);
    for (let at = i * n; at < (i + 1) * n; at++) {
      const lower = v.data[at];
      const upper = v.data[at + n];
      v.data[at + n] = s * lower + c * upper;
      v.data[at] = c * lower - s * upper;
    }
  }
  p = next === 0 ? 0 : (-s * s2 * c3 * following * e[l]) / next;
  e[l] = s * p;
  d[l] = c * p;
}
