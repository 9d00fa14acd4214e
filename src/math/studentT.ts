import { incompleteBeta } from "./incompleteBeta.ts";
import { logGamma } from "./logGamma.ts";
import { normalTail } from "./normal.ts";
import { normalQuantile } from "./normalQuantile.ts";

/**
 * P(T > t) for Student's t with `df` degrees of freedom, not necessarily whole; infinite ones give the normal
 * distribution. Small tails keep their digits.
 */
export function tTail(t: number, df: number): number {
  if (t < 0) return 1 - tTail(-t, df);
  if (df === Number.POSITIVE_INFINITY) return normalTail(t);
  // So far out that t² has no place: the leading term of the tail, exact to rounding.
  if (t > 1e100) {
    const beta = logGamma(df / 2) + logGamma(0.5) - logGamma((df + 1) / 2);
    return Math.exp(df * (Math.log(df) / 2 - Math.log(t)) - Math.log(df) - beta);
  }
  const total = df + t * t;
  return incompleteBeta(df / 2, 0.5, df / total, (t * t) / total) / 2;
}

/**
 * The value below which Student's t lies with probability p: t with P(T ≤ t) = p, to about 1e-13 of t.
 * @param p   Between 0 and 1, ends excluded.
 * @param df  Above 0; infinite for the normal distribution.
 * @throws RangeError  p or df is outside these bounds.
 */
export function tQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a quantile needs a probability between 0 and 1, not ${p}`);
  if (!(df > 0)) throw new RangeError(`Student's t needs degrees of freedom above 0, not ${df}`);
  if (p === 0.5) return 0;
  if (df === Number.POSITIVE_INFINITY) return normalQuantile(p);
  return p < 0.5 ? -upperQuantile(p, df) : upperQuantile(1 - p, df);
}

/** t with P(T > t) = tail: Newton's method on the logarithm of both, kept inside a bracket. */
function upperQuantile(tail: number, df: number): number {
  let low = 0;
  let high = 1;
  while (tTail(high, df) > tail) {
    low = high;
    high *= 2;
  }
  const logDensityAtZero = logGamma((df + 1) / 2) - logGamma(df / 2) - Math.log(Math.PI * df) / 2;
  let t = (low + high) / 2;
  for (let step = 0; step < 200; step++) {
    const own = tTail(t, df);
    if (own > tail) low = t;
    else high = t;
    const density = Math.exp(logDensityAtZero - ((df + 1) / 2) * Math.log1p((t * t) / df));
    const newton = t * Math.exp((own * Math.log(own / tail)) / (density * t));
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - t) <= 4 * Number.EPSILON * t) return next;
    t = next;
  }
  return t;
}
