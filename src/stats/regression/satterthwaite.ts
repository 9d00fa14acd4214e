import { choleskyFactor, Matrix } from "#math";
import type { LinearFit } from "./linearFit.ts";
import { quadraticForm, type ReducedPartition } from "./robustCovariance.ts";

/**
 * Degrees of freedom of the bias-reduced covariance of q contrasts: those of the Wishart distribution with the same
 * mean and the same total variance of its standardised entries, when errors are independent and of equal variance,
 *
 *     η = q(q + 1) / Σst Var(D̃st),   D̃ = Ω^(−1/2)·C·V·Cᵀ·Ω^(−1/2),   Ω = E(C·V·Cᵀ).
 *
 * For one contrast this is Satterthwaite's (tr G)² / tr G², where G holds the covariances between clusters' shares of
 * the contrast, Ggh = aᵍᵀ(I − H)ᵍ(I − H)ₕᵀaₕ. G is a diagonal plus a matrix of rank 2k, so neither n × n nor
 * clusters × clusters numbers are formed.
 *
 * @param contrasts  In the basis of `fit.q` (`orthogonalContrast`), one array per contrast.
 * @returns          NaN when the contrasts have no variance or depend on each other.
 *
 * Source: Pustejovsky and Tipton (2018), Journal of Business and Economic Statistics 36(4), sections 3.2 and 4
 * (AHZ, called HTZ in clubSandwich).
 */
export function wishartDf(fit: LinearFit, reduced: ReducedPartition, contrasts: readonly Float64Array[]): number {
  const q = contrasts.length;
  const between = fit.weights.every((weight) => weight === 1)
    ? betweenEqual(fit.q.columns)
    : betweenWeighted(reduced.s);
  const raw = sharesOfClusters(fit, reduced, contrasts, between);
  const omega = new Matrix(q, q);
  for (const { own, parts } of raw) {
    for (let a = 0; a < q; a++) {
      for (let b = 0; b < q; b++) omega.data[a * q + b] += own.get(a, b) + between.of(parts[a], parts[b]);
    }
  }
  // A contrast that a single cluster decides has no variance left but rounding.
  const hasVariance = contrasts.every((c, i) => omega.get(i, i) > 1e-10 * quadraticForm(reduced.s, c));
  const root = hasVariance ? choleskyFactor(omega) : undefined;
  if (root === undefined) return Number.NaN;
  return (
    (q * (q + 1)) /
    totalVariance(
      raw.map((shares) => standardised(shares, root)),
      between,
      q,
    )
  );
}

/** How the parts of two clusters meet: pᵀ·N·r, with what a cluster's parts are. */
interface Between {
  /** How many numbers the parts of a cluster are. */
  readonly size: number;
  /** Whether XᵀWa stands beside Xᵀa. */
  readonly isWeighted: boolean;
  readonly of: (p: Float64Array, r: Float64Array) => number;
  /** N·K·N. */
  readonly around: (k: Matrix) => Matrix;
}

/** Parts (Xᵀa, XᵀWa) and N = (S, −I; −I, 0). */
const betweenWeighted = (s: Matrix): Between => ({
  size: 2 * s.rows,
  isWeighted: true,
  of: (p, r) => sandwich(p, s, r),
  around: (k) => timesN(k, s),
});

/** Without weights S = I in the basis of q and the halves are the same: parts Xᵀa and N = −I. */
const betweenEqual = (size: number): Between => ({
  size,
  isWeighted: false,
  of: (p, r) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum -= p[i] * r[i];
    return sum;
  },
  around: (k) => k,
});

/** What one cluster adds to the contrasts: `own` = aᵀa, and its parts for each contrast. */
interface ClusterShares {
  readonly own: Matrix;
  readonly parts: readonly Float64Array[];
}

function sharesOfClusters(
  fit: LinearFit,
  reduced: ReducedPartition,
  contrasts: readonly Float64Array[],
  { size, isWeighted }: Between,
): ClusterShares[] {
  const { clusters, order, start } = reduced.partition;
  const k = fit.q.columns;
  const q = contrasts.length;
  const a = new Float64Array(q);
  return Array.from({ length: clusters }, (_, g) => {
    const own = new Matrix(q, q);
    const parts = contrasts.map(() => new Float64Array(size));
    for (let at = start[g]; at < start[g + 1]; at++) {
      const row = order[at];
      const root = Math.sqrt(fit.weights[row]);
      for (let s = 0; s < q; s++) {
        let sum = 0;
        for (let j = 0; j < k; j++) sum += reduced.scores[row * k + j] * contrasts[s][j];
        a[s] = sum;
      }
      for (let s = 0; s < q; s++) {
        for (let t = 0; t < q; t++) own.data[t * q + s] += a[s] * a[t];
        for (let j = 0; j < k; j++) {
          const entry = fit.q.data[j * fit.rows.length + row];
          parts[s][j] += (entry / root) * a[s];
          if (isWeighted) parts[s][k + j] += entry * root * a[s];
        }
      }
    }
    return { own, parts };
  });
}

