/** Mean, variance (over n − 1) and count of one group. */
export interface GroupMoments {
  readonly mean: number;
  readonly variance: number;
  readonly n: number;
}

/**
 * Hedges' g: the difference in means over the pooled SD, times 1 − 3/(4N − 9) for small samples.
 * @returns 0 for equal means; infinite where means differ and nothing varies.
 *
 * Source: What Works Clearinghouse Procedures Handbook 5.0, appendix E.
 */
export function hedgesG(treated: GroupMoments, comparison: GroupMoments): number {
  const difference = treated.mean - comparison.mean;
  if (difference === 0) return 0;
  const n = treated.n + comparison.n;
  const pooled = ((treated.n - 1) * treated.variance + (comparison.n - 1) * comparison.variance) / (n - 2);
  return ((1 - 3 / (4 * n - 9)) * difference) / Math.sqrt(pooled);
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
