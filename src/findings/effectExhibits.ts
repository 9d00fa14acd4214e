import type { ComparisonSample } from "#design";
import { alphaOf, type Effect, type OutcomeEffect } from "#estimation";
import type { AnalysisDeclaration, Study } from "#protocol";
import {
  aboutAnalysis,
  intervalLabel,
  labelOf,
  measureOf,
  notEstimable,
  placesOf,
  rowId,
  type Shared,
  yearOf,
} from "./analysisTable.ts";
import {
  type Exhibit,
  type ExhibitCell,
  type ExhibitRow,
  left,
  panelsByUnit,
  right,
  withUniqueIds,
} from "./exhibit.ts";
import { measuredSentence } from "./gapWords.ts";
import { clustersExhibit, subgroupsExhibit } from "./groupExhibits.ts";
import { meansExhibit, standardisedExhibit } from "./meansExhibits.ts";
import {
  absent,
  count,
  interval,
  levelInWords,
  nothing,
  number,
  printNumber,
  pValue,
  roundHalfUp,
  signed,
  text,
} from "./print.ts";
import { oddsExhibit, rateExhibits } from "./rateExhibits.ts";
import { readingName, readingSlug } from "./readingNames.ts";
import { yearlyExhibits } from "./yearlyExhibits.ts";

/** The tables of one analysis: effects, how precise they are, means behind them, school-SD units, clusters, subgroups. */
export function effectExhibits(
  study: Study,
  analysis: AnalysisDeclaration,
  effects: readonly OutcomeEffect[],
  sample: ComparisonSample,
): readonly Exhibit[] {
  const shared: Shared = { study, analysis, effects, sample, noun: sample.candidates.unit.noun };
  const isRate = analysis.model !== "linear";
  return [
    mainExhibit(shared),
    ...(isRate && analysis.difference === undefined ? rateExhibits(shared) : []),
    ...(analysis.difference !== undefined ? yearlyExhibits(shared) : []),
    ...(isRate && analysis.show.includes("oddsRatio") ? [oddsExhibit(shared)] : []),
    precisionExhibit(shared),
    ...(analysis.show.includes("rawMeans") ? [meansExhibit(shared)] : []),
    ...(effects.some((effect) => effect.standardised !== undefined) ? [standardisedExhibit(shared)] : []),
    ...(effects.some((effect) => effect.isPrimaryHorizon && effect.byCluster.length > 0)
      ? [clustersExhibit(shared)]
      : []),
    ...(effects.some((effect) => effect.subgroups.length > 0) ? [subgroupsExhibit(shared)] : []),
  ];
}

function mainExhibit(shared: Shared): Exhibit {
  const { analysis, effects } = shared;
  const rows = effects.flatMap((effect) =>
    effect.readings.map((reading): ExhibitRow => {
      const places = placesOf(shared, effect);
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
      `${measuredSentence(analysis.contrast, measures.join(" or "), `${shared.noun}s`)} The declared reading is ${declared}` +
      `${effects.some((effect) => effect.readings.length > 1) ? "; the other stands beside it as a bracket" : ""}.`,
    columns: [
      left("outcome", "Outcome"),
      left("year", "Year"),
      left("reading", "Reading"),
      right("effect", "Difference"),
      right("interval", intervalLabel(shared)),
      right("p", "p"),
      right("adjusted", "Adjusted p"),
      right("treated", "Programme"),
      right("comparison", "Comparison"),
      left("role", "Role"),
    ],
    rows: withUniqueIds(rows),
    notes: multiplicityNotes(effects),
    about: aboutAnalysis(
      shared,
      "Mean outcome of the treated kept minus that of their weighted comparison units, as each reading adjusts it",
    ),
    chart: {
      kind: "forest",
      level: analysis.level,
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
    const places = placesOf(shared, effect);
    if (!Number.isFinite(reading.estimate)) return `${where} could not be estimated`;
    return reading.point.state === "estimated"
      ? `${where} ${printNumber(reading.estimate, places)} (${printNumber(reading.point.low, places)} to ${printNumber(reading.point.high, places)})`
      : `${where} ${printNumber(reading.estimate, places)} without an interval`;
  });
  return `Forest plot of differences with ${intervalLabel(shared)}s around zero: ${said.join("; ")}.`;
}

function precisionExhibit(shared: Shared): Exhibit {
  const { analysis, effects } = shared;
  const rows = effects.flatMap((effect) =>
    effect.readings.map((reading): ExhibitRow => {
      const places = placesOf(shared, effect);
      const reason = notEstimable(reading);
      const point = reading.point.state === "estimated" ? reading.point : undefined;
      const { wild } = reading;
      const wildReason = wild?.state === "not estimable" ? wild.reason : withoutBootstrap(analysis, reading);
      return {
        id: `${rowId(shared, effect)}-${readingSlug(reading.contrast)}`,
        cells: {
          outcome: text(`${labelOf(shared, effect)}, ${yearOf(shared, effect)}, ${readingName(reading.contrast)}`),
          se: number(point?.se, places + 1, reason),
          df: number(point?.df, 1, reason),
          hc2: number(reading.unclustered?.se, places + 1, reason),
          clusters: number(reading.base.treatedClusters, 0),
          effective: number(reading.base.effectiveTreatedClusters, 1),
          wildP: wild?.state === "estimated" ? pValue(wild.p) : nothing(wildReason),
          wildInterval: wild?.state === "estimated" ? interval(wild.low, wild.high, places) : nothing(wildReason),
          detectable: number(reading.detectable, places, reason),
          lostTreated: count(reading.base.lostTreated),
          lostComparison: count(reading.base.lostComparison),
          incompleteTreated: count(reading.base.incompleteTreated),
          incompleteComparison: count(reading.base.incompleteComparison),
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
      right("lostTreated", "Programme without result"),
      right("lostComparison", "Comparison without result"),
      right("incompleteTreated", "Programme without baseline"),
      right("incompleteComparison", "Comparison without baseline"),
    ],
    rows: withUniqueIds(rows),
    notes: [
      "Clusters in effect: (Σn)² / Σn² over programme clusters. SE without clusters (HC2) is shown only to show the difference clustering makes.",
      ...(draws === undefined
        ? []
        : [
            `Bootstrap: restricted wild cluster bootstrap, Webb weights, ${draws} draws, interval by inversion; shown below 20 programme clusters or 20 degrees of freedom.`,
          ]),
      `Detectable: the smallest effect this analysis could have detected (80% power, two-sided ${levelInWords(alphaOf(analysis.level))}), (t(.8) + t(${upperTail(analysis.level)})) × SE. It is never a reason to dismiss an interval.`,
      `Without result: matched programme and comparison ${shared.noun}s without a value in that year (outcome attrition); outcomes are never imputed. Without baseline: those with a result that lack a value the reading needs.`,
    ],
    about: aboutAnalysis(shared, "Standard error, degrees of freedom and clusters behind each difference"),
  };
}

/** The share below the upper end of an interval: `.975` at 95%. */
const upperTail = (level: number): string => String(roundHalfUp((1 + level) / 2, 6)).replace(/^0/, "");

/** Why no bootstrap stands beside a reading that none was made for. */
function withoutBootstrap(analysis: AnalysisDeclaration, reading: Effect): string {
  if (analysis.fewClusters === "none") return "left out by the protocol";
  if (analysis.errors === "HC2" || analysis.errors === "model") return `${analysis.errors} errors know no clusters`;
  return notEstimable(reading) ?? "clusters are not few";
}
