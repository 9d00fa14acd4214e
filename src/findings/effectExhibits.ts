import type { ComparisonSample } from "#design";
import { printAcademicYear } from "#domain";
import type { Effect, OutcomeEffect } from "#estimation";
import type { AnalysisDeclaration, Study } from "#protocol";
import { aboutComparison, slug } from "./designExhibits.ts";
import {
  type Exhibit,
  type ExhibitAbout,
  type ExhibitCell,
  type ExhibitRow,
  left,
  panelsByUnit,
  right,
} from "./exhibit.ts";
import {
  absent,
  count,
  interval,
  inWordsSmall,
  nothing,
  number,
  placesForSe,
  printNumber,
  pValue,
  signed,
  text,
} from "./print.ts";
import { readingName, readingSlug } from "./readingNames.ts";

/** The tables of one analysis: effects, how precise they are, means behind them, school-SD units, clusters, subgroups. */
export function effectExhibits(
  study: Study,
  analysis: AnalysisDeclaration,
  effects: readonly OutcomeEffect[],
  sample: ComparisonSample,
): readonly Exhibit[] {
  const shared: Shared = { study, analysis, effects, sample, noun: sample.candidates.unit.noun };
  return [
    mainExhibit(shared),
    precisionExhibit(shared),
    ...(analysis.show.includes("rawMeans") ? [meansExhibit(shared)] : []),
    ...(effects.some((effect) => effect.standardised !== undefined) ? [standardisedExhibit(shared)] : []),
    ...(effects.some((effect) => effect.isPrimaryHorizon && effect.byCluster.length > 0)
      ? [clustersExhibit(shared)]
      : []),
    ...(effects.some((effect) => effect.subgroups.length > 0) ? [subgroupsExhibit(shared)] : []),
  ];
}

interface Shared {
  readonly study: Study;
  readonly analysis: AnalysisDeclaration;
  readonly effects: readonly OutcomeEffect[];
  readonly sample: ComparisonSample;
  readonly noun: string;
}

const yearOf = (shared: Shared, effect: OutcomeEffect): string =>
  printAcademicYear(effect.horizon, shared.study.about.yearName);
const labelOf = (shared: Shared, effect: OutcomeEffect): string => shared.study.outcomes.get(effect.outcome)!.label;
const measureOf = (shared: Shared, effect: OutcomeEffect): string => shared.study.outcomes.get(effect.outcome)!.measure;
const rowId = (shared: Shared, effect: OutcomeEffect): string => slug(`${effect.outcome} ${yearOf(shared, effect)}`);

/** Decimals for one outcome and year: enough for two figures of its standard error. */
function placesOf(effect: OutcomeEffect): number {
  const { point, unclustered } = effect.readings[0]!;
  return placesForSe(point.state === "estimated" ? point.se : unclustered?.se);
}

function aboutAnalysis(shared: Shared, definition: string): ExhibitAbout {
  const { study, analysis, sample } = shared;
  const weights =
    typeof analysis.weights === "string" ? analysis.weights : `matching × ${analysis.weights.column} at baseline`;
  const clusters = analysis.clusters.length === 0 ? `each ${shared.noun}` : analysis.clusters.join(" and ");
  const adjust =
    analysis.adjustFor === "none" || analysis.adjustFor === "matchingCovariates"
      ? { none: "no covariates", matchingCovariates: "all matching covariates" }[analysis.adjustFor]
      : analysis.adjustFor.map((covariate) => covariate.name).join(", ");
  const model = `linear regression, ${adjust}, weights: ${weights}, ${analysis.errors} errors clustered by ${clusters}`;
  const about = aboutComparison(study, sample, definition, model);
  const where = analysis.where === undefined ? [] : [`analysed where ${analysis.where.text}`];
  return { ...about, filters: [...about.filters, ...where], set: `${about.set}, analysis ${analysis.id}` };
}

const notEstimable = (reading: Effect): string | undefined =>
  reading.point.state === "not estimable" ? reading.point.reason : undefined;

