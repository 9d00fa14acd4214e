import { slug } from "./aboutComparison.ts";
import { aboutAnalysis, intervalLabel, labelOf, placesOf, type Shared, yearOf } from "./analysisTable.ts";
import { type Exhibit, type ExhibitRow, left, right, withUniqueIds } from "./exhibit.ts";
import { absent, clusterCell, count, interval, inWordsSmall, printNumber, pValue, signed, text } from "./print.ts";

/** Each treated cluster by itself, and the effect without it. */
export function clustersExhibit(shared: Shared): Exhibit {
  const { analysis } = shared;
  const shown = shared.effects.filter((effect) => effect.isPrimaryHorizon && effect.byCluster.length > 0);
  const rows = shown.flatMap((effect) =>
    effect.byCluster.map((cluster): ExhibitRow => {
      const places = placesOf(shared, effect);
      const { without } = cluster;
      return {
        id: `${slug(effect.outcome)}-${slug(cluster.cluster)}`,
        cells: {
          cluster: clusterCell({ name: cluster.cluster }),
          outcome: text(`${labelOf(shared, effect)}, ${yearOf(shared, effect)}`),
          treated: count(cluster.treated),
          difference: signed(cluster.difference, places, "no comparison unit has a result"),
          without: without.state === "estimated" ? signed(without.estimate, places) : absent(without.reason),
          withoutInterval:
            without.state === "estimated" ? interval(without.low, without.high, places) : absent(without.reason),
        },
      };
    }),
  );
  return {
    id: `clusters-${analysis.id}`,
    title: `One programme cluster at a time: ${analysis.id}`,
    summary: "The difference in each cluster, and the overall difference when that cluster is left out.",
    columns: [
      left("cluster", "Cluster"),
      left("outcome", "Outcome, year"),
      right("treated", "Programme"),
      right("difference", "Its own difference"),
      right("without", "Overall without it"),
      right("withoutInterval", `${intervalLabel(shared)} without it`),
    ],
    rows: withUniqueIds(rows),
    notes: shown.map((effect) => {
      const { clusterMeans } = effect;
      const places = placesOf(shared, effect);
      const name = `${labelOf(shared, effect)}, ${yearOf(shared, effect)}`;
      if (clusterMeans === undefined || clusterMeans.state === "not estimable")
        return `${name}: mean over clusters not estimable${clusterMeans === undefined ? "" : ` (${clusterMeans.reason})`}.`;
      return `${name}: each cluster counted once, the mean difference is ${printNumber(clusterMeans.estimate, places)} (SE ${printNumber(clusterMeans.se, places)}, t with ${clusterMeans.df} df, ${printNumber(clusterMeans.low, places)} to ${printNumber(clusterMeans.high, places)}).`;
    }),
    about: aboutAnalysis(
      shared,
      "Mean over a cluster's treated units of own change minus the mean change of their comparison units",
    ),
  };
}

/** Effects inside and outside the declared subgroups, with the test of the gap. */
export function subgroupsExhibit(shared: Shared): Exhibit {
  const { analysis } = shared;
  const shown = shared.effects.filter((effect) => effect.isPrimaryHorizon && effect.subgroups.length > 0);
  return {
    id: `subgroups-${analysis.id}`,
    title: `Declared subgroups: ${analysis.id}`,
    summary: "The difference inside and outside each subgroup; only the gap between the two is tested.",
    columns: [
      left("subgroup", "Subgroup"),
      left("outcome", "Outcome, year"),
      right("treated", "Programme in it"),
      right("inside", "Difference inside"),
      right("outside", "Outside"),
      right("gap", "Gap"),
      right("gapInterval", `${intervalLabel(shared)} of the gap`),
      right("p", "p"),
      right("adjusted", "Adjusted p"),
    ],
    rows: withUniqueIds(
      shown.flatMap((effect) =>
        effect.subgroups.map((subgroup): ExhibitRow => {
          const places = placesOf(shared, effect);
          const of = (point: (typeof subgroup)["inside"]) =>
            point.state === "estimated" ? signed(point.estimate, places) : absent(point.reason);
          const { interaction } = subgroup;
          return {
            id: `${slug(effect.outcome)}-${slug(subgroup.id)}`,
            cells: {
              subgroup: text(`${subgroup.id}: ${subgroup.where}`),
              outcome: text(`${labelOf(shared, effect)}, ${yearOf(shared, effect)}`),
              treated: count(subgroup.treated),
              inside: of(subgroup.inside),
              outside: of(subgroup.outside),
              gap: of(interaction),
              gapInterval:
                interaction.state === "estimated"
                  ? interval(interaction.low, interaction.high, places)
                  : absent(interaction.reason),
              p: interaction.state === "estimated" ? pValue(interaction.p) : absent(interaction.reason),
              adjusted: pValue(
                subgroup.adjustedP,
                interaction.state === "estimated" ? "not tested" : interaction.reason,
              ),
            },
          };
        }),
      ),
    ),
    notes: [
      `Adjusted p: Holm over ${inWordsSmall(analysis.subgroups.length)} declared subgroup${analysis.subgroups.length === 1 ? "" : "s"}.`,
      "The gap comes from one model for both sides, so it can differ a little from inside minus outside.",
    ],
    about: aboutAnalysis(shared, "Effect inside minus effect outside: interaction of treatment with the subgroup"),
  };
}
