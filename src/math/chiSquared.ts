import { findRoot } from "./findRoot.ts";
import { incompleteGamma } from "./incompleteGamma.ts";

/** P(X > x) for chi-square with `df` degrees of freedom, not necessarily whole. Small tails keep their digits. */
export function chiSquaredTail(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2).above;
}

/** P(X ≤ x) for chi-square with `df` degrees of freedom. Small shares keep their digits. */
export function chiSquaredCdf(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2).below;
}

/**
 * The value below which chi-square lies with probability p.
 * @param p   Between 0 and 1, ends excluded.
 * @param df  Above 0.
 * @throws RangeError  p or df is outside these bounds.
 */
export function chiSquaredQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a quantile needs a probability between 0 and 1, not ${p}`);
  if (!(df > 0)) throw new RangeError(`chi-square needs degrees of freedom above 0, not ${df}`);
  // On the log scale of x, with the smaller tail on the log scale too: nearly straight everywhere.
  const excess =
    p < 0.5
      ? (y: number) => Math.log(chiSquaredCdf(Math.exp(y), df) / p)
      : (y: number) => -Math.log(chiSquaredTail(Math.exp(y), df) / (1 - p));
  let low = Math.log(df) - 1;
  let high = Math.log(df) + 1;
  while (excess(low) > 0) low -= 2 * (high - low);
  while (excess(high) < 0) high += 1;
  return Math.exp(findRoot(excess, low, high));
}
