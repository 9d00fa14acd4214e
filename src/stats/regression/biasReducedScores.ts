import { identity, Matrix, orthogonalise, symmetricEigen } from "#math";
import type { Partition } from "./clusterPartition.ts";
import type { LinearFit } from "./linearFit.ts";

/** Eigenvalues up to this are taken for 0, as clubSandwich does. */
const ZERO = 1e-12;

/**
 * The bias-reduced ("CR2", Bell-McCaffrey) score weights of a weighted least squares fit with identity working
 * covariance: for cluster g with rows X and weights W the matrix T = A·W·X, where
 *
 *     A = B^(−1/2),  B = I − H − Hᵀ + X·M·S·M·Xᵀ,  H = X·M·Xᵀ·W,  M = (XᵀWX)⁻¹,  S = XᵀW²X,
 *
 * so that the covariance is M·Σg(Tᵀe·eᵀT)·M. B^(−1/2) is a pseudo-inverse where B is singular. It is worked out in the
 * basis of `fit.q`, where M is the identity, and on the span of X and WX: no matrix of the cluster's size is formed when
 * the cluster is larger than that.
 *
 * @returns T of all clusters, a row for each row of the fit, in the basis of `fit.q`: rank numbers per row.
 *
 * Source: Bell and McCaffrey (2002), Survey Methodology 28(2); Pustejovsky and Tipton (2018), Journal of Business and
 * Economic Statistics 36(4), equation 11; clubSandwich 0.5.8, `CR2` with `inverse_var = FALSE`.
 */
export function biasReducedScores(fit: LinearFit, { clusters, order, start }: Partition, s: Matrix): Float64Array {
  const k = fit.q.columns;
  const scores = new Float64Array(fit.rows.length * k);
  for (let g = 0; g < clusters; g++) {
    const rows = order.subarray(start[g], start[g + 1]);
    if (rows.length === 1) {
      // Most partitions of a matched sample hold many rows alone in their cluster: no matrix is made for one of them.
      const row = rows[0];
      const factor = fit.modelVariance === undefined ? factorAlone(fit, row, s) : modelFactorAlone(fit, row);
      for (let j = 0; j < k; j++) scores[row * k + j] = factor * fit.q.data[j * fit.q.rows + row];
      continue;
    }
    const t = fit.modelVariance === undefined ? clusterScores(fit, rows, s) : modelScores(fit, rows, fit.modelVariance);
    for (let j = 0; j < k; j++)
      for (let i = 0; i < rows.length; i++) scores[rows[i] * k + j] = t.data[j * rows.length + i];
  }
  return scores;
}

/** A cluster of more rows would need hours: its own n × n matrix is taken apart. */
const LARGEST_CLUSTER = 3000;

/** Clusters of this size are too large for CR2 under the variances of a generalised model. */
export class ClusterTooLarge extends Error {
  override readonly name = "ClusterTooLarge";
}

/**
 * The scores when the rows' own variances Θ are taken as working covariance: T = Θ·[Θ(I − QQᵀ)Θ]^(−1/2)·Q for the rows Q
 * of the cluster in the basis of q, the root symmetric as clubSandwich has it (`inverse_var = TRUE`).
 */
function modelScores(fit: LinearFit, rows: Int32Array, variances: Float64Array): Matrix {
  const k = fit.q.columns;
  const n = rows.length;
  if (n > LARGEST_CLUSTER) {
    throw new ClusterTooLarge(
      `a cluster of ${n} rows: CR2 of a generalised model manages ${LARGEST_CLUSTER}; join equal rows to patterns, or use CR1S`,
    );
  }
  const q = new Matrix(n, k);
  for (let j = 0; j < k; j++) for (let i = 0; i < n; i++) q.data[j * n + i] = fit.q.data[j * fit.q.rows + rows[i]];
  // Only the variances' proportions matter.
  const largest = rows.reduce((most, row) => Math.max(most, variances[row]), 0);
  const theta = Float64Array.from(rows, (row) => variances[row] / largest);
  const b = new Matrix(n, n);
  for (let l = 0; l < k; l++) {
    const column = q.column(l);
    for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) b.data[j * n + i] -= column[i] * column[j];
  }
  for (let j = 0; j < n; j++) {
    b.data[j * n + j] += 1;
    for (let i = 0; i < n; i++) b.data[j * n + i] *= theta[i] * theta[j];
  }
  const t = product(inverseRoot(b), q);
  for (let j = 0; j < k; j++) for (let i = 0; i < n; i++) t.data[j * n + i] *= theta[i];
  return t;
}

/** S = XᵀW²X in the basis of `fit.q`. */
export function squaredWeightProducts(fit: LinearFit): Matrix {
  const k = fit.q.columns;
  if (fit.weights.every((weight) => weight === 1)) return identity(k);
  const s = new Matrix(k, k);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b <= a; b++) {
      const qa = fit.q.column(a);
      const qb = fit.q.column(b);
      let sum = 0;
      for (let i = 0; i < qa.length; i++) sum += fit.weights[i] * qa[i] * qb[i];
      s.set(a, b, sum);
      s.set(b, a, sum);
    }
  }
  return s;
}

