import { findRoot, incompleteBeta, normalTail } from "#math";
import type { NotEstimable } from "../common/notEstimable.ts";
import { checkFinite } from "../common/notFinite.ts";
import { BadCounts } from "../comparisons/contingency.ts";
import { midRanks } from "../comparisons/ranks.ts";

/** The largest and smallest one-sided p that hidden bias of strength gamma could have made of this. */
export interface BoundedP {
  readonly gamma: number;
  readonly low: number;
  readonly high: number;
}

export type RosenbaumBounds =
  | {
      readonly state: "estimated";
      readonly bounds: readonly BoundedP[];
      /** Γ at which the larger p passes alpha: 1 when it does without any bias. */
      readonly critical: number;
    }
  | NotEstimable;

/**
 * Rosenbaum's bounds for matched pairs: if within pairs one unit could be up to Γ times as likely (in odds) to be treated,
 * between which p-values would the signed rank test lie? One-sided in the direction found.
 *
 * @param differences  Treated less comparison, one per pair; zeros are left out.
 * @param gammas       Each 1 or more.
 * @param alpha        One-sided level of the critical Γ.
 * @throws NotFinite   a difference is not finite.
 * @throws RangeError  a gamma is below 1.
 *
 * Source: Rosenbaum (2002), Observational Studies, section 4.3, normal approximation.
 */
export function signedRankBounds(differences: Float64Array, gammas: readonly number[], alpha: number): RosenbaumBounds {
  checkFinite("a difference", differences);
  const used = differences.filter((difference) => difference !== 0);
  if (used.length === 0) return { state: "not estimable", reason: "there is no pair with a difference" };
  const { ranks } = midRanks(used.map(Math.abs));
  let positive = 0;
  let total = 0;
  let squares = 0;
  for (let i = 0; i < ranks.length; i++) {
    if (used[i] > 0) positive += ranks[i];
    total += ranks[i];
    squares += ranks[i] ** 2;
  }
  const statistic = Math.max(positive, total - positive);
  return boundsOf(
    (share) => normalTail((statistic - share * total) / Math.sqrt(share * (1 - share) * squares)),
    gammas,
    alpha,
  );
}

/**
 * The same for a yes-or-no outcome (McNemar's test), from the pairs that differ.
 *
 * @param favourable  Pairs in which the treated unit alone has the outcome.
 * @param others      Pairs in which the comparison unit alone has it.
 * @throws BadCounts   one of the two is no count.
 * @throws RangeError  a gamma is below 1.
 *
 * Source: Rosenbaum (2002), section 4.3.2, exact binomial bounds.
 */
export function mcnemarBounds(
  favourable: number,
  others: number,
  gammas: readonly number[],
  alpha: number,
): RosenbaumBounds {
  for (const count of [favourable, others]) {
    if (!(Number.isInteger(count) && count >= 0))
      throw new BadCounts(`${count} pairs: a count is a whole number of 0 or more`);
  }
  const n = favourable + others;
  if (n === 0) return { state: "not estimable", reason: "there is no pair that differs" };
  const most = Math.max(favourable, others);
  return boundsOf((share) => binomialTail(most, n, share), gammas, alpha);
}

/** P(X ≥ k) of n trials, k above 0. */
function binomialTail(k: number, n: number, share: number): number {
  return incompleteBeta(k, n - k + 1, share, 1 - share);
}

const LARGEST_GAMMA = 1000;

function boundsOf(p: (share: number) => number, gammas: readonly number[], alpha: number): RosenbaumBounds {
  for (const gamma of gammas)
    if (!(gamma >= 1 && gamma < Number.POSITIVE_INFINITY))
      throw new RangeError(`hidden bias of ${gamma}: 1 (none) or more is expected`);
  const high = (gamma: number): number => p(gamma / (1 + gamma));
  const bounds = gammas.map((gamma) => ({ gamma, low: p(1 / (1 + gamma)), high: high(gamma) }));
  const critical =
    high(1) > alpha
      ? 1
      : high(LARGEST_GAMMA) <= alpha
        ? Number.POSITIVE_INFINITY
        : findRoot((gamma) => high(gamma) - alpha, 1, LARGEST_GAMMA, 1e-9);
  return { state: "estimated", bounds, critical };
}
