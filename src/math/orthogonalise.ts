import { Matrix } from "./matrix.ts";
import { dot } from "./products.ts";

/** A matrix as orthonormal columns times an upper triangle, without the columns that repeat earlier ones. */
export interface Orthogonalised {
  /** Orthonormal columns, n × rank. */
  readonly q: Matrix;
  /** Upper triangle, rank × rank: the kept columns are q · r. */
  readonly r: Matrix;
  /** Columns kept, ascending. */
  readonly kept: Int32Array;
  /** Columns that are combinations of earlier ones. */
  readonly dropped: Int32Array;
}

/**
 * QR decomposition by modified Gram-Schmidt, each column orthogonalised twice ("twice is enough": orthogonal to
 * rounding). A column of which less than `tolerance` of its length is left after projection on the columns before it is
 * dropped, so that the later of two equal columns goes, as in R's `lm` (LINPACK dqrdc2, tolerance 1e-7).
 *
 * @param x  n × k; left as it is.
 *
 * Source: Giraud, Langou and Rozloznik (2005), Computers and Mathematics with Applications 50.
 */
export function orthogonalise(x: Matrix, tolerance = 1e-7): Orthogonalised {
  const n = x.rows;
  const work = new Float64Array(n * x.columns);
  const triangle: Float64Array[] = [];
  const kept: number[] = [];
  const dropped: number[] = [];
  for (let j = 0; j < x.columns; j++) {
    const rank = kept.length;
    const own = work.subarray(rank * n, (rank + 1) * n);
    own.set(x.column(j));
    const length = Math.sqrt(dot(own, own));
    const shares = new Float64Array(rank + 1);
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < rank; i++) {
        const earlier = work.subarray(i * n, (i + 1) * n);
        const share = dot(earlier, own);
        shares[i] += share;
        for (let row = 0; row < n; row++) own[row] -= share * earlier[row];
      }
    }
    const left = Math.sqrt(dot(own, own));
    if (left === 0 || left < tolerance * length) {
      dropped.push(j);
      continue;
    }
    for (let row = 0; row < n; row++) own[row] /= left;
    shares[rank] = left;
    triangle.push(shares);
    kept.push(j);
  }
  const q = new Matrix(n, kept.length);
  q.data.set(work.subarray(0, n * kept.length));
  const r = new Matrix(kept.length, kept.length);
  for (const [j, shares] of triangle.entries()) r.data.set(shares, j * kept.length);
  return { q, r, kept: Int32Array.from(kept), dropped: Int32Array.from(dropped) };
}

/** Solves R·b = z for an upper triangle R. */
export function solveUpper(r: Matrix, z: Float64Array): Float64Array {
  const b = Float64Array.from(z);
  for (let i = b.length - 1; i >= 0; i--) {
    for (let j = i + 1; j < b.length; j++) b[i] -= r.get(i, j) * b[j];
    b[i] /= r.get(i, i);
  }
  return b;
}

/** Solves Rᵀ·b = z for an upper triangle R. */
export function solveUpperTransposed(r: Matrix, z: Float64Array): Float64Array {
  const b = Float64Array.from(z);
  for (let i = 0; i < b.length; i++) {
    for (let j = 0; j < i; j++) b[i] -= r.get(j, i) * b[j];
    b[i] /= r.get(i, i);
  }
  return b;
}
