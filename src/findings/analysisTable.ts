import type { ComparisonSample } from "#design";
import { printAcademicYear } from "#domain";
import type { Effect, OutcomeEffect } from "#estimation";
import type { AnalysisDeclaration, Study } from "#protocol";
import { aboutComparison, slug } from "./aboutComparison.ts";
import type { ExhibitAbout } from "./exhibit.ts";
import { levelInWords, placesForSe } from "./print.ts";

/** What every table of one analysis is made from. */
export interface Shared {
  readonly study: Study;
  readonly analysis: AnalysisDeclaration;
  readonly effects: readonly OutcomeEffect[];
  readonly sample: ComparisonSample;
  readonly noun: string;
}

export const yearOf = (shared: Shared, effect: OutcomeEffect): string =>
  printAcademicYear(effect.horizon, shared.study.about.yearName);
export const labelOf = (shared: Shared, effect: OutcomeEffect): string =>
  shared.study.outcomes.get(effect.outcome)!.label;
export const measureOf = (shared: Shared, effect: OutcomeEffect): string =>
  shared.study.outcomes.get(effect.outcome)!.measure;
export const rowId = (shared: Shared, effect: OutcomeEffect): string =>
  slug(`${effect.outcome} ${yearOf(shared, effect)}`);

/** Decimals for one outcome and year: enough for two figures of its standard error. */
export function placesOf(effect: OutcomeEffect): number {
  const { point, unclustered } = effect.readings[0]!;
  return placesForSe(point.state === "estimated" ? point.se : unclustered?.se);
}

/** What `assay trace` answers about a table of an analysis. */
export function aboutAnalysis(shared: Shared, definition: string): ExhibitAbout {
  const { study, analysis, sample } = shared;
  const weights =
    typeof analysis.weights === "string" ? analysis.weights : `matching × ${analysis.weights.column} at baseline`;
  const clusters = analysis.clusters.length === 0 ? `each ${shared.noun}` : clustersInWords(analysis.clusters);
  const adjust =
    analysis.adjustFor === "none" || analysis.adjustFor === "matchingCovariates"
      ? { none: "no covariates", matchingCovariates: "all matching covariates" }[analysis.adjustFor]
      : analysis.adjustFor.map((covariate) => covariate.name).join(", ");
  const model = `linear regression, ${adjust}, weights: ${weights}, ${analysis.errors} errors clustered by ${clusters}`;
  const about = aboutComparison(study, sample, definition, model);
  const where = analysis.where === undefined ? [] : [`analysed where ${analysis.where.text}`];
  return { ...about, filters: [...about.filters, ...where], set: `${about.set}, analysis ${analysis.id}` };
}

/** Why a reading has no interval, or undefined where it has one. */
export const notEstimable = (reading: Effect): string | undefined =>
  reading.point.state === "not estimable" ? reading.point.reason : undefined;

/** Columns of clusters in words; the matched set is no column. */
function clustersInWords(columns: readonly string[]): string {
  return columns.map((column) => (column === "set" ? "matched set" : column)).join(" and ");
}

/** The head of a column of intervals, at the level of the analysis: `95% interval`. */
export const intervalLabel = ({ analysis }: Shared): string => `${levelInWords(analysis.level)} interval`;
