import { tQuantile, tTail } from "#math";

/** An estimate with its uncertainty. Interval and p use the same distribution: Student's t with `df`. */
export interface Interval {
  readonly estimate: number;
  readonly se: number;
  /** 0 when nothing is left over to estimate an uncertainty from: then `se`, `p`, `low` and `high` are NaN. */
  readonly df: number;
  /** Two-sided, against 0. */
  readonly p: number;
  readonly low: number;
  readonly high: number;
}

/**
 * estimate ± t(df) × se, with the two-sided p against 0.
 * @param level  For example 0.95.
 */
export function tInterval(estimate: number, se: number, df: number, level: number): Interval {
  if (!(df > 0) || !(se >= 0)) {
    return { estimate, se: Number.NaN, df: 0, p: Number.NaN, low: Number.NaN, high: Number.NaN };
  }
  const reach = tQuantile((1 + level) / 2, df) * se;
  const p = estimate === 0 ? 1 : 2 * tTail(Math.abs(estimate) / se, df);
  return { estimate, se, df, p, low: estimate - reach, high: estimate + reach };
}

/**
 * The smallest effect found significant at `alpha` (two-sided) four times in five: (t(.8, df) + t(1 − α/2, df)) × se.
 * NaN without degrees of freedom.
 */
export function smallestDetectable(se: number, df: number, alpha = 0.05): number {
  return df > 0 ? (tQuantile(0.8, df) + tQuantile(1 - alpha / 2, df)) * se : Number.NaN;
}
