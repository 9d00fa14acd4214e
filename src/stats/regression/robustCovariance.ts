import { Matrix, solveUpper } from "#math";
import { biasReducedScores, squaredWeightProducts } from "./biasReducedScores.ts";
import { type Partition, partitions } from "./clusterPartition.ts";
import type { LinearFit } from "./linearFit.ts";

const HC = ["HC0", "HC1", "HC2", "HC3"] as const;
type HcKind = (typeof HC)[number];

export type CovarianceKind = "CR0" | "CR1" | "CR1S" | "CR2" | HcKind | "model";

/** The bias-reduced scores of one partition, from which degrees of freedom are worked out. */
export interface ReducedPartition {
  readonly partition: Partition;
  /** Row i holds the rank numbers of Tᵢ, in the basis of `fit.q`. */
  readonly scores: Float64Array;
  readonly s: Matrix;
}

/** A covariance of the coefficients of a fit, held in the basis of `fit.q`. */
export interface RobustCovariance {
  readonly kind: CovarianceKind;
  /** Covariance of r·β, rank × rank: the variance of a contrast is c̃ᵀVc̃ with `orthogonalContrast`. */
  readonly v: Matrix;
  /** The same for each level of clustering alone, those that are the same but once; one entry without clusters. */
  readonly levels: readonly Matrix[];
  /** Degrees of freedom, for every kind but CR2: n − rank, or the fewest clusters of a level less one. */
  readonly df: number;
  /** For CR2: one entry per level, in the same way. */
  readonly reduced: readonly ReducedPartition[];
}

/**
 * The covariance of the coefficients of a weighted least squares fit.
 * - `model`: σ²(XᵀWX)⁻¹, t with n − k.
 * - `HC0`: rows independent, squared residuals e²; `HC1`: × n/(n − k); `HC2`: e² over 1 − leverage; `HC3`: over its
 *   square. t with n − k.
 * - `CR0`: rows of a cluster go together, no correction; `CR1`: × G/(G − 1); `CR1S`: × G/(G − 1) × (n − 1)/(n − k).
 *   t with G − 1.
 * - `CR2`: bias-reduced with identity working covariance; Satterthwaite degrees of freedom (`testContrast`).
 *
 * With several levels of clusters the covariances are added and those of their intersections taken off
 * (inclusion-exclusion; Cameron, Gelbach and Miller 2011), each with its own correction; the degrees of freedom are the
 * smallest of the levels'. Without clusters every row is its own.
 *
 * @param clusters  One array per level: a cluster number for each row given to the fit.
 * @throws ShapeMismatch  there are fewer cluster numbers than rows.
 * @throws RangeError     rows stand for several (frequency weights) and a CR kind comes without clusters.
 */
export function robustCovariance(
  fit: LinearFit,
  { kind, clusters = [] }: { readonly kind: CovarianceKind; readonly clusters?: readonly Int32Array[] },
): RobustCovariance {
  if (kind === "model" || isHc(kind)) {
    const v = kind === "model" ? modelCovariance(fit) : leverageCovariance(fit, kind);
    return { kind, v, levels: [v], df: fit.dfResidual, reduced: [] };
  }
  if (fit.behind !== undefined && clusters.length === 0) {
    throw new RangeError(
      `${kind} without clusters takes each row for a cluster, but here a row stands for several: use HC`,
    );
  }
  const k = fit.q.columns;
  const v = new Matrix(k, k);
  const levels: Matrix[] = [];
  const reduced: ReducedPartition[] = [];
  let fewest = Number.POSITIVE_INFINITY;
  const s = squaredWeightProducts(fit);
  for (const { times, levels: own, partition } of partitions(fit, clusters)) {
    const scores = kind === "CR2" ? biasReducedScores(fit, partition, s) : plainScores(fit);
    const covariance = clusterCovariance(fit, partition, scores, correction(kind, partition.clusters, fit));
    for (let i = 0; i < v.data.length; i++) v.data[i] += times * covariance.data[i];
    if (own === 0) continue;
    levels.push(covariance);
    fewest = Math.min(fewest, partition.clusters);
    if (kind === "CR2") reduced.push({ partition, scores, s });
  }
  return { kind, v, levels, df: fit.dfResidual > 0 ? fewest - 1 : 0, reduced };
}

