import {
  choleskyFactor,
  dot,
  invertCholesky,
  logDeterminant,
  Matrix,
  multiply,
  solveCholesky,
  timesVector,
} from "#math";
import { type ImpliedMoments, impliedMoments, momentSlopes, partsOf, type StructuralModel } from "./structuralModel.ts";

/** Complete answers of one group: rows × items, with their mean and covariance (divisor n). */
export interface GroupMoments {
  readonly n: number;
  readonly rows: readonly Float64Array[];
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

export interface StructuralFit {
  readonly theta: Float64Array;
  /** Robust ("sandwich") standard errors. */
  readonly se: Float64Array;
  readonly implied: readonly ImpliedMoments[];
  /** N × the least discrepancy, and its degrees of freedom. */
  readonly chiSquared: number;
  readonly df: number;
  /** Satorra and Bentler's c: χ²/c has the mean of a chi-square number whatever the shape of the answers. NaN when df is 0. */
  readonly scaling: number;
  /** Discrepancy at the start and after each step. */
  readonly path: readonly number[];
}

const TOLERANCE = 1e-9;
const MOST_STEPS = 500;

/**
 * Maximum likelihood for mean and covariance structures in one or several groups,
 *
 *     F = Σ_g (n_g/N)·[ln det Σ_g + tr S_gΣ_g⁻¹ − ln det S_g − p + (ȳ_g − μ_g)′Σ_g⁻¹(ȳ_g − μ_g)]
 *
 * by Fisher scoring: steps A⁻¹b with the expected information A, halved until F falls. Then the scaled statistic of Satorra
 * and Bentler. With W the normal-theory weight at the fitted moments, Δ their slopes and Γ the covariance of the sample
 * moments,
 *
 *     c = [tr WΓ − tr A⁻¹B]/df,   A = Δ′WΔ,   B = Δ′WΓWΔ,   robust covariance of θ = A⁻¹BA⁻¹/N
 *
 * Γ itself, whose size is that of p⁴, is never formed: both traces are sums over respondents of their own scores.
 *
 * @returns a sentence when the information is singular (the model is not identified), or the steps run out.
 *
 * Source: Satorra and Bentler (1994), in von Eye and Clogg (eds), Latent Variables Analysis; conventions of lavaan's MLM
 * (expected information, structured weights, divisor n).
 */
export function fitStructural(model: StructuralModel, groups: readonly GroupMoments[]): StructuralFit | string {
  const total = groups.reduce((sum, { n }) => sum + n, 0);
  let theta = model.start.slice();
  let now = discrepancy(model, groups, total, theta);
  const path = [now];
  if (!Number.isFinite(now)) return "the starting values imply no covariance matrix";
  for (let step = 0; ; step++) {
    const { information, score } = scoring(model, groups, total, theta);
    const factor = choleskyFactor(information);
    if (factor === undefined) return "the model is not identified: its information matrix is singular";
    const direction = solveCholesky(factor, score);
    const gain = direction.reduce((sum, own, i) => sum + own * score[i], 0);
    if (gain <= TOLERANCE * TOLERANCE) break;
    if (step === MOST_STEPS) return `no end was found in ${MOST_STEPS} steps`;
    let length = 1;
    let next = theta;
    let found = Number.POSITIVE_INFINITY;
    for (; length > 1e-8; length /= 2) {
      next = theta.map((own, i) => own + length * direction[i]);
      found = discrepancy(model, groups, total, next);
      if (found <= now + 1e-13) break;
    }
    if (length <= 1e-8) {
      if (gain < 1e-10) break;
      return "the discrepancy does not fall along its slope";
    }
    theta = next;
    now = found;
    path.push(now);
  }
  const moments = groups.length * (model.items + (model.items * (model.items + 1)) / 2);
  return { ...robust(model, groups, total, theta, moments), chiSquared: Math.max(0, total * now), path };
}

function discrepancy(
  model: StructuralModel,
  groups: readonly GroupMoments[],
  total: number,
  theta: Float64Array,
): number {
  let sum = 0;
  for (const [g, { n, mean, covariance }] of groups.entries()) {
    const implied = impliedMoments(partsOf(model, g, theta));
    const factor = choleskyFactor(implied.covariance);
    const own = choleskyFactor(covariance);
    if (factor === undefined || own === undefined) return Number.POSITIVE_INFINITY;
    const gap = mean.map((value, i) => value - implied.mean[i]);
    let trace = 0;
    for (let j = 0; j < covariance.columns; j++) trace += solveCholesky(factor, covariance.column(j))[j];
    const distance = solveCholesky(factor, gap).reduce((product, value, i) => product + value * gap[i], 0);
    sum += (n / total) * (logDeterminant(factor) + trace - logDeterminant(own) - covariance.rows + distance);
  }
  return sum;
}

/** Slopes of one group, with Σ⁻¹·∂μ and Σ⁻¹·∂Σ·Σ⁻¹ of every parameter it has. */
function weightedSlopes(model: StructuralModel, g: number, theta: Float64Array) {
  const parts = partsOf(model, g, theta);
  const implied = impliedMoments(parts);
  const inverse = invertCholesky(choleskyFactor(implied.covariance)!);
  const slopes = momentSlopes(model, g, parts);
  return {
    implied,
    inverse,
    slopes,
    means: slopes.mean.map((own) => timesVector(inverse, own)),
    covariances: slopes.covariance.map((own) => multiply(multiply(inverse, own), inverse)),
  };
}

/** A = Δ′WΔ and b = Δ′W(s − σ). */
function scoring(model: StructuralModel, groups: readonly GroupMoments[], total: number, theta: Float64Array) {
  const q = theta.length;
  const information = new Matrix(q, q);
  const score = new Float64Array(q);
  for (const [g, { n, mean, covariance }] of groups.entries()) {
    const { implied, slopes, means, covariances } = weightedSlopes(model, g, theta);
    const share = n / total;
    const p = mean.length;
    const gap = mean.map((value, i) => value - implied.mean[i]);
    const residual = new Matrix(p, p);
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < p; j++) {
        residual.set(i, j, covariance.get(i, j) - implied.covariance.get(i, j) + gap[i] * gap[j]);
      }
    }
    // Most slopes of Σ are 0 nearly everywhere.
    const filled = slopes.covariance.map(({ data }) => Int32Array.from(data.keys()).filter((at) => data[at] !== 0));
    for (const [a, row] of slopes.active.entries()) {
      score[row] += share * (dot(means[a], gap) + dot(covariances[a].data, residual.data) / 2);
      for (let b = 0; b <= a; b++) {
        const column = slopes.active[b];
        const own =
          share *
          (dot(means[a], slopes.mean[b]) + dotAt(filled[b], covariances[a].data, slopes.covariance[b].data) / 2);
        information.set(row, column, information.get(row, column) + own);
        if (a !== b) information.set(column, row, information.get(column, row) + own);
      }
    }
  }
  return { information, score };
}

