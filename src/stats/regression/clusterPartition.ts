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

/** A partition and how often it is added to the covariance: + for each level and triple, − for pairs of levels. */
export interface SignedPartition {
  /** Not 0, but for a level: partitions that are one and the same are taken together. */
  readonly times: number;
  /** How many of the levels themselves it is: 0 for an intersection. */
  readonly levels: number;
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
    return [{ times: 1, levels: 1, partition: { clusters: n, order: each.subarray(0, n), start: each } }];
  }
  const levels = codes.map((own) => codesOfRows(fit, own));
  const distinct: { codes: Int32Array; times: number; levels: number }[] = [];
  for (let subset = 1; subset < 2 ** levels.length; subset++) {
    const members = levels.filter((_, i) => (subset >> i) % 2 === 1);
    const crossed = members.reduce(intersect);
    const sign = members.length % 2 === 1 ? 1 : -1;
    const known = distinct.find((one) => isSame(one.codes, crossed));
    if (known === undefined) distinct.push({ codes: crossed, times: sign, levels: Number(members.length === 1) });
    else {
      known.times += sign;
      known.levels += Number(members.length === 1);
    }
  }
  return distinct
    .filter(({ times, levels: own }) => times !== 0 || own > 0)
    .map(({ codes: own, ...one }) => ({ ...one, partition: sorted(own) }));
}

/** Whether two partitions are the same: clusters are numbered as they appear. */
function isSame(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
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
