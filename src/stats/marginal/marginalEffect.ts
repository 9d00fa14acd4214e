import { checkLength, type Matrix } from "#math";
import { BadWeights } from "../common/badWeights.ts";
import { type Interval, tInterval } from "../common/interval.ts";
import type { NotEstimable } from "../common/notEstimable.ts";
import type { Formula } from "../model/formula.ts";
import { modelMatrix } from "../model/modelMatrix.ts";
import { type ModelData, rowsOf, UnknownVariable, withValue } from "../model/variable.ts";
import type { Family } from "../regression/family.ts";
import { linearPredictor } from "../regression/generalisedFit.ts";
import { quadraticForm } from "../regression/robustCovariance.ts";

/** What a marginal effect needs to know of a fitted model. */
export interface FittedMean {
  readonly family: Pick<Family, "mean" | "meanDerivative">;
  readonly names: readonly string[];
  /** One coefficient per name; NaN for a dropped column. */
  readonly beta: Float64Array;
}

/** What is compared, over whom, and with which uncertainty of the coefficients. */
export interface MarginalRequest {
  readonly fit: FittedMean;
  readonly formula: Formula;
  /** The rows averaged over; those of the model or any others with the same variables. */
  readonly data: ModelData;
  readonly treatment: string;
  /** Values of the treatment compared; 0 and 1 when left out. */
  readonly from?: number | string;
  readonly to?: number | string;
  /** Share of each row in the average: 0/1 to average over some (the treated, the matched), weights; all rows alike when left out. */
  readonly over?: Float64Array;
  readonly offset?: Float64Array;
  /** Covariance of the coefficients kept, in the order of their names. */
  readonly covariance: Matrix;
  /** Degrees of freedom of intervals; infinite (normal) when left out. */
  readonly df?: number;
  readonly level: number;
  /** Whether the rows themselves are taken for a sample: adds the spread of the effect between rows. */
  readonly isPopulationSampled?: boolean;
}

/** A ratio, its interval multiplied out from the log scale. `seLog` belongs to its logarithm; p is against 1. */
export interface RatioInterval {
  readonly estimate: number;
  readonly seLog: number;
  readonly p: number;
  readonly low: number;
  readonly high: number;
}

export type MarginalEffect =
  | {
      readonly state: "estimated";
      /** Rows with a share above 0. */
      readonly averagedOver: number;
      /** Mean predictions with the treatment at `to` and at `from` for everybody. */
      readonly meanTo: Interval;
      readonly meanFrom: Interval;
      readonly difference: Interval;
      /** Of the two mean predictions; absent when one of them is not above 0. */
      readonly riskRatio?: RatioInterval;
      /** Of the two mean predictions; absent when one of them is not between 0 and 1. */
      readonly oddsRatio?: RatioInterval;
    }
  | NotEstimable;

/**
 * Average marginal effect by standardisation: everybody's mean prediction with the treatment at one value less the same at
 * the other,
 *
 *     AME = Σᵢ wᵢ·(g⁻¹(xᵢ¹β) − g⁻¹(xᵢ⁰β)) / Σᵢ wᵢ.
 *
 * The design is built anew for each value, so interactions and factors follow the treatment. Standard errors by the delta
 * method, √(JVJᵀ) with J averaged over the same rows and weights, hold the rows fixed: they speak of these rows.
 *
 * @returns  Outcome units; "not estimable" where the effect rests on a dropped column.
 * @throws ShapeMismatch    the lengths disagree.
 * @throws BadWeights       a share is negative, or all are zero.
 * @throws UnknownVariable  there is no such treatment or level, or the model has no term with it.
 *
 * Source: Williams (2012), Stata Journal 12(2); Dowd, Greene and Norton (2014), Health Services Research 49(2), standard
 * error; Terza (2016), Stata Journal 16(1), sampling of rows.
 */