function robust(
  model: StructuralModel,
  groups: readonly GroupMoments[],
  total: number,
  theta: Float64Array,
  moments: number,
): Omit<StructuralFit, "chiSquared" | "path"> {
  const q = theta.length;
  const { information } = scoring(model, groups, total, theta);
  const spread = new Matrix(q, q);
  const implied: ImpliedMoments[] = [];
  let trace = 0;
  for (const [g, group] of groups.entries()) {
    const weighted = weightedSlopes(model, g, theta);
    implied.push(weighted.implied);
    trace += addRespondents(group, weighted, total, spread);
  }
  const inverse = invertCholesky(choleskyFactor(information)!);
  const half = multiply(inverse, spread);
  const covariance = multiply(half, inverse);
  for (let a = 0; a < q; a++) trace -= half.get(a, a);
  const df = moments - q;
  return {
    theta,
    se: Float64Array.from({ length: q }, (_, a) => Math.sqrt(covariance.get(a, a) / total)),
    implied,
    df,
    scaling: df > 0 ? trace / df : Number.NaN,
  };
}

/** Adds the group's part of B to `spread`; returns its tr WΓ. */
function addRespondents(
  group: GroupMoments,
  weighted: ReturnType<typeof weightedSlopes>,
  total: number,
  spread: Matrix,
): number {
  const { inverse, means, covariances, slopes } = weighted;
  const { active } = slopes;
  const q = active.length;
  const p = group.mean.length;
  const centre = covariances.map((own) => dot(own.data, group.covariance.data));
  const scaled = multiply(inverse, group.covariance);
  // ½ tr (Σ⁻¹(dd′ − S))² = ½ (d′Σ⁻¹d)² − d′Σ⁻¹SΣ⁻¹d + ½ tr (Σ⁻¹S)²
  const middle = multiply(scaled, inverse);
  let square = 0;
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) square += scaled.get(i, j) * scaled.get(j, i);
  let trace = 0;
  const score = new Float64Array(q);
  for (const row of group.rows) {
    const d = row.map((own, i) => own - group.mean[i]);
    const distance = quadratic(inverse, d);
    trace += distance + (distance * distance) / 2 - quadratic(middle, d) + square / 2;
    for (let a = 0; a < q; a++) score[a] = dot(means[a], d) + (quadratic(covariances[a], d) - centre[a]) / 2;
    for (let b = 0; b < q; b++) {
      const factor = score[b] / total;
      const column = spread.column(active[b]);
      for (let a = 0; a < q; a++) column[active[a]] += factor * score[a];
    }
  }
  return trace / group.n;
}

function quadratic(matrix: Matrix, d: Float64Array): number {
  const p = d.length;
  let sum = 0;
  for (let j = 0; j < p; j++) {
    const from = j * p;
    let inner = 0;
    for (let i = 0; i < p; i++) inner += matrix.data[from + i] * d[i];
    sum += d[j] * inner;
  }
  return sum;
}

function dotAt(places: Int32Array, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < places.length; k++) sum += a[places[k]] * b[places[k]];
  return sum;
}
