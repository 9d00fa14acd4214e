import { checkLength } from "#math";
import type { NotEstimable } from "../common/notEstimable.ts";
import { commonSupport } from "./commonSupport.ts";
import { quantiles } from "./quantiles.ts";
import { type Estimand, strataWeights } from "./strataWeights.ts";

export type Subclasses =
  | {
      readonly state: "subclassified";
      /** 0 … classes − 1 per row, −1 for a row that was discarded. */
      readonly stratum: Int32Array;
      /** Ends of the classes on the score, one more than classes. */
      readonly cuts: Float64Array;
      readonly weights: Float64Array;
      /** Rows outside the common support, ascending. */
      readonly discarded: Int32Array;
      /** Rows moved from a neighbouring class so that every class has rows of both arms. */
      readonly moved: number;
    }
  | NotEstimable;

/**
 * Subclassification on a score: classes cut at equally spaced quantiles of the scores of those the estimand speaks of (the
 * treated, the comparison rows, or all). A class without a row of one arm borrows the nearest row of that arm from the
 * classes beside it, from the side on which more can be spared.
 *
 * @param score    One per row.
 * @param classes  Two or more.
 * @throws ShapeMismatch  the lengths disagree.
 * @throws RangeError     `classes` is not a whole number above 1.
 *
 * Source: Rosenbaum and Rubin (1984), JASA 79; borrowing as in MatchIt 4.7.1 (`min.n = 1`).
 */
export function subclassify({
  score,
  treated,
  classes,
  discard = "none",
  estimand = "ATT",
}: {
  readonly score: Float64Array;
  readonly treated: Uint8Array;
  readonly classes: number;
  readonly discard?: "treated" | "control" | "both" | "none";
  readonly estimand?: Exclude<Estimand, "overlap">;
}): Subclasses {
  checkLength("treated", treated.length, score.length);
  if (!(Number.isInteger(classes) && classes > 1)) throw new RangeError(`${classes} subclasses cannot be formed`);
  if (score.some(Number.isNaN)) return { state: "not estimable", reason: "a row has no score" };
  const isDiscarded = commonSupport(score, treated, discard);
  const spokenOf = score.filter((_, row) => estimand === "ATE" || treated[row] === (estimand === "ATT" ? 1 : 0));
  if (spokenOf.length === 0 || !treated.includes(0) || !treated.includes(1))
    return { state: "not estimable", reason: "one of the two groups is empty" };
  const cuts = quantiles(
    spokenOf,
    Float64Array.from({ length: classes + 1 }, (_, i) => i / classes),
  );
  const stratum = Int32Array.from(score, (value, row) => (isDiscarded[row] === 1 ? -1 : classOf(value, cuts)));
  const used = [...new Set(stratum)].filter((own) => own >= 0).sort((a, b) => a - b);
  const place = new Map(used.map((own, i) => [own, i]));
  for (let row = 0; row < stratum.length; row++) if (stratum[row] >= 0) stratum[row] = place.get(stratum[row])!;
  let moved = 0;
  for (const arm of [0, 1]) {
    const rows = [...stratum.keys()].filter((row) => stratum[row] >= 0 && treated[row] === arm);
    if (rows.length < used.length) {
      const reason = `${rows.length} ${arm === 1 ? "treated" : "comparison"} rows cannot fill ${used.length} subclasses`;
      return { state: "not estimable", reason };
    }
    moved += fillEmptyClasses(rows, stratum, score, used.length);
  }
  return {
    state: "subclassified",
    stratum,
    cuts,
    weights: strataWeights(stratum, treated, estimand),
    discarded: Int32Array.from([...isDiscarded.keys()].filter((row) => isDiscarded[row] === 1)),
    moved,
  };
}

/** The class whose lower end is the last one at or below the value; the outer classes take everything beyond. */
function classOf(value: number, cuts: Float64Array): number {
  let own = 0;
  for (let i = 1; i < cuts.length - 1; i++) if (cuts[i] <= value) own = i;
  return own;
}

/** @returns How many rows changed their class. */
function fillEmptyClasses(rows: readonly number[], stratum: Int32Array, score: Float64Array, classes: number): number {
  const counts = new Int32Array(classes);
  for (const row of rows) counts[stratum[row]]++;
  let moved = 0;
  for (let empty = counts.indexOf(0); empty >= 0; empty = counts.indexOf(0)) {
    const side = toSpare(counts, empty, -1) >= toSpare(counts, empty, 1) ? -1 : 1;
    const step = empty === 0 ? 1 : empty === classes - 1 ? -1 : side;
    let from = empty + step;
    while (counts[from] === 0) from += step;
    // From below comes the highest score, from above the lowest.
    const nearest = rows
      .filter((row) => stratum[row] === from)
      .reduce((best, row) => (step * (score[row] - score[best]) < 0 ? row : best));
    stratum[nearest] = empty;
    counts[empty]++;
    counts[from]--;
    moved++;
  }
  return moved;
}

/** Rows beyond the first in each class on one side, nearer classes counting for more. */
function toSpare(counts: Int32Array, empty: number, step: number): number {
  let sum = 0;
  for (let at = empty + step; at >= 0 && at < counts.length; at += step) {
    sum += Math.max(0, counts[at] - 1) / Math.abs(at - empty);
  }
  return sum;
}
