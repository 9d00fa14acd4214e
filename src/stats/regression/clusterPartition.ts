import { checkLength, ShapeMismatch } from "#math";
import type { LinearFit } from "./linearFit.ts";

/** Rows of a fit sorted into clusters. */
export interface Partition {
  readonly clusters: number;
  /** Rows of the fit, cluster after cluster. */
  readonly order: Int32Array;
  /** Cluster g holds `order[start[g]] … order[start[g + 1] − 1]`. */
  readonly start: Int32Array;
}

/** A partition and the sign it has in the covariance: + for each level and triple, − for pairs of levels. */
export interface SignedPartition {
  readonly sign: 1 | -1;
  /** Whether it is one of the levels themselves, not an intersection. */
  readonly isLevel: boolean;
  readonly partition: Partition;
}

/**
 * The levels of clustering and, for inclusion-exclusion, the intersections of every two, three, … of them. Without
 * levels every row is a cluster of its own.
 * @param codes  One array per level with a cluster number for each row given to the fit.
 */
export function partitions(fit: LinearFit, codes: readonly Int32Array[]): readonly SignedPartition[] {
  const n = fit.rows.length;
  if (codes.length === 0) {
    const each = Int32Array.from({ length: n + 1 }, (_, i) => i);
    return [{ sign: 1, isLevel: true, partition: { clusters: n, order: each.subarray(0, n), start: each } }];
  }
  const levels = codes.map((own) => codesOfRows(fit, own));
  const result: SignedPartition[] = [];
  for (let subset = 1; subset < 2 ** levels.length; subset++) {
    const members = levels.filter((_, i) => (subset >> i) % 2 === 1);
    const crossed = members.reduce(intersect);
    result.push({
      sign: members.length % 2 === 1 ? 1 : -1,
      isLevel: members.length === 1,
      partition: sorted(crossed),
    });
  }
  return result;
}

function codesOfRows(fit: LinearFit, codes: Int32Array): Int32Array {
  const last = fit.rows[fit.rows.length - 1];
  if (codes.length <= last)
    throw new ShapeMismatch(`cluster codes for ${codes.length} rows, but the fit has row ${last}`);
  return renumbered(fit.rows, (row) => codes[row]);
}

function intersect(a: Int32Array, b: Int32Array): Int32Array {
  checkLength("cluster codes", b.length, a.length);
  const width = b.reduce((largest, code) => Math.max(largest, code), 0) + 1;
  return renumbered(a, (code, i) => code * width + b[i]);
}

/** Numbers 0, 1, 2 … in order of appearance, equal where the key is. */
function renumbered(items: Int32Array, keyOf: (item: number, i: number) => number): Int32Array {
  const numbers = new Map<number, number>();
  return items.map((item, i) => {
    const key = keyOf(item, i);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  });
}

function sorted(codes: Int32Array): Partition {
  const clusters = codes.reduce((largest, code) => Math.max(largest, code), -1) + 1;
  const start = new Int32Array(clusters + 1);
  for (const code of codes) start[code + 1]++;
  for (let g = 0; g < clusters; g++) start[g + 1] += start[g];
  const next = start.slice();
  const order = new Int32Array(codes.length);
  for (const [row, code] of codes.entries()) order[next[code]++] = row;
  return { clusters, order, start };
}