/** What the score of a row alone in its cluster is multiplied by. */
function factorAlone(fit: LinearFit, row: number, s: Matrix): number {
  const k = fit.q.columns;
  const weight = fit.weights[row];
  let leverage = 0;
  let spread = 0;
  for (let a = 0; a < k; a++) {
    const qa = fit.q.get(row, a);
    leverage += qa * qa;
    for (let b = 0; b < k; b++) spread += qa * s.get(a, b) * fit.q.get(row, b);
  }
  const left = 1 - 2 * leverage + spread / weight;
  return left > ZERO ? Math.sqrt(weight / left) : 0;
}

/** The same under the variances of a generalised model, of which a single one cancels out. */
function modelFactorAlone(fit: LinearFit, row: number): number {
  let leverage = 0;
  for (let a = 0; a < fit.q.columns; a++) leverage += fit.q.get(row, a) ** 2;
  return 1 - leverage > ZERO ? 1 / Math.sqrt(1 - leverage) : 0;
}

function clusterScores(fit: LinearFit, rows: Int32Array, s: Matrix): Matrix {
  const k = fit.q.columns;
  const n = rows.length;
  const first = fit.weights[rows[0]];
  let isWeightConstant = true;
  for (let i = 1; i < n && isWeightConstant; i++) isWeightConstant = fit.weights[rows[i]] === first;
  // x and wx: the rows of X and of WX in the basis of q.
  const both = new Matrix(n, isWeightConstant ? k : 2 * k);
  for (let i = 0; i < n; i++) {
    const root = Math.sqrt(fit.weights[rows[i]]);
    for (let j = 0; j < k; j++) {
      const q = fit.q.data[j * fit.q.rows + rows[i]];
      both.data[j * n + i] = q / root;
      if (!isWeightConstant) both.data[(k + j) * n + i] = q * root;
    }
  }
  const basis = n > both.columns ? orthogonalise(both, 1e-11).q : identity(n);
  const p = basis.columns;
  const x = transposedProduct(basis, both, 0, k);
  const wx = isWeightConstant ? scaled(x, first) : transposedProduct(basis, both, k, k);

  // I + X·S·Xᵀ − X·(WX)ᵀ − (WX)·Xᵀ on the span, as I + (XS − WX)·Xᵀ − X·(WX)ᵀ.
  const left = product(x, s);
  for (let i = 0; i < left.data.length; i++) left.data[i] -= wx.data[i];
  const b = identity(p);
  for (let l = 0; l < k; l++) {
    for (let j = 0; j < p; j++) {
      const xj = x.data[l * p + j];
      const wxj = wx.data[l * p + j];
      for (let i = 0; i < p; i++) b.data[j * p + i] += left.data[l * p + i] * xj - x.data[l * p + i] * wxj;
    }
  }
  return product(basis, product(inverseRoot(b), wx));
}

/** The symmetric pseudo-inverse square root. */
function inverseRoot(b: Matrix): Matrix {
  const { values, vectors } = symmetricEigen(b);
  const p = b.rows;
  const result = new Matrix(p, p);
  for (let e = 0; e < p; e++) {
    if (values[e] <= ZERO) continue;
    const factor = 1 / Math.sqrt(values[e]);
    const vector = vectors.column(e);
    for (let j = 0; j < p; j++) {
      const share = factor * vector[j];
      for (let i = 0; i < p; i++) result.data[j * p + i] += share * vector[i];
    }
  }
  return result;
}

function scaled(a: Matrix, factor: number): Matrix {
  const result = new Matrix(a.rows, a.columns);
  for (let i = 0; i < a.data.length; i++) result.data[i] = factor * a.data[i];
  return result;
}

/** basisᵀ times some columns of a matrix. */
function transposedProduct(basis: Matrix, a: Matrix, from: number, columns: number): Matrix {
  const n = a.rows;
  const result = new Matrix(basis.columns, columns);
  for (let j = 0; j < columns; j++) {
    for (let i = 0; i < basis.columns; i++) {
      let sum = 0;
      for (let l = 0; l < n; l++) sum += basis.data[i * n + l] * a.data[(from + j) * n + l];
      result.data[j * basis.columns + i] = sum;
    }
  }
  return result;
}

function product(a: Matrix, b: Matrix): Matrix {
  const n = a.rows;
  const result = new Matrix(n, b.columns);
  for (let j = 0; j < b.columns; j++) {
    for (let l = 0; l < a.columns; l++) {
      const factor = b.data[j * b.rows + l];
      for (let i = 0; i < n; i++) result.data[j * n + i] += factor * a.data[l * n + i];
    }
  }
  return result;
}
