import { Matrix } from "./matrix.ts";

/**
 * Lower triangle L of a symmetric positive definite matrix, A = L·Lᵀ, by way of D·A·D with D = 1/√diag(A), so that
 * columns of very different size do no harm.
 * @returns undefined when A is not positive definite to rounding (a scaled pivot of 1e-14 or less).
 */
export function choleskyFactor(a: Matrix): Matrix | undefined {
  const n = a.rows;
  const lower = new Matrix(n, n);
  const scale = Float64Array.from({ length: n }, (_, i) => Math.sqrt(a.get(i, i)));
  if (!scale.every((s) => s > 0 && Number.isFinite(s))) return undefined;
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a.get(i, j) / scale[i] / scale[j];
      for (let k = 0; k < j; k++) sum -= lower.get(i, k) * lower.get(j, k);
      if (i === j) {
        if (!(sum > 1e-14)) return undefined;
        lower.set(j, j, Math.sqrt(sum));
      } else lower.set(i, j, sum / lower.get(j, j));
    }
  }
  for (let j = 0; j < n; j++) for (let i = j; i < n; i++) lower.set(i, j, lower.get(i, j) * scale[i]);
  return lower;
}

/** Solves L·Lᵀ·x = b. */
export function solveCholesky(lower: Matrix, b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  const n = x.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) x[i] -= lower.get(i, j) * x[j];
    x[i] /= lower.get(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= lower.get(j, i) * x[j];
    x[i] /= lower.get(i, i);
  }
  return x;
}

/** A⁻¹ from the lower triangle L of A = L·Lᵀ. */
export function invertCholesky(lower: Matrix): Matrix {
  const n = lower.rows;
  const result = new Matrix(n, n);
  const unit = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    unit.fill(0);
    unit[j] = 1;
    result.column(j).set(solveCholesky(lower, unit));
  }
  return result;
}

/** ln det A from the lower triangle L of A = L·Lᵀ. */
export function logDeterminant(lower: Matrix): number {
  let sum = 0;
  for (let i = 0; i < lower.rows; i++) sum += 2 * Math.log(lower.get(i, i));
  return sum;
}
