import { checkLength } from "#math";

/** Whom the comparison is made for: the treated, the comparison rows, everybody, or those who could be either. */
export type Estimand = "ATT" | "ATE" | "ATC" | "overlap";

/**
 * Weights of rows gathered in strata (pairs, full matches, subclasses, coarsened cells). With nₜ treated and n꜀ comparison
 * rows in a stratum:
 * - ATT: 1 for a treated row, nₜ/n꜀ for a comparison row; ATC the other way round;
 * - ATE: n/nₜ and n/n꜀ with n = nₜ + n꜀; overlap: n꜀/n and nₜ/n.
 *
 * Weights of an arm that are not all 1 are rescaled to average 1 over the rows of the arm in a stratum. A row of no stratum,
 * or of one without rows of the other arm, weighs 0.
 *
 * @param stratum  Number of the stratum per row, −1 for none.
 * @param treated  1 or 0 per row.
 * @throws ShapeMismatch  the lengths disagree.
 *
 * Source: conventions of MatchIt 4.7.1 (Ho, Imai, King and Stuart 2011).
 */
export function strataWeights(stratum: Int32Array, treated: Uint8Array, estimand: Estimand = "ATT"): Float64Array {
  checkLength("treated", treated.length, stratum.length);
  const counts = armCounts(stratum, treated);
  const weights = new Float64Array(stratum.length);
  const sums = [0, 0];
  const used = [0, 0];
  for (let row = 0; row < stratum.length; row++) {
    if (stratum[row] < 0) continue;
    const arm = treated[row];
    const own = counts[arm][stratum[row]];
    const other = counts[1 - arm][stratum[row]];
    if (own === 0 || other === 0) continue;
    weights[row] = weightOf(arm, own, other, estimand);
    sums[arm] += weights[row];
    used[arm]++;
  }
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] > 0) weights[row] *= used[treated[row]] / sums[treated[row]];
  }
  return weights;
}

function weightOf(arm: number, own: number, other: number, estimand: Estimand): number {
  if (estimand === "ATE") return (own + other) / own;
  if (estimand === "overlap") return other / (own + other);
  return (estimand === "ATT") === (arm === 1) ? 1 : other / own;
}

/** Comparison and treated rows of each stratum. */
export function armCounts(stratum: Int32Array, treated: Uint8Array): [Int32Array, Int32Array] {
  let strata = 0;
  for (let row = 0; row < stratum.length; row++) strata = Math.max(strata, stratum[row] + 1);
  const counts: [Int32Array, Int32Array] = [new Int32Array(strata), new Int32Array(strata)];
  for (let row = 0; row < stratum.length; row++) if (stratum[row] >= 0) counts[treated[row]][stratum[row]]++;
  return counts;
}
