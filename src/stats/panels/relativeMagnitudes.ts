import { dot, findRoot, type Matrix, tQuantile } from "#math";
import type { NotEstimable } from "../common/notEstimable.ts";
import { quadraticForm } from "../regression/robustCovariance.ts";

/** What an effect could be if trends differed after the start by up to `ratio` times their worst step before it. */
export interface TrendBound {
  readonly ratio: number;
  /** The estimate less, and plus, the largest departure. */
  readonly lowEstimate: number;
  readonly highEstimate: number;
  /** With sampling error. */
  readonly low: number;
  readonly high: number;
}

export type TrendSensitivity =
  | {
      readonly state: "estimated";
      readonly bounds: readonly TrendBound[];
      /** The ratio at which the interval first holds 0; 0 when it does without any departure. */
      readonly breakdown: number;
      /** Largest step of the gap from one earlier period to the next. */
      readonly worstStep: number;
    }
  | NotEstimable;

/**
 * Sensitivity of an event study to trends that are not parallel, by relative magnitudes: after the start the gap without
 * treatment may move in each period by up to `ratio` times its largest move between two earlier periods.
 *
 * Whichever earlier step is truly the largest, the interval built on that step covers with the chance asked for; the union
 * over all earlier steps, in both directions, therefore covers with at least that chance. It is simple and conservative:
 * wider than the conditional intervals of the source.
 *
 * @param effects     One per period but the baseline, in order of time, with their covariance (`panelEventStudy`).
 * @param baseline    The period they are measured from; its effect is 0.
 * @param start       First period under treatment.
 * @param period      The period whose effect is asked about, at or after the start.
 * @param ratios      Each 0 or more.
 * @param df          Degrees of freedom; infinite for the normal curve.
 * @throws RangeError  there is no such period, or a ratio is below 0.
 *
 * Source: Rambachan and Roth (2023), Review of Economic Studies 90(5), restriction Δ^RM; union of intervals: Berger and
 * Hsu (1996), Statistical Science 11(4).
 */
export function relativeMagnitudes({
  effects,
  covariance,
  baseline,
  start,
  period,
  ratios,
  level,
  df = Number.POSITIVE_INFINITY,
}: {
  readonly effects: readonly { readonly period: number; readonly estimate: number }[];
  readonly covariance: Matrix;
  readonly baseline: number;
  readonly start: number;
  readonly period: number;
  readonly ratios: readonly number[];
  readonly level: number;
  readonly df?: number;
}): TrendSensitivity {
  const places = new Map(effects.map((effect, place) => [effect.period, place]));
  const asked = places.get(period);
  if (asked === undefined || period < start)
    throw new RangeError(`period ${period} has no effect after the start ${start}`);
  for (const ratio of ratios) if (!(ratio >= 0)) throw new RangeError(`a ratio is 0 or more, not ${ratio}`);
  const earlier = [...new Set([...places.keys(), baseline])].filter((own) => own < start).sort((a, b) => a - b);
  if (earlier.length < 2)
    return { state: "not estimable", reason: "there is no step between earlier periods to measure by" };

  /** An effect as weights over the effects; the baseline has none. */
  const weightsOf = (own: number): Float64Array => {
    const weights = new Float64Array(effects.length);
    const place = places.get(own);
    if (place !== undefined) weights[place] = 1;
    return weights;
  };
  const steps = earlier.slice(1).map((own, i) => {
    const after = weightsOf(own);
    for (const [j, value] of weightsOf(earlier[i]).entries()) after[j] -= value;
    return after;
  });
  // Steps from the last period before the start to the one asked about.
  const distance = period - earlier[earlier.length - 1];
  const values = Float64Array.from(effects, ({ estimate }) => estimate);
  const critical = tQuantile((1 + level) / 2, df);
  const boundsAt = (ratio: number): TrendBound => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let widest = 0;
    for (const step of steps) {
      widest = Math.max(widest, Math.abs(dot(step, values)));
      for (const sign of [1, -1]) {
        const combination = step.map((weight) => sign * ratio * distance * weight);
        combination[asked] += 1;
        const estimate = dot(combination, values);
        const reach = critical * Math.sqrt(Math.max(quadraticForm(covariance, combination), 0));
        low = Math.min(low, estimate - reach);
        high = Math.max(high, estimate + reach);
      }
    }
    const own = values[asked];
    const departure = ratio * distance * widest;
    return { ratio, lowEstimate: own - departure, highEstimate: own + departure, low, high };
  };
  const holdsZero = (ratio: number): number => {
    const { low, high } = boundsAt(ratio);
    return Math.max(low, -high);
  };
  const worstStep = Math.max(...steps.map((step) => Math.abs(dot(step, values))));
  let breakdown = 0;
  if (holdsZero(0) > 0) {
    let far = 1;
    while (holdsZero(far) > 0 && far < 1e6) far *= 2;
    breakdown = far < 1e6 ? findRoot(holdsZero, 0, far, 1e-9) : Number.POSITIVE_INFINITY;
  }
  return { state: "estimated", bounds: ratios.map(boundsAt), breakdown, worstStep };
}
