import { gaussHermite, type Matrix, normalCdf, normalDensity, type QuadratureRule } from "#math";
import type { BinomialLink } from "./binomialLikelihood.ts";

/** A mean probability (or a difference of them) three ways, with what it takes for a standard error. */
export interface MeanPrediction {
  /** Random effects at 0, at their conditional modes, and integrated out. */
  readonly zero: number;
  readonly modes: number;
  readonly integrated: number;
  /** Slopes along the fixed effects of the first and the last. */
  readonly zeroSlope: Float64Array;
  readonly integratedSlope: Float64Array;
}

/** Rows to predict for. */
export interface PredictionRows {
  /** m × p over the fixed effects of the fit. */
  readonly x: Matrix;
  /** How much each row counts. */
  readonly weights: Float64Array;
  /** Random part of the predictor at the conditional modes, and its variance. */
  readonly modes: Float64Array;
  readonly variance: Float64Array;
  readonly offset?: Float64Array | undefined;
}

/** Points of the quadrature over the random part. */
const NODES = 51;

/**
 * The weighted mean of P(y = 1) over rows, by three rules for the random part b of the predictor:
 *
 *     zero         g⁻¹(xβ)
 *     modes        g⁻¹(xβ + b̂)
 *     integrated   ∫ g⁻¹(xβ + s·z) φ(z) dz, s² the variance of b in that row, by 51 Gauss-Hermite points
 *
 * The slopes hold rows and variances fixed.
 *
 * Source: Skrondal and Rabe-Hesketh (2009), Journal of the Royal Statistical Society A 172(3), on the three rules.
 */
export function meanPrediction(
  { x, weights, modes, variance, offset }: PredictionRows,
  beta: Float64Array,
  link: BinomialLink,
): MeanPrediction {
  const m = x.rows;
  const zeroBy = new Float64Array(m);
  const integratedBy = new Float64Array(m);
  let zero = 0;
  let atModes = 0;
  let integrated = 0;
  let total = 0;
  const rule = integrationRule();
  const eta = new Float64Array(m);
  for (let j = 0; j < beta.length; j++) {
    const column = x.column(j);
    for (let i = 0; i < m; i++) eta[i] += beta[j] * column[i];
  }
  for (let i = 0; i < m; i++) {
    const weight = weights[i];
    const own = eta[i] + (offset?.[i] ?? 0);
    total += weight;
    zero += weight * meanOf(own, link);
    zeroBy[i] = weight * slopeOf(own, link);
    atModes += weight * meanOf(own + modes[i], link);
    const { mean, slope } = integratedMean(own, variance[i], link, rule);
    integrated += weight * mean;
    integratedBy[i] = weight * slope;
  }
  const along = (byRow: Float64Array) =>
    Float64Array.from(beta, (_, j) => {
      const column = x.column(j);
      let sum = 0;
      for (let i = 0; i < m; i++) sum += column[i] * byRow[i];
      return sum / total;
    });
  return {
    zero: zero / total,
    modes: atModes / total,
    integrated: integrated / total,
    zeroSlope: along(zeroBy),
    integratedSlope: along(integratedBy),
  };
}

/** The quadrature over the random part: worked out once for all rows of a request. */
export const integrationRule = (): QuadratureRule => gaussHermite(NODES);

/** ∫ g⁻¹(η + s·z) φ(z) dz and its slope along η, for s² the variance. */
export function integratedMean(
  eta: number,
  variance: number,
  link: BinomialLink,
  rule: QuadratureRule,
): { mean: number; slope: number } {
  const sd = Math.sqrt(variance);
  let mean = 0;
  let slope = 0;
  for (let k = 0; k < NODES; k++) {
    const at = eta + sd * rule.nodes[k];
    mean += rule.weights[k] * meanOf(at, link);
    slope += rule.weights[k] * slopeOf(at, link);
  }
  return { mean, slope };
}

/** Σ factor · prediction. */
export function combined(
  parts: readonly { readonly factor: number; readonly own: MeanPrediction }[],
  p: number,
): MeanPrediction {
  const sum = (value: (own: MeanPrediction) => number) =>
    parts.reduce((total, { factor, own }) => total + factor * value(own), 0);
  return {
    zero: sum((own) => own.zero),
    modes: sum((own) => own.modes),
    integrated: sum((own) => own.integrated),
    zeroSlope: Float64Array.from({ length: p }, (_, j) => sum((own) => own.zeroSlope[j])),
    integratedSlope: Float64Array.from({ length: p }, (_, j) => sum((own) => own.integratedSlope[j])),
  };
}

/** √(gᵀVg). */
export function deltaError(slope: Float64Array, covariance: Matrix): number {
  let sum = 0;
  for (let i = 0; i < slope.length; i++) {
    for (let j = 0; j < slope.length; j++) sum += slope[i] * slope[j] * covariance.get(i, j);
  }
  return Math.sqrt(sum);
}

/** g⁻¹. */
export function meanOf(eta: number, link: BinomialLink): number {
  return link === "logit" ? 1 / (1 + Math.exp(-eta)) : normalCdf(eta);
}

function slopeOf(eta: number, link: BinomialLink): number {
  if (link === "probit") return normalDensity(eta);
  const small = Math.exp(-Math.abs(eta));
  return small / (1 + small) ** 2;
}