function mainExhibit(shared: Shared): Exhibit {
  const { analysis, effects } = shared;
  const rows = effects.flatMap((effect) =>
    effect.readings.map((reading): ExhibitRow => {
      const places = placesOf(effect);
      const reason = notEstimable(reading);
      const point = reading.point.state === "estimated" ? reading.point : undefined;
      return {
        id: `${rowId(shared, effect)}-${readingSlug(reading.contrast)}`,
        cells: {
          outcome: text(labelOf(shared, effect)),
          year: text(yearOf(shared, effect)),
          reading: text(`${readingName(reading.contrast)}${reading.isDeclared ? "" : " (beside it)"}`),
          treated: count(reading.base.treated),
          comparison: count(reading.base.comparison),
          effect: signed(reading.estimate, places, reason),
          interval: reason === undefined ? interval(point!.low, point!.high, places) : absent(reason),
          p: pValue(point?.p, reason),
          adjusted: reading.isDeclared ? adjustedCell(effect, reason) : nothing("only the declared reading is tested"),
          role: text(reading.isDeclared ? effect.role : "bracket"),
        },
        keys: effect.rowKeys,
        ...(!reading.isDeclared && { isGrey: true }),
      };
    }),
  );
  const measures = [...new Set(effects.map((effect) => measureOf(shared, effect)))];
  const declared = readingName(analysis.contrast);
  return {
    id: `effects-${analysis.id}`,
    title: `Difference between programme and comparison ${shared.noun}s: ${analysis.id}`,
    summary:
      `How much more the outcome was, in ${measures.join(" or ")}, than in similar ${shared.noun}s. The reading fixed as primary is ` +
      `${declared}; the other stands beside it as a bracket.`,
    columns: [
      left("outcome", "Outcome"),
      left("year", "Year"),
      left("reading", "Reading"),
      right("treated", "Programme"),
      right("comparison", "Comparison"),
      right("effect", "Difference"),
      right("interval", "95% interval"),
      right("p", "p"),
      right("adjusted", "Adjusted p"),
      left("role", "Role"),
    ],
    rows,
    notes: multiplicityNotes(effects),
    about: aboutAnalysis(
      shared,
      "Mean outcome of the treated kept minus that of their weighted comparison units, as each reading adjusts it",
    ),
    chart: {
      kind: "forest",
      alt: forestAlt(shared),
      panels: panelsByUnit(
        effects.flatMap((effect) =>
          effect.readings
            .filter((reading) => Number.isFinite(reading.estimate))
            .map((reading) => ({
              unit: measureOf(shared, effect),
              label: `${labelOf(shared, effect)}, ${yearOf(shared, effect)}${reading.isDeclared ? "" : `, ${readingName(reading.contrast)}`}`,
              estimate: reading.estimate,
              low: reading.point.state === "estimated" ? reading.point.low : undefined,
              high: reading.point.state === "estimated" ? reading.point.high : undefined,
              isStrong: reading.isDeclared,
            })),
        ),
      ),
    },
  };
}

function adjustedCell(effect: OutcomeEffect, reason: string | undefined): ExhibitCell {
  if (reason !== undefined) return nothing(reason);
  if (effect.adjustment === "exploratory") return nothing("exploratory: not adjusted");
  return pValue(effect.adjustedP);
}

function multiplicityNotes(effects: readonly OutcomeEffect[]): readonly string[] {
  const used = new Set(effects.map((effect) => effect.adjustment));
  return [
    ...(used.has("Holm") ? ["Two or more primary results: p adjusted by Holm within the analysis."] : []),
    ...(used.has("Benjamini-Hochberg")
      ? ["Secondary results: p adjusted by Benjamini-Hochberg within the analysis."]
      : []),
    ...(effects.some((effect) => effect.role === "primary" && effect.adjustment === "none")
      ? ["One primary result: tested as it is."]
      : []),
    ...(used.has("exploratory") ? ["Exploratory results are shown without adjustment and settle nothing."] : []),
    "Interval and p use the same t distribution.",
  ];
}

function forestAlt(shared: Shared): string {
  const said = shared.effects.map((effect) => {
    const reading = effect.readings[0]!;
    const where = `${labelOf(shared, effect)} ${yearOf(shared, effect)}`;
    const places = placesOf(effect);
    return reading.point.state === "estimated"
      ? `${where} ${printNumber(reading.estimate, places)} (${printNumber(reading.point.low, places)} to ${printNumber(reading.point.high, places)})`
      : `${where} ${printNumber(reading.estimate, places)} without an interval`;
  });
  return `Forest plot of differences with 95% intervals around zero: ${said.join("; ")}.`;
}

