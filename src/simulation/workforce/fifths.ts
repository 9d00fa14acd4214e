import { ABSENT } from "#table";

/** The code of a school whose fifth is not known. */
const UNKNOWN_FIFTH = 5;

/**
 * The fifth of its phase each school falls in, 0 lowest to 4 highest, by the k·n/5-th smallest value among open schools
 * with one. Equal values share a fifth.
 */
export function fifths(values: Int16Array, phase: Uint8Array, urn: Int32Array): Uint8Array {
  const result = new Uint8Array(values.length).fill(UNKNOWN_FIFTH);
  const isKnown = (s: number) => urn[s] > 0 && values[s] !== ABSENT[16];
  for (const own of new Set(phase)) {
    const of: number[] = [];
    for (let s = 0; s < values.length; s++) if (phase[s] === own && isKnown(s)) of.push(values[s]);
    const sorted = Int16Array.from(of).sort();
    const cuts = [1, 2, 3, 4].map((k) => sorted[Math.ceil((k * sorted.length) / 5) - 1] ?? 0);
    for (let s = 0; s < values.length; s++) {
      if (phase[s] !== own || !isKnown(s)) continue;
      let fifth = 0;
      while (fifth < 4 && values[s] > cuts[fifth]) fifth++;
      result[s] = fifth;
    }
  }
  return result;
}
