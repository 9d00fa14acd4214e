import { checkLength, minimumCostAssignment } from "#math";
import { type OptimalRequest, rowsInOrder } from "./matchOptimal.ts";
import { pairDistance, rowsIn } from "./pairDistances.ts";
import { type Estimand, strataWeights } from "./strataWeights.ts";

export interface FullMatches {
  /** Number of the set per row, in order of first appearance; −1 for a row without anybody it may be matched with. */
  readonly stratum: Int32Array;
  readonly sets: number;
  readonly weights: Float64Array;
  /** Sum of the distances of all pairs of treated and control in a set: no other full matching has less. */
  readonly totalDistance: number;
}

/**
 * Optimal full matching: every row that may be matched with somebody goes into a set of one treated row and one or more
 * controls, or of one control and one or more treated rows, so that the distances within sets are least in total.
 *
 * That is the cheapest choice of pairs that leaves no row out. With μ the distance of a row to its nearest partner, a choice
 * costs Σμ less what its matched pairs save, μₐ + μ_b − d(a, b); the pairs that save most are an assignment problem with few
 * columns per row, and every row without such a pair joins its nearest partner.
 *
 * @throws ShapeMismatch  the lengths disagree.
 * @throws BadScore       a row has no place in the space.
 * @throws RangeError     the caliper is negative.
 *
 * Source: Rosenbaum (1991), JRSS B 53, that an optimal stratification is a full matching; Hansen and Klopfer (2006), Journal
 * of Computational and Graphical Statistics 15; Schrijver (2003), Combinatorial Optimization, section 19.3, on edge covers.
 */
export function matchFull(request: OptimalRequest & { readonly estimand?: Estimand }): FullMatches {
  const { space, treated, tieRank } = request;
  const n = rowsIn(space);
  checkLength("treated", treated.length, n);
  checkLength("tieRank", tieRank.length, n);
  const distance = pairDistance(space, request);
  const own = rowsInOrder(request, 1);
  const controls = rowsInOrder(request, 0);

  const nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const partner = new Int32Array(n).fill(-1);
  for (const row of own) {
    for (const control of controls) {
      const d = distance(row, control);
      if (d < nearest[row]) {
        nearest[row] = d;
        partner[row] = control;
      }
      if (d < nearest[control]) {
        nearest[control] = d;
        partner[control] = row;
      }
    }
  }
  const start = new Int32Array(own.length + 1);
  const column: number[] = [];
  const cost: number[] = [];
  for (const [i, row] of own.entries()) {
    for (let j = 0; j < controls.length; j++) {
      const saving = nearest[row] + nearest[controls[j]] - distance(row, controls[j]);
      if (!(saving > 0) || saving === Number.POSITIVE_INFINITY) continue;
      column.push(j);
      cost.push(-saving);
    }
    start[i + 1] = column.length;
  }
  const assigned = minimumCostAssignment({
    columns: controls.length,
    listOf: Int32Array.from(own, (_, i) => i),
    start,
    column: Int32Array.from(column),
    cost: Float64Array.from(cost),
    alone: new Float64Array(own.length),
  });
  const pairs: [number, number][] = [];
  const isPaired = new Uint8Array(n);
  for (const [i, j] of assigned.entries()) {
    if (j < 0) continue;
    pairs.push([own[i], controls[j]]);
    isPaired[own[i]] = 1;
    isPaired[controls[j]] = 1;
  }
  for (const row of own) if (isPaired[row] === 0 && partner[row] >= 0) pairs.push([row, partner[row]]);
  for (const row of controls) if (isPaired[row] === 0 && partner[row] >= 0) pairs.push([partner[row], row]);

  const stars = withoutNeedless(pairs, n);
  let totalDistance = 0;
  for (const [row, control] of stars) totalDistance += distance(row, control);
  const stratum = components(stars, n);
  return {
    stratum,
    sets: stratum.reduce((largest, set) => Math.max(largest, set), -1) + 1,
    weights: strataWeights(stratum, treated, request.estimand ?? "ATT"),
    totalDistance,
  };
}

/**
 * The pairs without any whose two rows are both in other pairs: what is left are stars. Such pairs only come up where they
 * cost nothing (rows of equal score).
 */
function withoutNeedless(pairs: readonly [number, number][], n: number): [number, number][] {
  const degree = new Int32Array(n);
  const seen = new Set<string>();
  const once = pairs.filter(([a, b]) => {
    const key = `${a} ${b}`;
    if (seen.has(key)) return false;
    seen.add(key);
    degree[a]++;
    degree[b]++;
    return true;
  });
  return once.filter(([a, b]) => {
    if (degree[a] < 2 || degree[b] < 2) return true;
    degree[a]--;
    degree[b]--;
    return false;
  });
}

function components(stars: readonly [number, number][], n: number): Int32Array {
  const degree = new Int32Array(n);
  for (const [a, b] of stars) {
    degree[a]++;
    degree[b]++;
  }
  // The middle of each star names it.
  const middle = new Int32Array(n).fill(-1);
  for (const [a, b] of stars) {
    const centre = degree[a] > 1 ? a : b;
    middle[a] = centre;
    middle[b] = centre;
  }
  const number = new Map<number, number>();
  return middle.map((own) => {
    if (own < 0) return -1;
    if (!number.has(own)) number.set(own, number.size);
    return number.get(own)!;
  });
}
