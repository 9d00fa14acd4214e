import { clusterLabel, type Safety } from "#disclosure";
import { printHorizon } from "#domain";
import type { Effect, Estimable, Interval, OutcomeEffect, SensitivityRow } from "#estimation";
import { clusterLeftOut, isFew } from "#findings";
import type { Study } from "#protocol";
import type { Result } from "#report";
import type { EstimatedStudy } from "./estimateStudy.ts";

/**
 * Every effect, sensitivity and specification as plain numbers at full precision. Under the disclosure rules a result that
 * rests on few units keeps its name and the reason why it has no figures, and a cluster left out its number.
 */
export function resultsOf(
  study: Study,
  estimated: EstimatedStudy,
  safetyOf: (comparison: string) => Safety,
): readonly Result[] {
  return [
    ...estimated.effects.flatMap((effect) =>
      effect.readings.map((reading) => protect(ofReading(study, effect, reading), study.disclosure.minimum)),
    ),
    ...[...estimated.sensitivity, ...estimated.curves].map((row) =>
      protect(ofRow(study, row, safetyOf), study.disclosure.minimum, unitsLeftOut(row)),
    ),
  ];
}

/** How many programme units a row leaves out with a cluster: the declared result minus the row gives them away. */
const unitsLeftOut = ({ leftOut, declaredBase, base }: SensitivityRow): number | undefined =>
  leftOut === undefined ? undefined : declaredBase.treated - base.treated;

/**
 * The result without its figures where one of its groups, or the cluster it leaves out, is too small to be shown. Groups
 * without a cluster go uncounted, since their sizes add up to those of every cluster.
 */
function protect(result: Result, minimum: number, leftOut?: number): Result {
  if (
    [result.treated, result.comparisonUnits, leftOut].every((units) => units === undefined || !isFew(units, minimum))
  ) {
    if (minimum === 0 || leftOut === undefined) return result;
    const { treated: _treated, comparisonUnits: _comparisonUnits, ...uncounted } = result;
    return uncounted;
  }
  const { analysis, comparison, specification, outcome, horizon, reading, isDeclared, role, changed } = result;
  const named = { analysis, comparison, specification, outcome, horizon, reading, isDeclared, role };
  return {
    ...named,
    ...(changed !== undefined && { changed }),
    reason: `withheld: it rests on, or leaves out, fewer than ${minimum} units of one group`,
  };
}

/** Leaves out what is undefined or not a number. */
function known<T extends Record<string, number | string | boolean | undefined>>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && !Number.isNaN(value)),
  ) as Partial<T>;
}

function ofReading(study: Study, effect: OutcomeEffect, reading: Effect): Result {
  const point = intervalOrNone(reading.point);
  const { base } = reading;
  return {
    analysis: effect.analysis,
    comparison: effect.comparison,
    specification: effect.specification,
    outcome: effect.outcome,
    horizon: printHorizon(effect.horizon, study.about.yearName),
    reading: reading.contrast,
    isDeclared: reading.isDeclared,
    role: effect.role,
    ...known({
      treated: base.treated,
      comparisonUnits: base.comparison,
      estimate: reading.estimate,
      ...ratesOf(effect, reading),
      se: point?.se,
      df: point?.df,
      p: point?.p,
      low: point?.low,
      high: point?.high,
      seWithoutClusters: reading.unclustered?.se,
      treatedClusters: base.treatedClusters,
      effectiveTreatedClusters: base.effectiveTreatedClusters,
      bootstrapP: reading.wild?.state === "estimated" ? reading.wild.p : undefined,
      reason: reading.point.state === "not estimable" ? reading.point.reason : undefined,
    }),
  };
}

/** Rates and odds ratio behind a difference, where a logistic model stands behind it. */
function ratesOf(
  { yearly, horizon }: OutcomeEffect,
  { rates }: Effect,
): Pick<Result, "treatedRate" | "comparisonRate" | "oddsRatio" | "oddsRatioLow" | "oddsRatioHigh"> {
  const year = yearly?.years.find(({ period }) => period === horizon);
  const odds =
    yearly?.readings.find(({ period }) => period === horizon)?.oddsRatio ??
    (rates?.oddsRatio.state === "estimated" ? rates.oddsRatio : undefined);
  return {
    treatedRate: rates?.treated ?? year?.treated,
    comparisonRate: rates?.comparison ?? year?.comparison,
    oddsRatio: odds?.ratio,
    oddsRatioLow: odds?.low,
    oddsRatioHigh: odds?.high,
  };
}

function ofRow(study: Study, row: SensitivityRow, safetyOf: (comparison: string) => Safety): Result {
  const analysis = study.analyses.get(row.analysis)!;
  const cluster = clusterLeftOut(analysis, row);
  const point = intervalOrNone(row.point);
  return {
    analysis: row.analysis,
    comparison: analysis.comparison,
    specification: row.sensitivity,
    outcome: row.outcome,
    horizon: printHorizon(row.horizon, study.about.yearName),
    reading: analysis.contrast,
    isDeclared: false,
    role: "sensitivity",
    changed: cluster === undefined ? row.changed : clusterLabel(cluster, safetyOf(analysis.comparison)),
    ...known({
      treated: row.base.treated,
      comparisonUnits: row.base.comparison,
      estimate: point?.estimate,
      se: point?.se,
      df: point?.df,
      p: point?.p,
      low: point?.low,
      high: point?.high,
      treatedClusters: row.base.treatedClusters,
      effectiveTreatedClusters: row.base.effectiveTreatedClusters,
      reason: row.point.state === "not estimable" ? row.point.reason : undefined,
    }),
  };
}

/** The interval of an estimate, or undefined where there is none. */
const intervalOrNone = (point: Estimable<Interval>): Interval | undefined =>
  point.state === "estimated" ? point : undefined;
