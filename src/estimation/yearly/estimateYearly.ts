import type { UnitTable } from "#linkage";
import type { AnalysisDeclaration, OutcomeDeclaration, Study } from "#protocol";
import { type Interval, Matrix, smallestDetectable, tInterval, type WaldTest, waldTest } from "#stats";
import { alphaOf } from "../alpha.ts";
import { type Effect, type EffectBase, type Estimable, type OutcomeEffect, roleOf } from "../effect.ts";
import { aboveFloor } from "../floor.ts";
import type { OpenSample } from "../sample.ts";
import { fitYearly, inPoints, type YearlyModel } from "./yearlyModel.ts";
import { type YearlyRow, yearlyRows } from "./yearlyRows.ts";

/** Rates by year from the start, and the readings of the effect beside the primary one. */
export interface YearlyDetail {
  /** In percent; the difference in percentage points. Everybody predicted with and without treatment in each period. */
  readonly years: readonly {
    readonly period: number;
    readonly treated: number;
    readonly comparison: number;
    readonly difference: number;
  }[];
  readonly readings: readonly YearlyReading[];
  readonly preTrend: WaldTest | undefined;
  /** Standard deviations of the intercepts on the log-odds scale. */
  readonly spreads: readonly { readonly group: string; readonly sd: number }[];
  /** Variance of school-by-year intercepts that the model leaves out, where it was asked to. */
  readonly omitted: number | undefined;
  readonly hasCalendar: boolean;
  /** The gap between the groups in each period on the log-odds scale, with the covariance of the gaps. */
  readonly gaps: YearlyGaps;
  readonly treatedRows: number;
  readonly comparisonRows: number;
  readonly cautions: readonly string[];
}

export interface YearlyGaps {
  readonly periods: readonly number[];
  readonly estimates: Float64Array;
  readonly covariance: Matrix;
  readonly level: number;
}

/** The three readings of the effect in one period (methods, section 8). */
export interface YearlyReading {
  readonly period: number;
  /** Primary: treated schools, their rate less the one without the interaction terms (Puhani). */
  readonly onTreated: Interval | undefined;
  /** The difference of standardised rates less the mean difference before the start. */
  readonly standardised: Interval;
  /** At random effects of 0 and at their modes, beside the integrated one. */
  readonly atZero: number;
  readonly atModes: number;
  readonly oddsRatio: { readonly ratio: number; readonly low: number; readonly high: number; readonly p: number };
  /** Whether the readings point in different directions. */
  readonly signsDiffer: boolean;
}

/**
 * A difference in differences over years from the start for every outcome of an analysis: one effect for each year after
 * it, with the yearly rates and the other readings behind it.
 * @param table  The people behind the matched units, all years readable.
 */
export function estimateYearly(
  study: Study,
  analysis: AnalysisDeclaration,
  open: OpenSample,
  table: UnitTable,
): readonly OutcomeEffect[] {
  return analysis.outcomes.flatMap((id) => yearlyEffects(analysis, study.outcomes.get(id)!, open, table));
}

function yearlyEffects(
  analysis: AnalysisDeclaration,
  outcome: OutcomeDeclaration,
  open: OpenSample,
  table: UnitTable,
): readonly OutcomeEffect[] {
  const difference = analysis.difference!;
  const rows = yearlyRows(open, table, outcome.rule!, difference);
  const covariates = analysis.adjustFor === "none" ? [] : open.draws[0]!.covariates;
  const base = baseOf(rows);
  const model = emptyReason(base) ?? fitYearly(rows, covariates, difference, analysis.yearEffects);
  const detail = model.state === "fitted" ? detailOf(model, rows, analysis.level) : undefined;
  return analysis.horizons.map((horizon): OutcomeEffect => {
    const reading = detail?.readings.find(({ period }) => period === horizon);
    return {
      analysis: analysis.id,
      comparison: open.sample.comparison.id,
      specification: open.specification,
      outcome: outcome.id,
      horizon,
      isPrimaryHorizon: horizon === analysis.primaryHorizon,
      role: roleOf(outcome, analysis, horizon),
      readings: [effectOf(analysis, model.state === "fitted" ? undefined : model.reason, reading, base)],
      adjustedP: undefined,
      adjustment: "none",
      means: {
        treatedBefore: Number.NaN,
        treatedAfter: Number.NaN,
        comparisonBefore: Number.NaN,
        comparisonAfter: Number.NaN,
      },
      standardised: undefined,
      byCluster: [],
      clusterMeans: undefined,
      subgroups: [],
      hiddenBias: undefined,
      rowKeys: [],
      ...(detail !== undefined && { yearly: detail }),
    };
  });
}

function effectOf(
  analysis: AnalysisDeclaration,
  reason: string | undefined,
  reading: YearlyReading | undefined,
  base: EffectBase,
): Effect {
  const shared = {
    contrast: "differenceInDifferences",
    isDeclared: true,
    base,
    errors: "model",
    unclustered: undefined,
    wild: undefined,
    imputations: 1,
  } as const;
  const interval = reading?.onTreated;
  if (interval === undefined) {
    const why =
      reason ?? "no programme school has people in that year and the next, so there is no such year in the data";
    return { ...shared, point: { state: "not estimable", reason: why }, estimate: Number.NaN, detectable: undefined };
  }
  // Schools are the clusters; the normal distribution serves a likelihood.
  const point: Estimable<Interval> = aboveFloor(interval, base, 0);
  return {
    ...shared,
    point,
    estimate: interval.estimate,
    detectable:
      point.state === "estimated" ? smallestDetectable(interval.se, interval.df, alphaOf(analysis.level)) : undefined,
  };
}

