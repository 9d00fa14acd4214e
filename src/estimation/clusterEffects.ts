import { clusterCodes, type MatchedDraw } from "#design";
import { tInterval } from "#stats";
import type { ClusterEffect, Estimable, Interval } from "./effect.ts";
import { intervalOf, type Question } from "./reading.ts";
import { asCandidates } from "./sample.ts";

/** Up to this many treated clusters each is shown by itself and left out in turn. */
export const MOST_CLUSTERS_SHOWN = 30;

/**
 * The effect by treated cluster, and without it. A cluster's own effect is the mean, over its treated units, of their
 * change minus the mean change of their comparison units.
 * @param name  How a cluster is named in tables: its value in the cluster column.
 */
export function effectsByCluster(question: Question, name: (row: number) => string): readonly ClusterEffect[] {
  const { open, analysis } = question;
  const draw = open.draws[0]!;
  const codes = clusterCodes(analysis.clusters, open.at(), asCandidates(open), draw)[0]!;
  const rowsOf = new Map<number, number[]>();
  for (const [row, code] of codes.entries()) {
    if (
      open.treated[row] === 0 ||
      question.weights[0]![row] === 0 ||
      Number.isNaN(question.after[row]! - question.before[row]!)
    )
      continue;
    const rows = rowsOf.get(code);
    if (rows === undefined) rowsOf.set(code, [row]);
    else rows.push(row);
  }
  if (rowsOf.size > MOST_CLUSTERS_SHOWN) return [];
  const difference = unitDifferences(question, draw);
  return [...rowsOf.values()]
    .map((rows): ClusterEffect => {
      const known = rows.map((row) => difference[row]!).filter((value) => !Number.isNaN(value));
      const left = new Set(rows);
      const weights = open.draws.map((d, i) => withoutTreated(d, question.weights[i]!, left));
      return {
        cluster: name(rows[0]!),
        treated: rows.length,
        difference: known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length,
        without: intervalOf({ ...question, weights }, analysis.contrast).point,
      };
    })
    .sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
}

/** The mean of the clusters' own effects, each counted once, with t(clusters − 1). */
export function clusterMeansEffect(clusters: readonly ClusterEffect[], level: number): Estimable<Interval> | undefined {
  const values = clusters.flatMap((cluster) => (cluster.difference === undefined ? [] : [cluster.difference]));
  if (values.length === 0) return undefined;
  if (values.length < 3) return { state: "not estimable", reason: `only ${values.length} clusters` };
  const n = values.length;
  const estimate = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / (n - 1);
  return { state: "estimated", ...tInterval(estimate, Math.sqrt(variance / n), n - 1, level) };
}

/** Change of each treated unit minus the mean change of its neighbours, or of all comparison units when there are no sets. */
function unitDifferences(question: Question, draw: MatchedDraw): Float64Array {
  const { after, before, open } = question;
  const change = after.map((value, row) => value - before[row]!);
  const result = new Float64Array(change.length).fill(Number.NaN);
  const mean = (rows: Iterable<number>, weightOf: (row: number) => number): number => {
    let sum = 0;
    let total = 0;
    for (const row of rows) {
      if (Number.isNaN(change[row]!)) continue;
      sum += weightOf(row) * change[row]!;
      total += weightOf(row);
    }
    return total === 0 ? Number.NaN : sum / total;
  };
  if (draw.sets.length > 0) {
    for (const set of draw.sets) result[set.treated] = change[set.treated]! - mean(set.controls, () => 1);
    return result;
  }
  const everyComparison = mean(open.treated.keys(), (row) => (open.treated[row] === 0 ? draw.weights[row]! : 0));
  return result.map((_, row) => (open.treated[row] === 1 ? change[row]! - everyComparison : Number.NaN));
}

/**
 * Weights of a draw when some treated units leave: their comparison units keep the share of their weight that other
 * treated units gave them. A set gives each of its comparison units 1/(units in the set), whatever weights are scaled to.
 */
function withoutTreated(draw: MatchedDraw, weights: Float64Array, left: ReadonlySet<number>): Float64Array {
  const result = Float64Array.from(weights);
  for (const row of left) result[row] = 0;
  const given = new Float64Array(weights.length);
  const kept = new Float64Array(weights.length);
  for (const set of draw.sets) {
    for (const row of set.controls) {
      given[row]! += 1 / set.controls.length;
      if (!left.has(set.treated)) kept[row]! += 1 / set.controls.length;
    }
  }
  return result.map((weight, row) => (given[row] === 0 ? weight : (weight * kept[row]!) / given[row]!));
}
