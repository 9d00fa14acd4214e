import type { EvaluationContext } from "#expression";
import { allRows, isMissing } from "#table";
import type { Candidates } from "./candidates.ts";
import type { MatchedDraw } from "./runSpecification.ts";

/** The pseudo-column that names the matched set a unit belongs to. */
export const MATCHED_SET = "set";

/**
 * Cluster numbers of candidates, one array per level. A unit without a value is a cluster of its own: it shares its
 * assignment with nobody we know of.
 * @param names  Columns at baseline; `set` is the matched set, which without sets (or with replacement) is the unit.
 * @param rows   The candidates asked about; all of them when left out.
 */
export function clusterCodes(
  names: readonly string[],
  context: EvaluationContext,
  candidates: Candidates,
  draw: MatchedDraw,
  rows: Int32Array = allRows(candidates.treated.length),
): readonly Int32Array[] {
  if (names.length === 0) return [rows];
  return names.map((name) => {
    if (name !== MATCHED_SET) return codesOf(name, context, rows);
    const sets = setOf(draw, candidates.treated.length);
    return rows.map((row) => sets[row]!);
  });
}

/**
 * Which of several levels has the fewest clusters among some rows, the first of those that tie: how little a sample rests
 * on is said, and held to the floor, at that level.
 */
export function coarsestLevel(levels: readonly Int32Array[], rows: ArrayLike<number>): number {
  const counts = levels.map((codes) => clusterCount(codes, rows));
  return counts.indexOf(counts.reduce((fewest, count) => Math.min(fewest, count), Number.POSITIVE_INFINITY));
}

/** How many clusters of a level some rows lie in. */
export function clusterCount(codes: Int32Array, rows: ArrayLike<number>): number {
  return new Set(Array.from(rows, (row) => codes[row]!)).size;
}

function codesOf(name: string, context: EvaluationContext, rows: Int32Array): Int32Array {
  const column = context.column(name, undefined);
  const numbers = new Map<number, number>();
  const result = new Int32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const value = column.kind === "number" ? column.values[row]! : column.codes[row]!;
    const isAlone = isMissing(column, row);
    const number = (isAlone ? undefined : numbers.get(value)) ?? count++;
    if (!isAlone) numbers.set(value, number);
    result[i] = number;
  }
  return result;
}

/** Matched sets as numbers; where a comparison unit serves several sets, each unit is its own cluster instead. */
function setOf(draw: MatchedDraw, size: number): Int32Array {
  const sets = new Int32Array(size).fill(-1);
  for (const [number, set] of draw.sets.entries()) {
    sets[set.treated] = number;
    for (const row of set.controls) {
      if (sets[row]! >= 0) return allRows(size);
      sets[row] = number;
    }
  }
  let next = draw.sets.length;
  return sets.map((set) => (set < 0 ? next++ : set));
}