export function marginalEffect(request: MarginalRequest): MarginalEffect {
  const { fit, formula, data, treatment, from = 0, to = 1, offset, df = Number.POSITIVE_INFINITY, level } = request;
  const over = request.over ?? new Float64Array(rowsOf(data)).fill(1);
  checkLength("shares", over.length, rowsOf(data));
  if (!formula.terms.some((term) => term.includes(treatment))) {
    throw new UnknownVariable(`the treatment "${treatment}" stands in no term of the model`);
  }
  const total = over.reduce((sum, share) => sum + share, 0);
  if (!over.every((share) => share >= 0) || !(total > 0))
    throw new BadWeights("shares must be 0 or more, and not all 0");

  const high = modelMatrix(formula, withValue(data, treatment, to)).x;
  const low = modelMatrix(formula, withValue(data, treatment, from)).x;
  checkLength("columns of the model", high.columns, fit.names.length);
  const lost = fit.names.filter((_, j) => Number.isNaN(fit.beta[j]) && differ(high.column(j), low.column(j), over));
  if (lost.length > 0) {
    return {
      state: "not estimable",
      reason: `"${lost.join('", "')}" was dropped: it is a combination of other columns`,
    };
  }
  const one = standardised(fit, high, over, offset);
  const zero = standardised(fit, low, over, offset);
  const kept = fit.names.flatMap((_, j) => (Number.isNaN(fit.beta[j]) ? [] : [j]));
  checkLength("rows of the covariance", request.covariance.rows, kept.length);
  const sampled = request.isPopulationSampled === true;
  // Variance of a combination a·(mean at `to`) + b·(mean at `from`).
  const seOf = (a: number, b: number): number => {
    const gradient = Float64Array.from(kept, (j) => a * one.gradient[j] + b * zero.gradient[j]);
    let variance = quadraticForm(request.covariance, gradient);
    if (sampled) {
      const centre = a * one.mean + b * zero.mean;
      for (let i = 0; i < over.length; i++) {
        variance += ((over[i] / total) * (a * one.predictions[i] + b * zero.predictions[i] - centre)) ** 2;
      }
    }
    return Math.sqrt(Math.max(variance, 0));
  };
  const m1 = one.mean;
  const m0 = zero.mean;
  const isShare = (m: number) => m > 0 && m < 1;
  return {
    state: "estimated",
    averagedOver: over.reduce((count, share) => count + Number(share > 0), 0),
    meanTo: tInterval(m1, seOf(1, 0), df, level),
    meanFrom: tInterval(m0, seOf(0, 1), df, level),
    difference: tInterval(m1 - m0, seOf(1, -1), df, level),
    ...(m1 > 0 && m0 > 0 ? { riskRatio: ratio(Math.log(m1 / m0), seOf(1 / m1, -1 / m0), df, level) } : {}),
    ...(isShare(m1) && isShare(m0)
      ? {
          oddsRatio: ratio(
            Math.log(m1 / (1 - m1)) - Math.log(m0 / (1 - m0)),
            seOf(1 / (m1 * (1 - m1)), -1 / (m0 * (1 - m0))),
            df,
            level,
          ),
        }
      : {}),
  };
}

/** Shares for averages over the treated, the untreated or everybody, times weights where there are any. */
export function sharesOf(
  over: "all" | "treated" | "untreated",
  treated: ArrayLike<number>,
  weights?: Float64Array,
): Float64Array {
  return Float64Array.from(treated, (arm, i) => {
    const isIn = over === "all" || (over === "treated") === (arm === 1);
    return isIn ? (weights?.[i] ?? 1) : 0;
  });
}

function ratio(log: number, seLog: number, df: number, level: number): RatioInterval {
  const { p, low, high } = tInterval(log, seLog, df, level);
  return { estimate: Math.exp(log), seLog, p, low: Math.exp(low), high: Math.exp(high) };
}

function standardised(
  { family, beta }: FittedMean,
  x: Matrix,
  over: Float64Array,
  offset: Float64Array | undefined,
): { mean: number; gradient: Float64Array; predictions: Float64Array } {
  const eta = linearPredictor(x, beta, offset);
  const predictions = eta.map((own) => family.mean(own));
  const slopes = eta.map((own, i) => over[i] * family.meanDerivative(own));
  let total = 0;
  let sum = 0;
  for (let i = 0; i < over.length; i++) {
    total += over[i];
    if (over[i] > 0) sum += over[i] * predictions[i];
  }
  const gradient = beta.map((_, j) => {
    const column = x.column(j);
    let own = 0;
    for (let i = 0; i < column.length; i++) own += slopes[i] * column[i];
    return own / total;
  });
  return { mean: sum / total, gradient, predictions };
}

function differ(a: Float64Array, b: Float64Array, over: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (over[i] > 0 && a[i] !== b[i]) return true;
  return false;
}
