import { normalTail } from "#math";
import type { NotEstimable } from "../common/notEstimable.ts";
import { checkFinite } from "../common/notFinite.ts";
import { midRanks } from "./ranks.ts";

/** A rank test. */
export type RankTest =
  | {
      readonly state: "estimated";
      /** Sum of the ranks: of positive changes (V), or of the first group less its least possible (W). */
      readonly statistic: number;
      /** Two-sided. */
      readonly p: number;
      /** Whether p comes from all arrangements of the ranks, or from the normal curve with a correction for continuity. */
      readonly method: "exact" | "normal";
    }
  | NotEstimable;

/** Samples below this, without ties and zeros, are worked out exactly. */
const EXACT_BELOW = 50;

/**
 * Wilcoxon's signed rank test: whether changes of the same people lie around 0. Changes of exactly 0 are left out.
 *
 * @throws NotFinite  a change is not finite.
 *
 * Source: Wilcoxon (1945), Biometrics Bulletin 1(6); Hollander and Wolfe (1999), chapter 3.
 */
export function signedRankTest(changes: Float64Array): RankTest {
  checkFinite("a change", changes);
  const used = changes.filter((change) => change !== 0);
  const n = used.length;
  if (n === 0)
    return { state: "not estimable", reason: changes.length === 0 ? "there are no changes" : "all changes are 0" };
  const { ranks, tieSum } = midRanks(used.map(Math.abs));
  let v = 0;
  for (let i = 0; i < n; i++) if (used[i] > 0) v += ranks[i];
  if (n < EXACT_BELOW && tieSum === 0 && n === changes.length) {
    const counts = signedRankCounts(n);
    return { state: "estimated", statistic: v, p: twoSided(counts, v), method: "exact" };
  }
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - tieSum / 48;
  return { state: "estimated", statistic: v, p: normalP(v - (n * (n + 1)) / 4, variance), method: "normal" };
}

/**
 * Wilcoxon's rank sum test (Mann-Whitney): whether values of one group tend to be larger than those of another.
 *
 * @throws NotFinite  a value is not finite.
 *
 * Source: Mann and Whitney (1947), Annals of Mathematical Statistics 18(1); Hollander and Wolfe (1999), chapter 4.
 */
export function rankSumTest(first: Float64Array, second: Float64Array): RankTest {
  checkFinite("a value of the first group", first);
  checkFinite("a value of the second group", second);
  const m = first.length;
  const n = second.length;
  if (m === 0 || n === 0) return { state: "not estimable", reason: "one of the groups is empty" };
  const all = new Float64Array(m + n);
  all.set(first);
  all.set(second, m);
  const { ranks, tieSum } = midRanks(all);
  let w = (-m * (m + 1)) / 2;
  for (let i = 0; i < m; i++) w += ranks[i];
  if (m < EXACT_BELOW && n < EXACT_BELOW && tieSum === 0) {
    return { state: "estimated", statistic: w, p: twoSided(rankSumCounts(m, n), w), method: "exact" };
  }
  const variance = ((m * n) / 12) * (m + n + 1 - tieSum / ((m + n) * (m + n - 1)));
  if (!(variance > 0)) return { state: "not estimable", reason: "all values are the same" };
  return { state: "estimated", statistic: w, p: normalP(w - (m * n) / 2, variance), method: "normal" };
}

function normalP(distance: number, variance: number): number {
  const z = (Math.abs(distance) - (distance === 0 ? 0 : 0.5)) / Math.sqrt(variance);
  return Math.min(1, 2 * normalTail(z));
}

/** In how many of the 2ⁿ sign patterns the positive ranks sum to 0, 1, 2, … */
function signedRankCounts(n: number): Float64Array {
  const counts = new Float64Array((n * (n + 1)) / 2 + 1);
  counts[0] = 1;
  for (let rank = 1, most = 0; rank <= n; rank++) {
    most += rank;
    for (let sum = most; sum >= rank; sum--) counts[sum] += counts[sum - rank];
  }
  return counts;
}

/** In how many choices of m out of m + n ranks the sum exceeds its least by 0, 1, 2, … (Gauss's binomial coefficients). */
function rankSumCounts(m: number, n: number): Float64Array {
  const counts = new Float64Array(m * n + 1);
  counts[0] = 1;
  for (let i = 1; i <= m; i++) {
    for (let sum = counts.length - 1; sum >= n + i; sum--) counts[sum] -= counts[sum - n - i];
    for (let sum = i; sum < counts.length; sum++) counts[sum] += counts[sum - i];
  }
  return counts;
}

/** Twice the smaller tail of counts that are symmetric about their middle. */
function twoSided(counts: Float64Array, statistic: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const low = Math.min(statistic, counts.length - 1 - statistic);
  let tail = 0;
  for (let sum = 0; sum <= low; sum++) tail += counts[sum];
  return Math.min(1, (2 * tail) / total);
}
