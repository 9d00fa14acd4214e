import { type Interval, tInterval } from "../common/interval.ts";
import type { NotEstimable } from "../common/notEstimable.ts";
import { checkFinite } from "../common/notFinite.ts";
import type { GroupMoments } from "./effectSize.ts";

/** A t test: the difference with its interval, and t itself. */
export type TTest = ({ readonly state: "estimated"; readonly t: number } & Interval) | NotEstimable;

/**
 * Whether a mean differs from 0; of changes of the same people this is the paired t test.
 * @param level  For example 0.95.
 */
export function oneSampleT({ mean, variance, n }: GroupMoments, level: number): TTest {
  if (n < 2) return { state: "not estimable", reason: `${n} value${n === 1 ? "" : "s"}: two or more are needed` };
  if (!(variance > 0)) return { state: "not estimable", reason: "all values are the same" };
  const se = Math.sqrt(variance / n);
  return { state: "estimated", t: mean / se, ...tInterval(mean, se, n - 1, level) };
}

/**
 * Whether two means differ, each group with its own variance (Welch), or with one variance for both (`pooled`).
 *
 * Source: Welch (1947), Biometrika 34.
 */
export function twoSampleT(
  first: GroupMoments,
  second: GroupMoments,
  { level, variances = "own" }: { readonly level: number; readonly variances?: "own" | "pooled" },
): TTest {
  if (first.n < 2 || second.n < 2) {
    return {
      state: "not estimable",
      reason: `groups of ${first.n} and ${second.n}: two values or more are needed in each`,
    };
  }
  const a = first.variance / first.n;
  const b = second.variance / second.n;
  if (!(a + b > 0)) return { state: "not estimable", reason: "nothing varies within the groups" };
  const difference = first.mean - second.mean;
  if (variances === "pooled") {
    const df = first.n + second.n - 2;
    const pooled = ((first.n - 1) * first.variance + (second.n - 1) * second.variance) / df;
    const se = Math.sqrt(pooled * (1 / first.n + 1 / second.n));
    return { state: "estimated", t: difference / se, ...tInterval(difference, se, df, level) };
  }
  const df = (a + b) ** 2 / (a ** 2 / (first.n - 1) + b ** 2 / (second.n - 1));
  const se = Math.sqrt(a + b);
  return { state: "estimated", t: difference / se, ...tInterval(difference, se, df, level) };
}

/**
 * Mean, variance (over n − 1) and count of some numbers.
 * @throws NotFinite  one of them is not finite.
 */
export function momentsOf(values: ArrayLike<number>): GroupMoments {
  const n = values.length;
  checkFinite("a value", values);
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) ** 2;
  return { mean, variance: n > 1 ? squares / (n - 1) : Number.NaN, n };
}
