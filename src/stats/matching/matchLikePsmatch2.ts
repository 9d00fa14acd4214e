import { checkLength } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";

export interface Psmatch2Matches {
  /** One per treated row on support, ascending by row; controls nearest first, perhaps none. */
  readonly sets: readonly { readonly treated: number; readonly controls: Int32Array }[];
  /** 1 for a treated row with neighbours; a control has the sum of 1/(neighbours found) over the treated it serves. */
  readonly weights: Float64Array;
  /** Treated rows without a control on both sides, or without a score, ascending. */
  readonly offSupport: Int32Array;
}

/**
 * Nearest neighbours by the conventions of Stata's psmatch2: with replacement; k nearest on the score as it is; ties to the
 * lowest row, or with `ties` every control as near as the k-th; an absolute caliper, itself allowed; with `common` a treated
 * row above the highest or below the lowest control is off support. Control weights are not rescaled.
 *
 * @param caliper  Largest distance allowed; any when left out.
 * @throws ShapeMismatch  the lengths disagree.
 * @throws RangeError     `neighbours` is not a whole number above 0, or the caliper is negative.
 *
 * Source: Leuven and Sianesi (2003), psmatch2, Statistical Software Components S432001.
 */
export function matchLikePsmatch2({
  score,
  treated,
  neighbours,
  caliper = Number.POSITIVE_INFINITY,
  common = false,
  ties = false,
}: {
  readonly score: Float64Array;
  readonly treated: Uint8Array;
  readonly neighbours: number;
  readonly caliper?: number;
  readonly common?: boolean;
  readonly ties?: boolean;
}): Psmatch2Matches {
  checkLength("treated", treated.length, score.length);
  if (!(Number.isInteger(neighbours) && neighbours > 0))
    throw new RangeError(`${neighbours} neighbours cannot be found`);
  if (!(caliper >= 0)) throw new RangeError(`a caliper of ${caliper} is not a distance`);
  const controls = Int32Array.from({ length: score.length }, (_, row) => row)
    .filter((row) => treated[row] === 0 && !Number.isNaN(score[row]))
    .sort((a, b) => score[a] - score[b] || a - b);
  const weights = new Float64Array(score.length);
  const sets: { treated: number; controls: Int32Array }[] = [];
  const offSupport: number[] = [];
  for (let row = 0; row < score.length; row++) {
    if (treated[row] !== 1) continue;
    const own = score[row];
    const isOutside = controls.length === 0 || own < score[controls[0]] || own > score[controls[controls.length - 1]];
    if (Number.isNaN(own) || (common && isOutside)) {
      offSupport.push(row);
      continue;
    }
    const found = nearestControls(score, controls, own, { neighbours, caliper, ties });
    if (found.length > 0) weights[row] = 1;
    for (const control of found) weights[control] += 1 / found.length;
    sets.push({ treated: row, controls: Int32Array.from(found) });
  }
  return { sets, weights, offSupport: Int32Array.from(offSupport) };
}

/**
 * The mean over the matched treated of outcome less the mean outcome of the neighbours.
 * @throws ShapeMismatch  there is not one outcome per row.
 */
export function matchedDifference(
  { sets, weights }: Pick<Psmatch2Matches, "sets" | "weights">,
  outcome: Float64Array,
): number | NotEstimable {
  checkLength("outcome", outcome.length, weights.length);
  let sum = 0;
  let matched = 0;
  for (const { treated, controls } of sets) {
    if (controls.length === 0) continue;
    let other = 0;
    for (const row of controls) other += outcome[row];
    sum += outcome[treated] - other / controls.length;
    matched++;
  }
  if (matched === 0) return notEstimable("no treated row has a neighbour");
  return Number.isNaN(sum) ? notEstimable("a matched row has no outcome") : sum / matched;
}

function nearestControls(
  score: Float64Array,
  controls: Int32Array,
  own: number,
  { neighbours, caliper, ties }: { readonly neighbours: number; readonly caliper: number; readonly ties: boolean },
): number[] {
  let above = 0;
  for (let end = controls.length; above < end; ) {
    const middle = (above + end) >>> 1;
    if (score[controls[middle]] < own) above = middle + 1;
    else end = middle;
  }
  let below = above - 1;
  // All at the distances wanted, whole ties together, then put in order.
  const found: number[] = [];
  let last = -1;
  for (;;) {
    const down = below >= 0 ? own - score[controls[below]] : Number.POSITIVE_INFINITY;
    const up = above < controls.length ? score[controls[above]] - own : Number.POSITIVE_INFINITY;
    const distance = Math.min(down, up);
    if (distance === Number.POSITIVE_INFINITY || distance > caliper) break;
    if (found.length >= neighbours && distance > last) break;
    last = distance;
    found.push(down <= up ? controls[below--] : controls[above++]);
  }
  found.sort((a, b) => Math.abs(score[a] - own) - Math.abs(score[b] - own) || a - b);
  return ties ? found : found.slice(0, neighbours);
}
