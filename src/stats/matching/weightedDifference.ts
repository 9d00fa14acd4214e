import { checkLength } from "#math";
import { BadWeights } from "../common/badWeights.ts";
import { type Interval, tInterval } from "../common/interval.ts";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";

/**
 * Difference of weighted means (Hájek), with the standard error of a survey whose weights are known:
 *
 *     τ = Σ wᵢyᵢ/Σwᵢ over the treated − the same over the comparison rows
 *     V = n/(n − 1) Σ uᵢ²,   uᵢ = ± wᵢ(yᵢ − ȳ of the arm)/Σw of the arm
 *
 * With clusters the uᵢ are summed in each and n is their number. Degrees of freedom: n − 1. It treats the weights as
 * known, which for an estimated score mostly makes the standard error a little too large.
 *
 * @param weights   Zero or more; a row of weight 0 takes no part, nor is it counted.
 * @param clusters  A number per row.
 * @throws ShapeMismatch  the lengths disagree.
 * @throws BadWeights     a weight is negative.
 *
 * Source: Lumley (2010), Complex Surveys, section 2.
 */
export function weightedDifference({
  y,
  treated,
  weights,
  clusters,
  level = 0.95,
}: {
  readonly y: Float64Array;
  readonly treated: Uint8Array;
  readonly weights: Float64Array;
  readonly clusters?: Int32Array;
  readonly level?: number;
}): Interval | NotEstimable {
  checkLength("treated", treated.length, y.length);
  checkLength("weights", weights.length, y.length);
  if (clusters !== undefined) checkLength("clusters", clusters.length, y.length);
  const total = [0, 0];
  const sum = [0, 0];
  for (let row = 0; row < y.length; row++) {
    if (weights[row] === 0) continue;
    if (!(weights[row] > 0)) throw new BadWeights(`weight ${row} is ${weights[row]}`);
    if (!Number.isFinite(y[row])) return notEstimable(`row ${row} has weight but no outcome`);
    total[treated[row]] += weights[row];
    sum[treated[row]] += weights[row] * y[row];
  }
  if (!(total[1] > 0)) return notEstimable("no treated row has weight");
  if (!(total[0] > 0)) return notEstimable("no comparison row has weight");
  if (!Number.isFinite(total[0] + total[1])) return notEstimable("a weight is not finite: a score is 0 or 1");
  const means = [sum[0] / total[0], sum[1] / total[1]];
  const influence = y.map((value, row) => {
    const arm = treated[row];
    return weights[row] === 0 ? 0 : ((arm === 1 ? 1 : -1) * weights[row] * (value - means[arm])) / total[arm];
  });
  const { se, df } = influenceError(influence, weights, clusters);
  if (!(df > 0)) return notEstimable("one cluster leaves nothing to estimate an uncertainty from");
  return tInterval(means[1] - means[0], se, df, level);
}

/**
 * Standard error from influence values that sum to 0: √(G/(G − 1) Σ (sum within cluster)²), every row its own cluster when
 * there are none. Rows of weight 0 are not counted.
 */
export function influenceError(
  influence: Float64Array,
  weights: Float64Array | undefined,
  clusters: Int32Array | undefined,
): { se: number; df: number } {
  const sums = new Map<number, number>();
  for (let row = 0; row < influence.length; row++) {
    if (weights !== undefined && weights[row] === 0) continue;
    const cluster = clusters?.[row] ?? row;
    sums.set(cluster, (sums.get(cluster) ?? 0) + influence[row]);
  }
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  const groups = sums.size;
  return { se: Math.sqrt((squares * groups) / (groups - 1)), df: groups - 1 };
}