/**
 * Variance of a contrast. Inclusion-exclusion can give a variance that is not positive; the largest of the levels' own
 * is taken then (MacKinnon, Nielsen and Webb 2024).
 */
export function contrastVariance(covariance: RobustCovariance, contrast: Float64Array): number {
  const whole = quadraticForm(covariance.v, contrast);
  const alone = covariance.levels.map((level) => quadraticForm(level, contrast));
  // What is left after taking off nearly everything is rounding.
  return whole > 1e-12 * Math.max(...alone) ? whole : Math.max(...alone);
}

/** cᵀVc. */
export function quadraticForm(v: Matrix, c: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < c.length; j++) for (let i = 0; i < c.length; i++) sum += c[i] * v.get(i, j) * c[j];
  return sum;
}

function isHc(kind: CovarianceKind): kind is HcKind {
  return (HC as readonly string[]).includes(kind);
}

/**
 * A covariance as one of the coefficients themselves, over the columns kept (`fit.kept`): r⁻¹·V·r⁻ᵀ.
 */
export function coefficientCovariance(fit: LinearFit, v: Matrix): Matrix {
  const k = fit.r.columns;
  const left = new Matrix(k, k);
  for (let j = 0; j < k; j++) left.column(j).set(solveUpper(fit.r, v.column(j)));
  const result = new Matrix(k, k);
  const row = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) row[j] = left.get(i, j);
    for (const [j, value] of solveUpper(fit.r, row).entries()) result.set(i, j, value);
  }
  return result;
}

function correction(kind: CovarianceKind, clusters: number, fit: LinearFit): number {
  if (kind === "CR0" || kind === "CR2") return 1;
  const factor = clusters / (clusters - 1);
  return kind === "CR1" ? factor : (factor * (fit.n - 1)) / fit.dfResidual;
}

function modelCovariance(fit: LinearFit): Matrix {
  let sum = 0;
  for (const [i, residual] of fit.residuals.entries()) sum += fit.weights[i] * residual * residual;
  const v = new Matrix(fit.q.columns, fit.q.columns);
  for (let j = 0; j < v.columns; j++) v.set(j, j, sum / fit.dfResidual);
  return v;
}

function leverageCovariance(fit: LinearFit, kind: HcKind): Matrix {
  const k = fit.q.columns;
  const v = new Matrix(k, k);
  const power = kind === "HC2" ? 1 : kind === "HC3" ? 2 : 0;
  const whole = kind === "HC1" ? fit.n / fit.dfResidual : 1;
  for (let i = 0; i < fit.rows.length; i++) {
    const count = fit.behind?.counts[i] ?? 1;
    const squares = fit.behind?.squares[i] ?? fit.weights[i] * fit.residuals[i] ** 2;
    let leverage = 0;
    for (let j = 0; j < k; j++) leverage += fit.q.get(i, j) ** 2;
    // A row fitted perfectly by its own coefficient has residual 0 and says nothing.
    const left = 1 - leverage / count;
    if (power > 0 && left <= 1e-12) continue;
    const factor = (whole * squares) / count / left ** power;
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < k; b++) v.data[a * k + b] += factor * fit.q.get(i, a) * fit.q.get(i, b);
    }
  }
  return v;
}

/** The rows of WX in the basis of q. */
function plainScores(fit: LinearFit): Float64Array {
  const k = fit.q.columns;
  const scores = new Float64Array(fit.rows.length * k);
  for (let j = 0; j < k; j++) {
    const column = fit.q.column(j);
    for (let i = 0; i < column.length; i++) scores[i * k + j] = Math.sqrt(fit.weights[i]) * column[i];
  }
  return scores;
}

/** factor × Σg (Tᵀe)(Tᵀe)ᵀ. */
function clusterCovariance(
  fit: LinearFit,
  { clusters, order, start }: Partition,
  scores: Float64Array,
  factor: number,
): Matrix {
  const k = fit.q.columns;
  const v = new Matrix(k, k);
  const sum = new Float64Array(k);
  for (let g = 0; g < clusters; g++) {
    sum.fill(0);
    for (let at = start[g]; at < start[g + 1]; at++) {
      const row = order[at];
      for (let j = 0; j < k; j++) sum[j] += scores[row * k + j] * fit.residuals[row];
    }
    for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) v.data[a * k + b] += factor * sum[a] * sum[b];
  }
  return v;
}
