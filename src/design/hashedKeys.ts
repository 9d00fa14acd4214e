import { createHmac, hash } from "node:crypto";
import { sortRows } from "#stats";
import { allRows } from "#table";

/**
 * Unit keys as `design` writes them: a hash per study and baseline year, 64 bits in hex, so that rows of two baseline years
 * do not meet by themselves. Whoever holds the study and a list of units can work them out: the file they stand in is
 * written only where units may be named.
 */
export function hashedKey(key: string, seed: number, baselineYear: number): string {
  return createHmac("sha256", `assay design ${seed} ${baselineYear}`).update(key).digest("hex").slice(0, 16);
}

/**
 * The order in which equal scores are taken: by a hash of unit key and seed, so that it depends neither on the order of
 * the file nor on anything about the unit. Worked out once for a list of keys: every specification asks for it again.
 * @returns for each key its rank, 0 first; a list given again with its seed is given the same array.
 */
export function tieRanks(keys: readonly string[], seed: string): Float64Array {
  const own = known.get(keys) ?? new Map<string, Float64Array>();
  known.set(keys, own);
  const ranks = own.get(seed) ?? ranksByHash(keys, seed);
  own.set(seed, ranks);
  return ranks;
}

const known = new WeakMap<readonly string[], Map<string, Float64Array>>();

/** Hexadecimal digits of a hash that fit into a number exactly. */
const LEADING = 13;

function ranksByHash(keys: readonly string[], seed: string): Float64Array {
  const digest = (row: number) => hash("sha256", `${seed}\n${keys[row]!}`, "hex");
  const leading = new Float64Array(keys.length);
  for (let row = 0; row < leading.length; row++) leading[row] = Number.parseInt(digest(row).slice(0, LEADING), 16);
  const order = sortRows(allRows(keys.length), [leading]);
  for (let from = 0, to = 1; from < order.length; from = to++) {
    while (to < order.length && leading[order[to]!] === leading[order[from]!]) to++;
    // The rest of the hash decides between the few that begin alike.
    if (to - from > 1)
      order.subarray(from, to).sort((a, b) => (digest(a) < digest(b) ? -1 : Number(digest(a) > digest(b))));
  }
  const ranks = new Float64Array(keys.length);
  for (let rank = 0; rank < order.length; rank++) ranks[order[rank]!] = rank;
  return ranks;
}