/** Shares of the contrasts L⁻¹C, whose expected covariance is the identity for Ω = LLᵀ. */
function standardised({ own, parts }: ClusterShares, root: Matrix): ClusterShares {
  const q = parts.length;
  const result = { own: new Matrix(q, q), parts: parts.map((part) => part.slice()) };
  result.own.data.set(own.data);
  for (let i = 0; i < q; i++) {
    for (let j = 0; j < i; j++) {
      const factor = root.get(i, j);
      for (let l = 0; l < q; l++) result.own.data[l * q + i] -= factor * result.own.data[l * q + j];
      for (let l = 0; l < parts[i].length; l++) result.parts[i][l] -= factor * result.parts[j][l];
    }
    for (let l = 0; l < q; l++) result.own.data[l * q + i] /= root.get(i, i);
    for (let l = 0; l < parts[i].length; l++) result.parts[i][l] /= root.get(i, i);
  }
  // The columns, in the same way as the rows.
  for (let i = 0; i < q; i++) {
    for (let j = 0; j < i; j++) {
      for (let l = 0; l < q; l++) result.own.data[i * q + l] -= root.get(i, j) * result.own.data[j * q + l];
    }
    for (let l = 0; l < q; l++) result.own.data[i * q + l] /= root.get(i, i);
  }
  return result;
}

/**
 * Σst Σgh (Ggh,ss·Ggh,tt + Ggh,st·Ggh,ts), with Ggh = [g = h]·own + partsᵍᵀ·N·partsₕ.
 * The sums over pairs of clusters are taken through K_st = Σg partsᵍs·partsᵍtᵀ.
 */
function totalVariance(shares: readonly ClusterShares[], { size, of, around }: Between, q: number): number {
  let total = 0;
  const k: Matrix[][] = Array.from({ length: q }, () => Array.from({ length: q }, () => new Matrix(size, size)));
  for (const { own, parts } of shares) {
    let ownTrace = 0;
    let lowTrace = 0;
    let squares = 0;
    for (let a = 0; a < q; a++) {
      for (let b = 0; b < q; b++) {
        const low = of(parts[a], parts[b]);
        if (a === b) {
          ownTrace += own.get(a, a);
          lowTrace += low;
        }
        squares += own.get(a, b) * (own.get(a, b) + 2 * low);
        addOuter(k[a][b], parts[a], parts[b]);
      }
    }
    total += ownTrace * (ownTrace + 2 * lowTrace) + squares;
  }
  for (let a = 0; a < q; a++) {
    for (let b = 0; b < q; b++) {
      const turned = around(k[a][b]);
      total += innerProduct(turned, k[a][b], false) + innerProduct(turned, k[a][b], true);
    }
  }
  return total;
}

/** pᵀ·N·r for N = (S, −I; −I, 0). */
function sandwich(p: Float64Array, s: Matrix, r: Float64Array): number {
  const k = s.rows;
  let sum = 0;
  for (let i = 0; i < k; i++) {
    sum -= p[i] * r[k + i] + p[k + i] * r[i];
    for (let j = 0; j < k; j++) sum += p[i] * s.get(i, j) * r[j];
  }
  return sum;
}

function addOuter(to: Matrix, p: Float64Array, r: Float64Array): void {
  const size = p.length;
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) to.data[j * size + i] += p[i] * r[j];
  }
}

/** N·K·N. */
function timesN(k: Matrix, s: Matrix): Matrix {
  const once = leftN(k, s);
  return transposed(leftN(transposed(once), s));
}

function leftN(k: Matrix, s: Matrix): Matrix {
  const half = s.rows;
  const result = new Matrix(k.rows, k.columns);
  for (let j = 0; j < k.columns; j++) {
    for (let i = 0; i < half; i++) {
      let sum = -k.get(half + i, j);
      for (let l = 0; l < half; l++) sum += s.get(i, l) * k.get(l, j);
      result.set(i, j, sum);
      result.set(half + i, j, -k.get(i, j));
    }
  }
  return result;
}

function transposed(a: Matrix): Matrix {
  const result = new Matrix(a.columns, a.rows);
  for (let j = 0; j < a.columns; j++) for (let i = 0; i < a.rows; i++) result.set(j, i, a.get(i, j));
  return result;
}

/** Σ aij·bij, or Σ aij·bji. */
function innerProduct(a: Matrix, b: Matrix, isTransposed: boolean): number {
  let sum = 0;
  for (let j = 0; j < a.columns; j++) {
    for (let i = 0; i < a.rows; i++) sum += a.get(i, j) * (isTransposed ? b.get(j, i) : b.get(i, j));
  }
  return sum;
}
