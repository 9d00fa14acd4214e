import { tQuantile } from "#math";

/**
 * How strong a confounder would have to be, in share explained of what is left over of treatment and of outcome alike,
 * to bring a regression estimate to 0; with `alpha`, to bring it so low that it is no longer significant at alpha.
 *
 *     RV = ½(√(f⁴ + 4f²) − f²),   f = |t|/√df, less t*(alpha, df − 1)/√(df − 1) with alpha.
 *
 * @returns 0 when the estimate is not significant at alpha to begin with; NaN when df leaves no critical value.
 *
 * Source: Cinelli and Hazlett (2020), Journal of the Royal Statistical Society B 82(1), section 4; the case of a large f
 * after their software sensemakr.
 */
export function robustnessValue({
  t,
  df,
  alpha,
}: {
  readonly t: number;
  readonly df: number;
  readonly alpha?: number;
}): number {
  const f = Math.abs(t) / Math.sqrt(df);
  if (alpha === undefined) return share(f);
  if (!(df > 1)) return Number.NaN;
  const critical = tQuantile(1 - alpha / 2, df - 1) / Math.sqrt(df - 1);
  if (f <= critical) return 0;
  return f > 1 / critical ? (f * f - critical * critical) / (1 + f * f) : share(f - critical);
}

function share(f: number): number {
  return (Math.sqrt(f ** 4 + 4 * f * f) - f * f) / 2;
}