function baseOf(rows: readonly YearlyRow[]): EffectBase {
  const schools = [new Set<string>(), new Set<string>()];
  for (const { isTreated, school } of rows) schools[Number(isTreated)]!.add(school);
  const [comparison, treated] = schools.map((own) => own.size) as [number, number];
  return {
    treated,
    comparison,
    effectiveComparison: comparison,
    treatedClusters: treated,
    comparisonClusters: comparison,
    effectiveTreatedClusters: treated,
    lostTreated: 0,
    lostComparison: 0,
    incompleteTreated: 0,
    incompleteComparison: 0,
  };
}

function emptyReason(base: EffectBase): { readonly state: "not estimable"; readonly reason: string } | undefined {
  if (base.treated === 0) return { state: "not estimable", reason: "no programme school has people in these years" };
  if (base.comparison === 0)
    return { state: "not estimable", reason: "no comparison school has people in these years" };
  return undefined;
}

function detailOf(model: YearlyModel, rows: readonly YearlyRow[], level: number): YearlyDetail {
  const { readings, fit } = model;
  const people = (isTreated: boolean) =>
    rows.reduce((sum, row) => sum + (row.isTreated === isTreated ? row.all : 0), 0);
  return {
    years: readings.periods.map(({ period, treated, untreated, effect }) => ({
      period: Number(period),
      treated: 100 * treated.integrated,
      comparison: 100 * untreated.integrated,
      difference: 100 * effect.integrated,
    })),
    readings: readings.differences.map((own): YearlyReading => {
      const standardised = inPoints(own.probability);
      const onTreated = own.onTreated === undefined ? undefined : inPoints(own.onTreated);
      const signs = [standardised.estimate, onTreated?.estimate ?? 0, own.logOdds.estimate].filter(
        (value) => value !== 0,
      );
      return {
        period: Number(own.period),
        onTreated:
          onTreated === undefined
            ? undefined
            : tInterval(onTreated.estimate, onTreated.se, Number.POSITIVE_INFINITY, level),
        standardised: tInterval(standardised.estimate, standardised.se, Number.POSITIVE_INFINITY, level),
        atZero: 100 * own.probability.zero,
        atModes: 100 * own.probability.modes,
        oddsRatio: oddsRatio(own.logOdds, level),
        signsDiffer: new Set(signs.map(Math.sign)).size > 1,
      };
    }),
    preTrend: preTrendOf(model, level),
    spreads: fit.variances.map((variance, i) => ({
      group: fit.effects[i]!.group,
      sd: Math.sqrt(variance.covariance.get(0, 0)),
    })),
    omitted: model.omitted,
    hasCalendar: model.hasCalendar,
    gaps: gapsOf(model, level),
    treatedRows: people(true),
    comparisonRows: people(false),
    cautions: fit.cautions,
  };
}

function oddsRatio(
  { estimate, se }: { readonly estimate: number; readonly se: number },
  level: number,
): YearlyReading["oddsRatio"] {
  const { low, high, p } = tInterval(estimate, se, Number.POSITIVE_INFINITY, level);
  return { ratio: Math.exp(estimate), low: Math.exp(low), high: Math.exp(high), p };
}

/** The gap of each period: the main effect of treatment and its product with the period, the first of which has none. */
function gapsOf({ fit, periods }: YearlyModel, level: number): YearlyGaps {
  const main = fit.names.indexOf("treated");
  const columns = periods.map((period) => {
    const product = fit.names.indexOf(`treated:period${period}`);
    return product < 0 ? [main] : [main, product];
  });
  const covariance = new Matrix(periods.length, periods.length);
  for (const [a, left] of columns.entries()) {
    for (const [b, right] of columns.entries()) {
      let sum = 0;
      for (const i of left) for (const j of right) sum += fit.covariance.get(i, j);
      covariance.set(a, b, sum);
    }
  }
  const estimates = Float64Array.from(columns, (own) => own.reduce((sum, column) => sum + fit.beta[column]!, 0));
  return { periods, estimates, covariance, level };
}

/** One test that the gap between the groups was the same in every period before the start, on the log-odds scale. */
function preTrendOf(model: YearlyModel, level: number): YearlyDetail["preTrend"] {
  const { periods, estimates, covariance } = gapsOf(model, level);
  const before = [...periods.keys()].filter((i) => periods[i]! < 0);
  const [first, ...others] = before;
  if (others.length === 0) return undefined;
  const steps = Float64Array.from(others, (i) => estimates[i]! - estimates[first!]!);
  const v = new Matrix(others.length, others.length);
  for (const [a, i] of others.entries()) {
    for (const [b, j] of others.entries())
      v.set(
        a,
        b,
        covariance.get(i, j) - covariance.get(i, first!) - covariance.get(first!, j) + covariance.get(first!, first!),
      );
  }
  return waldTest(steps, v);
}
