import { checkLength, minimumCostAssignment } from "#math";
import { nearestFew } from "./matchByDistance.ts";
import { type MatchedSet, matchingWeights } from "./matchedSets.ts";
import { type PairRules, pairDistance, rowsIn, type Space } from "./pairDistances.ts";

export interface OptimalRequest extends PairRules {
  readonly space: Space;
  readonly treated: Uint8Array;
  /** 1 for a row that takes no part. */
  readonly isDiscarded?: Uint8Array;
  /** Orders rows and columns of the problem, so that of equally good answers one is always chosen; all different. */
  readonly tieRank: Float64Array;
}

export interface OptimalMatches {
  /** One per treated row that takes part, ascending by row; controls ascending by distance, perhaps none. */
  readonly sets: readonly MatchedSet[];
  readonly weights: Float64Array;
  readonly unmatched: Int32Array;
  /** Sum of the distances of all pairs: no other matching of as many pairs has less. */
  readonly totalDistance: number;
}

/**
 * Optimal matching, 1 to k without replacement: of all ways to give each treated row k controls of its own, one with the
 * least total distance. Where controls or allowed pairs are too few, as many treated rows as can be get one, then as many
 * as can be a second, and so on; among those ways, one with the least total.
 *
 * Solved exactly as an assignment of k places per treated row. A place needs no more controls to choose from than there are
 * places in all: were it given a farther one, a nearer one would be free.
 *
 * @throws ShapeMismatch  the lengths disagree.
 * @throws BadScore       a row has no place in the space.
 * @throws RangeError     `neighbours` is not a whole number above 0, or the caliper is negative.
 *
 * Source: Rosenbaum (1989), JASA 84.
 */
export function matchOptimal(request: OptimalRequest & { readonly neighbours: number }): OptimalMatches {
  const { space, treated, neighbours, tieRank } = request;
  const n = rowsIn(space);
  checkLength("treated", treated.length, n);
  checkLength("tieRank", tieRank.length, n);
  if (!(Number.isInteger(neighbours) && neighbours > 0))
    throw new RangeError(`${neighbours} neighbours cannot be found`);
  const distance = pairDistance(space, request);
  const own = rowsInOrder(request, 1);
  const controls = rowsInOrder(request, 0);
  const places = own.length * neighbours;

  const nobodyTaken = new Uint8Array(n);
  const placeOf = new Int32Array(n).fill(-1);
  for (const [j, row] of controls.entries()) placeOf[row] = j;
  const start = new Int32Array(own.length + 1);
  const columns: Int32Array[] = [];
  let farthest = 0;
  for (const [i, row] of own.entries()) {
    const near = nearestFew(row, controls, nobodyTaken, distance, Math.max(1, places));
    start[i + 1] = start[i] + near.length;
    columns.push(near);
    if (near.length > 0) farthest = Math.max(farthest, distance(row, near[near.length - 1]));
  }
  const column = new Int32Array(start[own.length]);
  const cost = new Float64Array(start[own.length]);
  for (const [i, near] of columns.entries()) {
    for (const [e, control] of near.entries()) {
      column[start[i] + e] = placeOf[control];
      cost[start[i] + e] = distance(own[i], control);
    }
  }
  // Leaving a place empty costs more than any rearrangement can save, the earlier places more than the later ones.
  const empty = (farthest || 1) * (places + 1);
  const assigned = minimumCostAssignment({
    columns: controls.length,
    listOf: Int32Array.from({ length: places }, (_, place) => place % (own.length || 1)),
    start,
    column,
    cost,
    alone: Float64Array.from(
      { length: places },
      (_, place) => empty * (1 + neighbours - Math.floor(place / (own.length || 1))),
    ),
  });
  const found = new Map<number, number[]>(Array.from(own, (row) => [row, []]));
  for (const [place, j] of assigned.entries()) if (j >= 0) found.get(own[place % own.length])!.push(controls[j]);
  let totalDistance = 0;
  const sets = [...found]
    .map(([row, rows]) => {
      rows.sort((a, b) => distance(row, a) - distance(row, b) || tieRank[a] - tieRank[b]);
      for (const control of rows) totalDistance += distance(row, control);
      return { treated: row, controls: Int32Array.from(rows) };
    })
    .sort((a, b) => a.treated - b.treated);
  return {
    sets,
    weights: matchingWeights(sets, n),
    unmatched: Int32Array.from(sets.filter((set) => set.controls.length === 0).map((set) => set.treated)),
    totalDistance,
  };
}

/** Rows of an arm that take part, by tie rank. */
export function rowsInOrder({ treated, isDiscarded, tieRank }: OptimalRequest, arm: 0 | 1): Int32Array {
  return Int32Array.from({ length: treated.length }, (_, row) => row)
    .filter((row) => treated[row] === arm && isDiscarded?.[row] !== 1)
    .sort((a, b) => tieRank[a] - tieRank[b]);
}
