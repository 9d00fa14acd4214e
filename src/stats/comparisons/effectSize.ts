import { logGamma, noncentralShift } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";

/** Mean, variance (over n − 1) and count of one group. */
export interface GroupMoments {
  readonly mean: number;
  readonly variance: number;
  readonly n: number;
}

/** A standardised difference with its interval, and the SD it is measured in. */
export interface EffectSize {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** What one unit is. */
  readonly denominator: "pooled SD" | "SD of the differences" | "SD of the comparison group";
}

export type EffectSizeResult = ({ readonly state: "estimated" } & EffectSize) | NotEstimable;

/**
 * The factor that takes the small-sample bias off a standardised difference: Γ(df/2) / (√(df/2)·Γ((df − 1)/2)), which is
 * about 1 − 3/(4·df − 1).
 *
 * Source: Hedges (1981), Journal of Educational Statistics 6(2).
 */
export function smallSampleFactor(df: number): number {
  return df > 1 ? Math.exp(logGamma(df / 2) - logGamma((df - 1) / 2)) / Math.sqrt(df / 2) : Number.NaN;
}

/** The same for two groups of n in all by the usual short formula, 1 − 3/(4n − 9). */
export function smallSampleFactorApproximate(n: number): number {
  return 1 - 3 / (4 * n - 9);
}

/**
 * Hedges' g with the What Works Clearinghouse's correction: the difference in means over the pooled SD, times
 * 1 − 3/(4N − 9) for small samples.
 * @returns 0 for equal means; infinite where means differ and nothing varies.
 *
 * Source: What Works Clearinghouse Procedures Handbook 5.0, appendix E.
 */
export function hedgesG(treated: GroupMoments, comparison: GroupMoments): number {
  const difference = treated.mean - comparison.mean;
  if (difference === 0) return 0;
  const n = treated.n + comparison.n;
  return (smallSampleFactorApproximate(n) * difference) / pooledSd(treated, comparison);
}

/**
 * Difference of two means in units of the pooled SD, with an interval from the shifted t distribution.
 *
 * @param corrected  Whether the small-sample bias is taken off, exactly ("Hedges' g"); else "Cohen's d".
 * @param level      For example 0.95.
 * @returns  "not estimable" for a group of fewer than 2, or where nothing varies.
 *
 * Source: Hedges and Olkin (1985), chapter 5; interval: Steiger and Fouladi (1997).
 */
export function standardisedMeanDifference(
  treated: GroupMoments,
  comparison: GroupMoments,
  { corrected, level }: { readonly corrected: boolean; readonly level: number },
): EffectSizeResult {
  if (treated.n < 2 || comparison.n < 2) return notEstimable("each group needs two values or more");
  const sd = pooledSd(treated, comparison);
  if (!(sd > 0)) return notEstimable("nothing varies within the groups");
  const df = treated.n + comparison.n - 2;
  const size = Math.sqrt((treated.n * comparison.n) / (treated.n + comparison.n));
  const factor = corrected ? smallSampleFactor(df) : 1;
  return withInterval((treated.mean - comparison.mean) / sd, size, df, factor, level, "pooled SD");
}

/**
 * d_z: mean change of the same people in units of the SD of their changes, with an interval from the shifted t
 * distribution. It grows with the correlation of the two measures and is not comparable with differences between groups.
 *
 * @param differences  Mean, variance and count of the changes.
 */
export function standardisedMeanChange(
  differences: GroupMoments,
  { corrected, level }: { readonly corrected: boolean; readonly level: number },
): EffectSizeResult {
  if (differences.n < 2) return notEstimable("two changes or more are needed");
  if (!(differences.variance > 0)) return notEstimable("all changes are the same");
  const df = differences.n - 1;
  const factor = corrected ? smallSampleFactor(df) : 1;
  const d = differences.mean / Math.sqrt(differences.variance);
  return withInterval(d, Math.sqrt(differences.n), df, factor, level, "SD of the differences");
}

/**
 * Cox's index: the difference between two shares on the scale of a standardised mean difference, the difference of
 * their logits over 1.65.
 * @returns 0 for equal shares; infinite where one of two different shares is 0 or 1.
 *
 * Source: What Works Clearinghouse Procedures Handbook 5.0, appendix E.
 */
export function coxIndex(treated: number, comparison: number): number {
  if (treated === comparison) return 0;
  return (Math.log(treated / (1 - treated)) - Math.log(comparison / (1 - comparison))) / 1.65;
}

function pooledSd(a: GroupMoments, b: GroupMoments): number {
  return Math.sqrt(((a.n - 1) * a.variance + (b.n - 1) * b.variance) / (a.n + b.n - 2));
}

/** The interval of d = t/size by the shifts under which t lies at its ends. */
function withInterval(
  d: number,
  size: number,
  df: number,
  factor: number,
  level: number,
  denominator: EffectSize["denominator"],
): EffectSizeResult {
  const t = d * size;
  if (Math.abs(t) > 30) return notEstimable(`t is ${t.toFixed(1)}: too far from 0 for an interval`);
  const end = (p: number): number => (factor * noncentralShift(t, df, p)) / size;
  return {
    state: "estimated",
    estimate: factor * d,
    low: end((1 + level) / 2),
    high: end((1 - level) / 2),
    denominator,
  };
}
