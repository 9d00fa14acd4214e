import { checkLength } from "#math";
import { type MatchedSet, matchingWeights } from "./matchedSets.ts";
import { type PairRules, pairDistance, rowsIn, type Space } from "./pairDistances.ts";

export interface DistanceRequest extends PairRules {
  readonly space: Space;
  /** 1 for a treated row, 0 for a possible control. */
  readonly treated: Uint8Array;
  readonly neighbours: number;
  readonly replacement: boolean;
  /** Treated rows in the order in which they choose; rows that are not among them are not matched. */
  readonly choosers: Int32Array;
  /** 1 for a row that takes no part. */
  readonly isDiscarded: Uint8Array;
  /** Decides between controls at equal distance: the lowest goes first. */
  readonly tieRank: Float64Array;
}

export interface DistanceMatches {
  readonly sets: readonly MatchedSet[];
  readonly weights: Float64Array;
  readonly unmatched: Int32Array;
}

/** Controls remembered for each treated row, at least and as a multiple of those it asks for. */
const FEWEST_REMEMBERED = 64;
const REMEMBERED_EACH = 4;

/**
 * Nearest-neighbour matching, greedily as `matchNearest`, on any distance: points of several dimensions, or pairs that must
 * differ in something. Each treated row remembers its nearest controls and looks again only when all of them are taken.
 *
 * @throws ShapeMismatch  the arrays differ in length.
 * @throws BadScore       a row has no place in the space.
 * @throws RangeError     `neighbours` is not a whole number above 0, or the caliper is negative.
 */
export function matchByDistance(request: DistanceRequest): DistanceMatches {
  const { space, treated, neighbours, replacement, choosers, isDiscarded, tieRank } = request;
  const n = rowsIn(space);
  checkLength("treated", treated.length, n);
  checkLength("tieRank", tieRank.length, n);
  if (!(Number.isInteger(neighbours) && neighbours > 0))
    throw new RangeError(`${neighbours} neighbours cannot be found`);
  const distance = pairDistance(space, request);
  const controls = Int32Array.from({ length: n }, (_, row) => row)
    .filter((row) => treated[row] === 0 && isDiscarded[row] === 0)
    .sort((a, b) => tieRank[a] - tieRank[b]);
  const isTaken = new Uint8Array(n);
  const remembered = Math.max(FEWEST_REMEMBERED, REMEMBERED_EACH * neighbours);
  const lists = new Map<number, { near: Int32Array; next: number; isAll: boolean }>();
  const search = (row: number) => {
    const near = nearestFew(row, controls, isTaken, distance, replacement ? neighbours : remembered);
    return { near, next: 0, isAll: near.length < (replacement ? neighbours : remembered) };
  };
  const take = (row: number): number => {
    for (;;) {
      let list = lists.get(row);
      if (list === undefined) {
        list = search(row);
        lists.set(row, list);
      }
      while (list.next < list.near.length) {
        const control = list.near[list.next++];
        if (isTaken[control] === 0) return control;
      }
      if (list.isAll) return -1;
      lists.delete(row);
    }
  };

  const chosen = new Map<number, number[]>(Array.from(choosers, (row) => [row, []]));
  if (replacement) for (const row of choosers) chosen.get(row)!.push(...search(row).near);
  else {
    let still = choosers;
    for (let round = 0; round < neighbours && still.length > 0; round++) {
      still = still.filter((row) => {
        const control = take(row);
        if (control < 0) return false;
        isTaken[control] = 1;
        chosen.get(row)!.push(control);
        return true;
      });
    }
  }
  const sets = [...chosen]
    .map(([row, own]) => ({ treated: row, controls: Int32Array.from(own) }))
    .sort((a, b) => a.treated - b.treated);
  return {
    sets,
    weights: matchingWeights(sets, n),
    unmatched: Int32Array.from(sets.filter((set) => set.controls.length === 0).map((set) => set.treated)),
  };
}

/** The nearest free controls, nearest first, the earlier in `controls` first at equal distance. */
export function nearestFew(
  row: number,
  controls: Int32Array,
  isTaken: Uint8Array,
  distance: (a: number, b: number) => number,
  few: number,
): Int32Array {
  const kept: number[] = [];
  const distances: number[] = [];
  let limit = Number.POSITIVE_INFINITY;
  for (let i = 0; i < controls.length; i++) {
    const control = controls[i];
    if (isTaken[control] === 1) continue;
    const own = distance(row, control);
    if (own >= limit || own === Number.POSITIVE_INFINITY) continue;
    kept.push(control);
    distances.push(own);
    // Twice as many are let in before the farther half is put out.
    if (kept.length === 2 * few) {
      shorten(kept, distances, few);
      limit = distances[few - 1];
    }
  }
  shorten(kept, distances, few);
  return Int32Array.from(kept);
}

function shorten(kept: number[], distances: number[], few: number): void {
  const order = [...kept.keys()].sort((a, b) => distances[a] - distances[b] || a - b).slice(0, few);
  const rows = order.map((i) => kept[i]);
  const far = order.map((i) => distances[i]);
  kept.splice(0, kept.length, ...rows);
  distances.splice(0, distances.length, ...far);
}
