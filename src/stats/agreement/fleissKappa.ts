import { normalTail } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { checkItems, completeAnswers, type Items } from "../measurement/items.ts";

export interface FleissKappa {
  readonly state: "estimated";
  readonly kappa: number;
  /** Units every coder has coded. */
  readonly n: number;
  readonly coders: number;
  /** κ over its standard error without agreement, and the two-sided p. */
  readonly z: number;
  readonly p: number;
}

/**
 * Fleiss' kappa of any number of coders, over the units all of them have coded. With n_uc the codes c of unit u, m coders
 * and p_c the share of code c overall,
 *
 *     κ = (P̄ − P_e)/(1 − P_e),   P̄ = mean of (Σ_c n_uc² − m)/(m(m − 1)),   P_e = Σ p_c²
 *
 * @returns not estimable when no unit has all codes, or only one category is used.
 * @throws BadItems    see `checkItems`.
 * @throws RangeError  there are fewer than two coders.
 *
 * Source: Fleiss (1971), Psychological Bulletin 76(5); standard error of Fleiss, Nee and Landis (1979), Psychological
 * Bulletin 86(5).
 */
export function fleissKappa(codes: Items): FleissKappa | NotEstimable {
  checkItems(codes);
  const m = codes.columns.length;
  if (m < 2) throw new RangeError(`agreement is of two coders or more, not ${m}`);
  const { columns } = completeAnswers(codes);
  const n = columns[0].length;
  if (n === 0) return notEstimable("no unit was coded by all coders");
  const totals = new Map<number, number>();
  let agreement = 0;
  for (let unit = 0; unit < n; unit++) {
    const counts = new Map<number, number>();
    for (const column of columns) {
      counts.set(column[unit], (counts.get(column[unit]) ?? 0) + 1);
      totals.set(column[unit], (totals.get(column[unit]) ?? 0) + 1);
    }
    for (const count of counts.values()) agreement += (count * (count - 1)) / (m * (m - 1) * n);
  }
  let chance = 0;
  let skew = 0;
  for (const total of totals.values()) {
    const share = total / (n * m);
    chance += share * share;
    skew += share * (1 - share) * (1 - 2 * share);
  }
  const rest = 1 - chance;
  if (totals.size < 2) return notEstimable("the coders used one category only, so chance agreement is complete");
  const kappa = (agreement - chance) / rest;
  const z = kappa / Math.sqrt((2 * (rest * rest - skew)) / (n * m * (m - 1) * rest * rest));
  return { state: "estimated", kappa, n, coders: m, z, p: 2 * normalTail(Math.abs(z)) };
}
