import { clusterCodes, coarsestLevel, MATCHED_SET, type MatchedDraw } from "#design";
import { type Interval, tInterval } from "#stats";
import type { ClusterEffect, Estimable } from "./effect.ts";
import { FLOOR } from "./floor.ts";
import { intervalOf, type Question } from "./reading.ts";
import { asCandidates } from "./sample.ts";

/** Up to this many treated clusters each is shown by itself and left out in turn. */
export const MOST_CLUSTERS_SHOWN = 30;

/**
 * The effect by treated cluster, and without it; nothing above thirty clusters. A cluster's own effect is the mean, over
 * its treated units, of their change minus the mean change of their comparison units; where the declared reading is the
 * difference in the year, of their outcome itself. With several levels, clusters are those of the level that has fewest.
 * @param columns  Columns that name the clusters; those of the analysis when left out. Standard errors without a cluster
 *                 are always those of the analysis.
 */
export function effectsByCluster(
  question: Question,
  columns: readonly string[] = question.analysis.clusters,
): readonly ClusterEffect[] {
  const { open, analysis } = question;
  const levels = clusterCodes(columns, open.at(), asCandidates(open), open.draws[0]!);
  const kept = [...open.treated.keys()].filter(
    (row) => open.treated[row] === 1 && question.weights.some((weights) => weights[row]! > 0),
  );
  const level = coarsestLevel(levels, kept);
  const members = new Map<number, number[]>();
  for (const row of kept) {
    const code = levels[level]![row]!;
    const rows = members.get(code);
    if (rows === undefined) members.set(code, [row]);
    else rows.push(row);
  }
  const values = valuesOf(question);
  const known = [...members.values()].filter((rows) => rows.some((row) => isCounted(question, values, row)));
  if (known.length > MOST_CLUSTERS_SHOWN) return [];
  const difference = unitDifferences(question, values);
  const name = clusterNamer(question, columns[level]);
  return known
    .map((rows): ClusterEffect => {
      const counted = rows.filter((row) => isCounted(question, values, row));
      const own = counted.map((row) => difference[row]!).filter((value) => !Number.isNaN(value));
      const left = new Set(rows);
      const weights = open.draws.map((draw, i) => withoutTreated(draw, question.weights[i]!, left));
      const without = intervalOf({ ...question, weights }, analysis.contrast);
      return {
        cluster: name(rows[0]!),
        treated: counted.length,
        difference: own.length === 0 ? undefined : own.reduce((sum, value) => sum + value, 0) / own.length,
        without: without.point,
        withoutBase: without.base,
      };
    })
    .sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
}

/** What a unit is compared by: its change, or its outcome in the year where the declared reading is the difference. */
function valuesOf({ after, before, analysis }: Question): Float64Array {
  if (analysis.model === "logistic") return after.map((value) => 100 * value);
  return analysis.contrast === "difference" ? after : after.map((value, row) => value - before[row]!);
}

const isCounted = (question: Question, values: Float64Array, row: number): boolean =>
  question.weights[0]![row]! > 0 && !Number.isNaN(values[row]!);

/** How a cluster is named in tables: by its value in the cluster column, or by the unit where it is one unit or a set. */
function clusterNamer({ open }: Question, column: string | undefined): (row: number) => string {
  if (column === undefined || column === MATCHED_SET) return (row) => open.keys[row]!;
  const named = open.at().column(column, undefined);
  if (named.kind === "number") {
    return (row) => (Number.isNaN(named.values[row]!) ? "not known" : String(named.values[row]));
  }
  return (row) => named.levels[named.codes[row]!] ?? "not known";
}

/**
 * The mean of the clusters' own effects, each counted once, with t(clusters − 1); not estimable below the floor of six
 * clusters, five degrees of freedom.
 */
export function clusterMeansEffect(clusters: readonly ClusterEffect[], level: number): Estimable<Interval> | undefined {
  const values = clusters.flatMap((cluster) => (cluster.difference === undefined ? [] : [cluster.difference]));
  const n = values.length;
  if (n === 0) return undefined;
  if (n < FLOOR.treatedClusters) {
    return { state: "not estimable", reason: `only ${n} cluster${n === 1 ? "" : "s"}, under ${FLOOR.treatedClusters}` };
  }
  const estimate = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / (n - 1);
  return { state: "estimated", ...tInterval(estimate, Math.sqrt(variance / n), n - 1, level) };
}

/** Each treated unit's value minus the mean of its neighbours', or of all comparison units when there are no sets. */
function unitDifferences(question: Question, values: Float64Array): Float64Array {
  const { open } = question;
  const weights = question.weights[0]!;
  const { sets } = open.draws[0]!;
  const mean = (rows: Iterable<number>, weightOf: (row: number) => number): number => {
    let sum = 0;
    let total = 0;
    for (const row of rows) {
      if (Number.isNaN(values[row]!)) continue;
      sum += weightOf(row) * values[row]!;
      total += weightOf(row);
    }
    return total === 0 ? Number.NaN : sum / total;
  };
  const result = new Float64Array(values.length).fill(Number.NaN);
  if (sets.length > 0) {
    // A neighbour that the analysis leaves out (weight 0) does not count; the others count alike.
    const counts = (row: number) => Number(weights[row]! > 0);
    for (const set of sets) result[set.treated] = values[set.treated]! - mean(set.controls, counts);
    return result;
  }
  const everyComparison = mean(open.treated.keys(), (row) => (open.treated[row] === 0 ? weights[row]! : 0));
  return result.map((_, row) => (open.treated[row] === 1 ? values[row]! - everyComparison : Number.NaN));
}

/**
 * Weights of a draw when some treated units leave: their comparison units keep the share of their weight that other
 * treated units gave them. A set gives each of its comparison units 1/(units in the set), whatever weights are scaled to.
 * Without sets (weighting methods) comparison units keep their weights.
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
