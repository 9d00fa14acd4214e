import { checkLength } from "#math";
import { commonSupport } from "./commonSupport.ts";
import { ControlQueues, sortControls } from "./controlQueues.ts";
import { type MatchedSet, matchingWeights } from "./matchedSets.ts";
import { checkScore } from "./pairDistances.ts";

/** Everything but who goes first among equals. */
export interface NearestRules {
  /** One score per row. */
  readonly score: Float64Array;
  /** 1 for a treated row, 0 for a possible control. */
  readonly treated: Uint8Array;
  /** How many controls each treated row asks for. */
  readonly neighbours: number;
  /** Whether a control may serve several treated rows. */
  readonly replacement: boolean;
  /** Who chooses first, where controls are used up. */
  readonly order: "largest" | "smallest" | "data" | "random";
  /** Rows of which arms leave when their score lies outside the range of the other arm's. */
  readonly discard: "treated" | "control" | "both" | "none";
  /** Largest distance allowed, itself included. */
  readonly caliper?: number;
  /** One number per row: only rows of the same number are matched. */
  readonly exact?: Int32Array;
}

export interface TieRanks {
  /** Decides between rows of equal score or equal distance: the lowest goes first. One per row, all different. */
  readonly tieRank: Float64Array;
  /** For `random`: the lowest chooses first. */
  readonly orderRank?: Float64Array;
}

export type NearestRequest = NearestRules & TieRanks;

export interface NearestMatches {
  /** One set per treated row not discarded, ascending by row; controls in the order they were chosen, perhaps none. */
  readonly sets: readonly MatchedSet[];
  /** See `matchingWeights`. */
  readonly weights: Float64Array;
  /** Rows outside the common support, ascending. */
  readonly discarded: Int32Array;
  /** Treated rows without any control, ascending; discarded rows are not among them. */
  readonly unmatched: Int32Array;
  /** Treated rows that found fewer controls than asked for because those left were outside the caliper. */
  readonly caliperTurnedAway: number;
}

/**
 * Nearest-neighbour matching on a score, greedily: each treated row takes the nearest control there is. Without
 * replacement a control serves one treated row, and the rows choose in rounds: everybody's first control in `order`, then
 * everybody's second, … With replacement each takes its k nearest.
 *
 * Controls of equal score wait in one queue, and emptied queues are skipped by a union-find: the work is near n log n.
 *
 * @throws ShapeMismatch  the arrays differ in length, or `random` comes without `orderRank`.
 * @throws RangeError     `neighbours` is not a whole number above 0, or the caliper is below 0 or not a number.
 * @throws BadScore       a row has no score.
 *
 * Source: conventions of MatchIt 4.7.1, `method = "nearest"` (Ho, Imai, King and Stuart 2011).
 */
export function matchNearest(request: NearestRequest): NearestMatches {
  return nearestMatcher(request)(request);
}

/** The same for several orders of ties: what does not depend on them is worked out once. */
export function nearestMatcher(rules: NearestRules): (ties: TieRanks) => NearestMatches {
  checkRules(rules);
  const isDiscarded = commonSupport(rules.score, rules.treated, rules.discard);
  const sorted = sortControls(rules, isDiscarded);
  return (ties) => {
    checkTies(rules, ties);
    return matched(rules, ties, isDiscarded, new ControlQueues(rules, sorted, ties.tieRank));
  };
}

function matched(rules: NearestRules, ties: TieRanks, isDiscarded: Uint8Array, queues: ControlQueues): NearestMatches {
  const { score, neighbours, replacement } = rules;
  const choosers = choosingOrder(rules, ties, isDiscarded);
  const chosen = new Map<number, number[]>(choosers.map((row) => [row, []]));
  const turnedAway = new Set<number>();

  if (replacement) {
    for (const row of choosers) {
      const { controls, isTurnedAway } = queues.nearest(row, neighbours);
      chosen.set(row, controls);
      if (isTurnedAway) turnedAway.add(row);
    }
  } else {
    // Who finds nobody in one round finds nobody in the next: controls only become fewer.
    let still: readonly number[] = choosers;
    for (let round = 0; round < neighbours && still.length > 0; round++) {
      still = still.filter((row) => {
        const found = queues.take(row);
        if (found === "outside caliper") turnedAway.add(row);
        if (typeof found !== "number") return false;
        chosen.get(row)!.push(found);
        return true;
      });
    }
  }
  const sets = [...chosen]
    .map(([row, controls]) => ({ treated: row, controls: Int32Array.from(controls) }))
    .sort((a, b) => a.treated - b.treated);
  return {
    sets,
    weights: matchingWeights(sets, score.length),
    discarded: rowsWhere(isDiscarded, (own) => own === 1),
    unmatched: Int32Array.from(sets.filter((set) => set.controls.length === 0).map((set) => set.treated)),
    caliperTurnedAway: turnedAway.size,
  };
}

function checkTies({ score, order }: NearestRules, { tieRank, orderRank }: TieRanks): void {
  checkLength("tieRank", tieRank.length, score.length);
  if (order === "random") checkLength("orderRank", orderRank?.length ?? 0, score.length);
}

function checkRules({ score, treated, exact, neighbours, caliper }: NearestRules): void {
  checkLength("treated", treated.length, score.length);
  checkScore(score);
  if (exact !== undefined) checkLength("exact", exact.length, score.length);
  if (caliper !== undefined && !(caliper >= 0)) throw new RangeError(`a caliper of ${caliper}: 0 or more is expected`);
  if (!(Number.isInteger(neighbours) && neighbours > 0))
    throw new RangeError(`${neighbours} neighbours cannot be found`);
}

function choosingOrder(
  { score, treated, order }: NearestRules,
  { tieRank, orderRank }: TieRanks,
  isDiscarded: Uint8Array,
): number[] {
  const rows = [...rowsWhere(treated, (arm, row) => arm === 1 && isDiscarded[row] === 0)];
  if (order === "data") return rows;
  if (order === "random") return rows.sort((a, b) => orderRank![a] - orderRank![b]);
  const sign = order === "largest" ? -1 : 1;
  return rows.sort((a, b) => sign * (score[a] - score[b]) || tieRank[a] - tieRank[b]);
}

function rowsWhere(values: Uint8Array, is: (value: number, row: number) => boolean): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) if (is(values[row], row)) rows.push(row);
  return Int32Array.from(rows);
}
