import { type RandomStream, ShapeMismatch } from "#math";
import type { NotEstimable } from "../common/notEstimable.ts";
import { partitions } from "./clusterPartition.ts";
import { type LinearFit, orthogonalContrast } from "./linearFit.ts";

export type WildBootstrap =
  | {
      readonly state: "estimated";
      /** Two-sided, against 0, with symmetric rejection: (1 + draws at least as extreme) / (1 + draws). */
      readonly p: number;
      /** Null values that are not rejected: those with p above 1 − level. */
      readonly low: number;
      readonly high: number;
      readonly draws: number;
    }
  | NotEstimable;

/**
 * Wild cluster bootstrap of one coefficient with the null imposed (WCR): residuals of the model with βⱼ = r are given one
 * of Webb's six weights per cluster, the full model is fitted again, and t statistics with cluster-robust standard errors
 * are compared. The interval holds the values r that are not rejected (inversion), for all r with the same draws.
 *
 * Restricted residuals are linear in r, so each draw's statistic is (a + br)/√(c + dr + er²): five numbers per draw, from
 * sums over clusters alone, serve the test and the whole inversion. The factors of CR1 and CR1S are the same for the
 * sample and its draws and cancel.
 *
 * @param clusters     A cluster number for each row given to the fit.
 * @param coefficient  Its name in the fit.
 * @param random       The stream of the draws.
 * @throws ShapeMismatch  there are fewer cluster numbers than rows, or no such name.
 *
 * Source: Cameron, Gelbach and Miller (2008), Review of Economics and Statistics 90(3); Webb (2023), Canadian Journal of
 * Economics 56(3), weights; Roodman, MacKinnon, Nielsen and Webb (2019), Stata Journal 19(1), computation and inversion.
 */
export function wildClusterBootstrap(
  fit: LinearFit,
  {
    clusters,
    coefficient,
    draws,
    level,
    random,
  }: {
    readonly clusters: Int32Array;
    readonly coefficient: string;
    readonly draws: number;
    readonly level: number;
    readonly random: RandomStream;
  },
): WildBootstrap {
  const column = fit.names.indexOf(coefficient);
  if (column < 0) throw new ShapeMismatch(`the fit has no column "${coefficient}"`);
  const estimate = fit.beta[column];
  if (Number.isNaN(estimate))
    return { state: "not estimable", reason: `${coefficient} is a combination of other columns` };
  if (fit.dfResidual <= 0) return { state: "not estimable", reason: "there are as many coefficients as rows" };
  const sums = clusterSums(fit, column, clusters);
  if (sums.clusters < 3) return { state: "not estimable", reason: `only ${sums.clusters} clusters to draw from` };
  const se = Math.sqrt(sums.meat) / sums.information;
  if (!(se > 1e-12 * sums.scale))
    return { state: "not estimable", reason: "the clusters leave no variance to draw from" };

  const statistics = drawStatistics(sums, draws, random);
  const pAt = (r: number): number => pValue(statistics, r - estimate, se);
  const p = pAt(0);
  // A p of 10/200 is the level .05 itself, and rejects.
  const alpha = 1 - level + 1e-9;
  const low = boundary(pAt, estimate, -se, alpha);
  const high = boundary(pAt, estimate, se, alpha);
  if (low === undefined || high === undefined) {
    return {
      state: "not estimable",
      reason: "with so few clusters the draws reject no value, however far: the interval has no end",
    };
  }
  return { state: "estimated", p, low, high, draws };
}

/** Sums over the rows of each cluster, with ẋ and ẏ the column and the outcome without the other columns' part. */
interface ClusterSums {
  readonly clusters: number;
  /** Σ w ẋ²: over all rows, and by cluster. */
  readonly information: number;
  readonly own: Float64Array;
  /** Σ w ẋ e by cluster, e the residuals of the full model. */
  readonly scores: Float64Array;
  /** Σ (scores)². */
  readonly meat: number;
  /** k numbers per cluster in the basis of `fit.q`: Σ √w ẋ q, Σ √w e q. */
  readonly k: number;
  readonly crossX: Float64Array;
  readonly crossE: Float64Array;
  /** The size below which a standard error is rounding. */
  readonly scale: number;
}

