import { createHash, createHmac } from "node:crypto";

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
 * the file nor on anything about the unit.
 * @returns for each key its rank, 0 first.
 */
export function tieRanks(keys: readonly string[], seed: string): Float64Array {
  const digests = keys.map((key) => createHash("sha256").update(`${seed}\n${key}`).digest("hex"));
  const order = [...keys.keys()].sort((a, b) => (digests[a]! < digests[b]! ? -1 : digests[a]! > digests[b]! ? 1 : 0));
  const ranks = new Float64Array(keys.length);
  for (const [rank, row] of order.entries()) ranks[row] = rank;
  return ranks;
}