function precisionExhibit(shared: Shared): Exhibit {
  const { analysis, effects } = shared;
  const rows = effects.flatMap((effect) =>
    effect.readings.map((reading): ExhibitRow => {
      const places = placesOf(effect);
      const reason = notEstimable(reading);
      const point = reading.point.state === "estimated" ? reading.point : undefined;
      const { wild } = reading;
      const wildReason =
        wild === undefined ? "clusters are not few" : wild.state === "not estimable" ? wild.reason : undefined;
      return {
        id: `${rowId(shared, effect)}-${readingSlug(reading.contrast)}`,
        cells: {
          outcome: text(`${labelOf(shared, effect)}, ${yearOf(shared, effect)}, ${readingName(reading.contrast)}`),
          se: number(point?.se, places + 1, reason),
          df: number(point?.df, 1, reason),
          hc2: number(reading.unclustered?.se, places + 1, "not defined"),
          clusters: count(reading.base.treatedClusters),
          effective: number(reading.base.effectiveTreatedClusters, 1),
          wildP: wild?.state === "estimated" ? pValue(wild.p) : nothing(wildReason!),
          wildInterval: wild?.state === "estimated" ? interval(wild.low, wild.high, places) : nothing(wildReason!),
          detectable: number(reading.detectable, places, reason),
          lost: { text: `${reading.base.lostTreated} and ${reading.base.lostComparison}` },
        },
      };
    }),
  );
  const draws = analysis.fewClusters === "none" ? undefined : analysis.bootstrapDraws.toLocaleString("en-GB");
  return {
    id: `precision-${analysis.id}`,
    title: `How precise the differences are: ${analysis.id}`,
    summary: "Standard errors by cluster and without, degrees of freedom, and a second method where clusters are few.",
    columns: [
      left("outcome", "Outcome, year, reading"),
      right("se", `SE, ${analysis.errors}`),
      right("df", "df"),
      right("hc2", "SE without clusters"),
      right("clusters", "Programme clusters"),
      right("effective", "In effect"),
      right("wildP", "Bootstrap p"),
      right("wildInterval", "Bootstrap interval"),
      right("detectable", "Detectable"),
      right("lost", "Without result"),
    ],
    rows,
    notes: [
      "Clusters in effect: (Σn)² / Σn² over programme clusters. SE without clusters (HC2) is shown only to show the difference clustering makes.",
      ...(draws === undefined
        ? []
        : [
            `Bootstrap: restricted wild cluster bootstrap, Webb weights, ${draws} draws, interval by inversion; shown below 20 programme clusters or 20 degrees of freedom.`,
          ]),
      "Detectable: the smallest effect this analysis could have detected (80% power, 5%), (t(.8) + t(.975)) × SE. It is never a reason to dismiss an interval.",
      `Without result: matched programme and comparison ${shared.noun}s without a value in that year (outcome attrition); outcomes are never imputed.`,
    ],
    about: aboutAnalysis(shared, "Standard error, degrees of freedom and clusters behind each difference"),
  };
}

function meansExhibit(shared: Shared): Exhibit {
  const { analysis, effects } = shared;
  return {
    id: `means-${analysis.id}`,
    title: `Means before and after: ${analysis.id}`,
    summary: `Weighted means of the ${shared.noun}s that have both values, in the outcome's own unit.`,
    columns: [
      left("outcome", "Outcome"),
      left("year", "Year"),
      right("treatedBefore", "Programme, baseline"),
      right("treatedAfter", "Programme, year"),
      right("comparisonBefore", "Comparison, baseline"),
      right("comparisonAfter", "Comparison, year"),
    ],
    rows: effects.map((effect) => {
      const places = placesOf(effect);
      return {
        id: rowId(shared, effect),
        cells: {
          outcome: text(`${labelOf(shared, effect)} (${measureOf(shared, effect)})`),
          year: text(yearOf(shared, effect)),
          treatedBefore: number(effect.means.treatedBefore, places),
          treatedAfter: number(effect.means.treatedAfter, places),
          comparisonBefore: number(effect.means.comparisonBefore, places),
          comparisonAfter: number(effect.means.comparisonAfter, places),
        },
      };
    }),
    notes: [],
    about: aboutAnalysis(shared, "Weighted means by arm, before and in the year"),
  };
}

