import type { ComparisonSample } from "#design";
import { printHorizon } from "#domain";
import type { Effect, OutcomeEffect } from "#estimation";
import type { AnalysisDeclaration, Study } from "#protocol";
import { aboutComparison, slug } from "./aboutComparison.ts";
import type { ExhibitAbout } from "./exhibit.ts";
import { levelInWords, placesForSe } from "./print.ts";
import { readingName } from "./readingNames.ts";

/** What every table of one analysis is made from. */
export interface Shared {
  readonly study: Study;
  readonly analysis: AnalysisDeclaration;
  readonly effects: readonly OutcomeEffect[];
  readonly sample: ComparisonSample;
  readonly noun: string;
}

export const yearOf = (shared: Shared, effect: OutcomeEffect): string =>
  printHorizon(effect.horizon, shared.study.about.yearName);
export const labelOf = (shared: Shared, effect: OutcomeEffect): string =>
  shared.study.outcomes.get(effect.outcome)!.label;
export const measureOf = (shared: Shared, effect: OutcomeEffect): string =>
  shared.study.outcomes.get(effect.outcome)!.measure;
export const rowId = (shared: Shared, effect: OutcomeEffect): string =>
  slug(`${effect.outcome} ${yearOf(shared, effect)}`);

/** Decimals for one outcome in all years of an analysis: enough for two figures of its smallest standard error. */
export function placesOf(shared: Shared, { outcome }: OutcomeEffect): number {
  const declared = shared.effects.filter((effect) => effect.outcome === outcome).map((effect) => effect.readings[0]!);
  const errors = declared.map(({ point, unclustered }) => (point.state === "estimated" ? point.se : unclustered?.se));
  return Math.max(...errors.map(placesForSe));
}

/** What `assay trace` answers about a table of an analysis. */
export function aboutAnalysis(shared: Shared, definition: string, model = modelInWords(shared)): ExhibitAbout {
  const { study, analysis, sample } = shared;
  const about = aboutComparison(study, sample, definition, model);
  const where = analysis.where === undefined ? [] : [`analysed where ${analysis.where.text}`];
  return { ...about, filters: [...about.filters, ...where], set: `${about.set}, analysis ${analysis.id}` };
}

/** The regression behind each reading that is shown, with its weights, errors and clusters. */
function modelInWords(shared: Shared): string {
  const { analysis } = shared;
  const weights =
    typeof analysis.weights === "string" ? analysis.weights : `matching × ${analysis.weights.column} at baseline`;
  const clusters = analysis.clusters.length === 0 ? `each ${shared.noun}` : clustersInWords(analysis.clusters);
  const covariates =
    analysis.adjustFor === "none" || analysis.adjustFor === "matchingCovariates"
      ? { none: "no covariates", matchingCovariates: "all matching covariates" }[analysis.adjustFor]
      : analysis.adjustFor.map((covariate) => covariate.name).join(", ");
  const readings = new Set(shared.effects.flatMap((effect) => effect.readings.map((reading) => reading.contrast)));
  const terms = [...readings].map((contrast) => `${readingName(contrast)}: ${TERMS[contrast](covariates)}`);
  if (analysis.difference !== undefined) {
    const { random } = analysis.difference;
    const intercepts = random === "school" ? "school intercepts" : "school and school-by-year intercepts";
    return `logistic mixed model of people in schools over years (${terms.join("; ")}${analysis.yearEffects ? ", calendar year" : ""}) with ${intercepts}, by Laplace's method, schools unweighted; the effect on the treated is their rate less the one without the product terms, integrated over the intercepts`;
  }
  if (analysis.model === "logistic") {
    return `logistic regression on treatment (${terms.join("; ")}${analysis.yearEffects ? ", baseline year" : ""}), weights: ${weights}; difference of standardised rates by the delta method, ${analysis.errors} errors clustered by ${clusters}`;
  }
  return `linear regression on treatment (${terms.join("; ")}), weights: ${weights}, ${analysis.errors} errors clustered by ${clusters}`;
}

/** What each reading has in the model beside treatment. */
const TERMS: Readonly<Record<Effect["contrast"], (covariates: string) => string>> = {
  adjustedForBaseline: (covariates) => `baseline value and ${covariates}`,
  change: () => "outcome minus baseline value, no covariates",
  difference: (covariates) => covariates,
  differenceInDifferences: (covariates) => `year from the start, its product with treatment, and ${covariates}`,
};

/** Why a reading has no interval, or undefined where it has one. */
export const notEstimable = (reading: Effect): string | undefined =>
  reading.point.state === "not estimable" ? reading.point.reason : undefined;

/** Columns of clusters in words; the matched set is no column. */
function clustersInWords(columns: readonly string[]): string {
  return columns.map((column) => (column === "set" ? "matched set" : column)).join(" and ");
}

/** The head of a column of intervals, at the level of the analysis: `95% interval`. */
export const intervalLabel = ({ analysis }: Shared): string => `${levelInWords(analysis.level)} interval`;