function clusterSums(fit: LinearFit, column: number, codes: Int32Array): ClusterSums {
  const { clusters, order, start } = partitions(fit, [codes])[0].partition;
  const k = fit.q.columns;
  const n = fit.rows.length;
  const x = withoutOthers(fit, column);
  const own = new Float64Array(clusters);
  const scores = new Float64Array(clusters);
  const crossX = new Float64Array(clusters * k);
  const crossE = new Float64Array(clusters * k);
  let information = 0;
  let meat = 0;
  let size = 0;
  for (let g = 0; g < clusters; g++) {
    for (let at = start[g]; at < start[g + 1]; at++) {
      const row = order[at];
      const e = Math.sqrt(fit.weights[row]) * fit.residuals[row];
      own[g] += x[row] * x[row];
      scores[g] += x[row] * e;
      size += (x[row] * e) ** 2;
      for (let j = 0; j < k; j++) {
        const q = fit.q.data[j * n + row];
        crossX[g * k + j] += x[row] * q;
        crossE[g * k + j] += e * q;
      }
    }
    information += own[g];
    meat += scores[g] ** 2;
  }
  return { clusters, information, own, scores, meat, k, crossX, crossE, scale: Math.sqrt(size) / information };
}

/**
 * √w ẋ: what the other columns leave of one, times the root of its weight. In the basis of q it is a single vector: the
 * column's coefficient is β = uᵀ√W y with u = q·r⁻ᵀeⱼ, and √w ẋ = u/‖u‖².
 */
function withoutOthers(fit: LinearFit, column: number): Float64Array {
  const only = new Float64Array(fit.names.length);
  only[column] = 1;
  const inverse = orthogonalContrast(fit, only);
  const length = inverse.reduce((sum, value) => sum + value * value, 0);
  const x = new Float64Array(fit.q.rows);
  for (let j = 0; j < inverse.length; j++) {
    const q = fit.q.column(j);
    for (let i = 0; i < x.length; i++) x[i] += (inverse[j] / length) * q[i];
  }
  return x;
}

/** Five numbers per draw: with d = r − β̂, the statistic is (a + bd)/√(c + 2ed + fd²). */
interface Statistics {
  readonly draws: number;
  readonly values: Float64Array;
}

/**
 * Restricted residuals are e − d·ẋ with d = r − β̂, where e are those of the full model. A draw v then has the numerator
 * Σ v(s − d·own) and cluster scores v(s − d·own) − crossXᵀ·Σ v(crossE − d·crossX).
 */
function drawStatistics(sums: ClusterSums, draws: number, random: RandomStream): Statistics {
  const { clusters, k, own, scores, crossX, crossE } = sums;
  const values = new Float64Array(draws * 5);
  const v = new Float64Array(clusters);
  const projectedE = new Float64Array(k);
  const projectedX = new Float64Array(k);
  for (let draw = 0; draw < draws; draw++) {
    projectedE.fill(0);
    projectedX.fill(0);
    let a = 0;
    let b = 0;
    for (let g = 0; g < clusters; g++) {
      const weight = random.webb();
      v[g] = weight;
      a += weight * scores[g];
      b -= weight * own[g];
      for (let j = 0; j < k; j++) {
        projectedE[j] += weight * crossE[g * k + j];
        projectedX[j] += weight * crossX[g * k + j];
      }
    }
    let c = 0;
    let e = 0;
    let f = 0;
    for (let g = 0; g < clusters; g++) {
      let level = v[g] * scores[g];
      let slope = -v[g] * own[g];
      for (let j = 0; j < k; j++) {
        level -= crossX[g * k + j] * projectedE[j];
        slope += crossX[g * k + j] * projectedX[j];
      }
      c += level * level;
      e += level * slope;
      f += slope * slope;
    }
    values.set([a, b, c, e, f], draw * 5);
  }
  return { draws, values };
}

/** Share of draws at least as far from 0 as the sample's own t statistic against r = β̂ + d. */
function pValue({ draws, values }: Statistics, d: number, se: number): number {
  // Draws that repeat the sample (all weights equal) are ties up to rounding, and count.
  const limit = (d / se) ** 2 * (1 - 1e-9);
  let extreme = 0;
  for (let at = 0; at < draws * 5; at += 5) {
    const top = values[at] + d * values[at + 1];
    const bottom = values[at + 2] + d * (2 * values[at + 3] + d * values[at + 4]);
    if (top * top >= limit * bottom) extreme++;
  }
  return (1 + extreme) / (1 + draws);
}

/** The end of the values not rejected, on the side of `step`; undefined when none is found. */
function boundary(pAt: (r: number) => number, estimate: number, step: number, alpha: number): number | undefined {
  let inside = 0;
  let outside = 1;
  while (pAt(estimate + outside * step) > alpha) {
    inside = outside;
    outside *= 2;
    if (outside > 1e6) return undefined;
  }
  for (let halving = 0; halving < 60 && outside - inside > 1e-10 * outside; halving++) {
    const middle = (inside + outside) / 2;
    if (pAt(estimate + middle * step) > alpha) inside = middle;
    else outside = middle;
  }
  return estimate + inside * step;
}