function standardisedExhibit(shared: Shared): Exhibit {
  const { analysis, effects } = shared;
  const known = effects.filter((effect) => effect.standardised !== undefined);
  return {
    id: `standardised-${analysis.id}`,
    title: `The same differences in standard deviations: ${analysis.id}`,
    summary: `Divided by the spread between ${shared.noun}s, and as the change in within-year standard units.`,
    columns: [
      left("outcome", "Outcome"),
      left("year", "Year"),
      right("effect", "Difference, SD"),
      right("interval", "95% interval"),
      right("sd", "SD used"),
      right("z", "Change in within-year SD"),
      right("zInterval", "95% interval of it"),
      left("months", "Months of progress"),
    ],
    rows: known.map((effect) => {
      const standardised = effect.standardised!;
      const z = standardised.withinYear;
      return {
        id: rowId(shared, effect),
        cells: {
          outcome: text(labelOf(shared, effect)),
          year: text(yearOf(shared, effect)),
          effect: signed(standardised.estimate, 2),
          interval: interval(standardised.low, standardised.high, 2),
          sd: number(standardised.sd, 3),
          z: z.state === "estimated" ? signed(z.estimate, 3) : nothing(z.reason),
          zInterval: z.state === "estimated" ? interval(z.low, z.high, 2) : nothing(z.reason),
          months: {
            text: "not defined: school-level SD",
            reason: "months of progress need a pupil-level standard deviation",
          },
        },
      };
    }),
    notes: known.slice(0, 1).map((effect) => `Denominator: ${effect.standardised!.denominator}.`),
    about: aboutAnalysis(shared, "Effect over the SD between units in that year; change of within-year z-scores"),
  };
}

function clustersExhibit(shared: Shared): Exhibit {
  const { analysis } = shared;
  const shown = shared.effects.filter((effect) => effect.isPrimaryHorizon && effect.byCluster.length > 0);
  const rows = shown.flatMap((effect) =>
    effect.byCluster.map((cluster): ExhibitRow => {
      const places = placesOf(effect);
      const { without } = cluster;
      return {
        id: `${slug(effect.outcome)}-${slug(cluster.cluster)}`,
        cells: {
          cluster: text(cluster.cluster),
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
      right("withoutInterval", "95% interval without it"),
    ],
    rows,
    notes: shown.map((effect) => {
      const { clusterMeans } = effect;
      const places = placesOf(effect);
      const name = `${labelOf(shared, effect)}, ${yearOf(shared, effect)}`;
      if (clusterMeans === undefined || clusterMeans.state === "not estimable")
        return `${name}: mean over clusters not estimable.`;
      return `${name}: each cluster counted once, the mean difference is ${printNumber(clusterMeans.estimate, places)} (SE ${printNumber(clusterMeans.se, places)}, t with ${clusterMeans.df} df, ${printNumber(clusterMeans.low, places)} to ${printNumber(clusterMeans.high, places)}).`;
    }),
    about: aboutAnalysis(
      shared,
      "Mean over a cluster's treated units of own change minus the mean change of their comparison units",
    ),
    naming: "cluster",
  };
}

function subgroupsExhibit(shared: Shared): Exhibit {
  const { analysis } = shared;
  const shown = shared.effects.filter((effect) => effect.isPrimaryHorizon && effect.subgroups.length > 0);
  return {
    id: `subgroups-${analysis.id}`,
    title: `Subgroups fixed in advance: ${analysis.id}`,
    summary: "The difference inside and outside each subgroup; only the gap between the two is tested.",
    columns: [
      left("subgroup", "Subgroup"),
      left("outcome", "Outcome, year"),
      right("treated", "Programme in it"),
      right("inside", "Difference inside"),
      right("outside", "Outside"),
      right("gap", "Gap"),
      right("gapInterval", "95% interval of the gap"),
      right("p", "p"),
      right("adjusted", "Adjusted p"),
    ],
    rows: shown.flatMap((effect) =>
      effect.subgroups.map((subgroup): ExhibitRow => {
        const places = placesOf(effect);
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
            adjusted: pValue(subgroup.adjustedP),
          },
        };
      }),
    ),
    notes: [
      `Adjusted p: Holm over ${inWordsSmall(analysis.subgroups.length)} declared subgroup${analysis.subgroups.length === 1 ? "" : "s"}.`,
    ],
    about: aboutAnalysis(shared, "Effect inside minus effect outside: interaction of treatment with the subgroup"),
  };
}
