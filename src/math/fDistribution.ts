import { incompleteBeta } from "./incompleteBeta.ts";

/**
 * P(F > f) for the F distribution with `numerator` and `denominator` degrees of freedom, not necessarily whole.
 * Small tails keep their digits.
 */
export function fTail(f: number, numerator: number, denominator: number): number {
  if (!(f > 0)) return f <= 0 ? 1 : Number.NaN;
  const total = denominator + numerator * f;
  return incompleteBeta(denominator / 2, numerator / 2, denominator / total, (numerator * f) / total);
}
