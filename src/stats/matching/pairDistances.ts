import { checkLength, type Matrix } from "#math";

/** Where rows lie: on a score, or as points whose straight distance counts (rows × dimensions). */
export type Space = { readonly score: Float64Array } | { readonly points: Matrix };

/** Which pairs may be matched. */
export interface PairRules {
  /** One number per row: only rows of the same number are matched. */
  readonly exact?: Int32Array;
  /** Each with one number per row: rows of the same number are not matched. */
  readonly antiexact?: readonly Int32Array[];
  /** Largest distance allowed, itself included. */
  readonly caliper?: number;
}

/** A score that is not a number: such a row cannot be placed. */
export class BadScore extends Error {
  override readonly name = "BadScore";
}

/** @throws BadScore  naming the first row without a score. */
export function checkScore(score: Float64Array): void {
  for (let row = 0; row < score.length; row++) {
    if (Number.isNaN(score[row])) throw new BadScore(`row ${row} has no score`);
  }
}

/** How many rows a space holds. */
export const rowsIn = (space: Space): number => ("score" in space ? space.score.length : space.points.rows);

/**
 * The distance of two rows; infinite for a pair that may not be matched.
 * @throws BadScore       a row has no score, or a point no coordinate.
 * @throws ShapeMismatch  the rules speak of another number of rows.
 * @throws RangeError     the caliper is negative or not a number.
 */
export function pairDistance(space: Space, rules: PairRules = {}): (a: number, b: number) => number {
  const { exact, antiexact = [], caliper = Number.POSITIVE_INFINITY } = rules;
  const n = rowsIn(space);
  if (exact !== undefined) checkLength("exact", exact.length, n);
  for (const codes of antiexact) checkLength("antiexact", codes.length, n);
  checkScore("score" in space ? space.score : space.points.data);
  if (!(caliper >= 0)) throw new RangeError(`a caliper of ${caliper} is not a distance`);
  const plain = plainDistance(space);
  return (a, b) => {
    if (exact !== undefined && exact[a] !== exact[b]) return Number.POSITIVE_INFINITY;
    for (const codes of antiexact) if (codes[a] === codes[b]) return Number.POSITIVE_INFINITY;
    const distance = plain(a, b);
    return distance <= caliper ? distance : Number.POSITIVE_INFINITY;
  };
}

function plainDistance(space: Space): (a: number, b: number) => number {
  if ("score" in space) return (a, b) => Math.abs(space.score[a] - space.score[b]);
  const { rows, columns, data } = space.points;
  return (a, b) => {
    let sum = 0;
    for (let j = 0, at = 0; j < columns; j++, at += rows) {
      const difference = data[at + a] - data[at + b];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  };
}
