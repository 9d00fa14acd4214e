import { Matrix } from "#math";
import type { Interval } from "../common/interval.ts";
import type { NotEstimable } from "../common/notEstimable.ts";
import { type JointTest, jointTest, testContrast } from "../regression/contrastTests.ts";
import { fitLinear } from "../regression/linearFit.ts";
import { type CovarianceKind, coefficientCovariance, robustCovariance } from "../regression/robustCovariance.ts";
import { type PanelRows, panelOf } from "./panel.ts";

/** Treated less comparison in one period, measured from the baseline period. */
export interface PeriodEffect extends Interval {
  readonly period: number;
}

export type PanelEventStudy =
  | {
      readonly state: "estimated";
      /** One per period but the baseline, in order of time. */
      readonly effects: readonly PeriodEffect[];
      /** Covariance of the effects, in the same order. */
      readonly covariance: Matrix;
      /** Whether all effects before the start are 0; absent when there are none or they cannot be tested. */
      readonly before?: JointTest;
    }
  | NotEstimable;

/**
 * Event study for one common start: least squares with an effect for every unit and every period and one of treatment in
 * each period but the baseline. Unit effects are taken out by subtracting each unit's mean.
 *
 * @param treated   0 or 1 for each unit.
 * @param start     First period under treatment.
 * @param baseline  Period all are measured from, before the start; the last before it when left out.
 * @param weights   One per unit; all alike when left out.
 * @param clusters  One array per level, a cluster number for each unit; units themselves when left out.
 * @throws RangeError  the baseline is no period before the start.
 *
 * Source: Freyaldenhoven, Hansen and Shapiro (2019), American Economic Review 109(9), for the form; standard errors as in
 * `robustCovariance`.
 */
export function panelEventStudy({
  rows,
  treated,
  start,
  baseline = start - 1,
  weights,
  clusters = [],
  kind = "CR2",
  level,
}: {
  readonly rows: PanelRows;
  readonly treated: ArrayLike<number>;
  readonly start: number;
  readonly baseline?: number;
  readonly weights?: Float64Array;
  readonly clusters?: readonly Int32Array[];
  readonly kind?: CovarianceKind;
  readonly level: number;
}): PanelEventStudy {
  const { outcomes, units, periods } = panelOf(rows);
  if (!(baseline >= 0 && baseline < start))
    throw new RangeError(`baseline ${baseline} is no period before the start ${start}`);
  const arms = Array.from({ length: units }, (_, unit) => treated[unit]);
  if (!arms.includes(1) || !arms.includes(0)) {
    return {
      state: "not estimable",
      reason: arms.includes(1) ? "there is no comparison unit" : "there is no treated unit",
    };
  }
  const places: { unit: number; period: number }[] = [];
  for (let unit = 0; unit < units; unit++) {
    for (let period = 0; period < periods; period++) {
      if (!Number.isNaN(outcomes.get(unit, period)) && (weights?.[unit] ?? 1) > 0) places.push({ unit, period });
    }
  }
  const others = Array.from({ length: periods }, (_, period) => period).filter((period) => period !== baseline);
  const inPeriod = (wanted: number) => Float64Array.from(places, ({ period }) => Number(period === wanted));
  const columns = [
    ...others.map(inPeriod),
    ...others.map((period) => inPeriod(period).map((is, i) => is * arms[places[i].unit])),
  ];
  const unitOf = Int32Array.from(places, ({ unit }) => unit);
  const y = Float64Array.from(places, ({ unit, period }) => outcomes.get(unit, period));
  const fit = fitLinear({
    y: withoutMeans(y, unitOf, units),
    x: Matrix.fromColumns(columns.map((column) => withoutMeans(column, unitOf, units))),
    names: [...others.map((period) => `period ${period}`), ...others.map((period) => `treated ${period}`)],
    weights: Float64Array.from(places, ({ unit }) => weights?.[unit] ?? 1),
  });
  const lost = fit.dropped.filter((name) => name.startsWith("treated"));
  if (lost.length > 0) {
    return {
      state: "not estimable",
      reason: `no effect can be told for ${lost.join(", ")}: one arm has no observation there`,
    };
  }
  const levels = clusters.length === 0 ? [Int32Array.from({ length: units }, (_, unit) => unit)] : clusters;
  const codes = levels.map((numbers) => unitOf.map((unit) => numbers[unit]));
  const covariance = robustCovariance(fit, { kind, clusters: codes });
  const contrast = (period: number): Float64Array =>
    Float64Array.from(fit.names, (name) => Number(name === `treated ${period}`));
  const effects = others.map((period) => ({ period, ...testContrast(fit, covariance, contrast(period), { level }) }));
  if (effects.some(({ df }) => !(df > 0)))
    return { state: "not estimable", reason: "the clusters leave nothing to estimate an uncertainty from" };
  const earlier = others.filter((period) => period < start);
  const before = earlier.length === 0 ? undefined : jointTest(fit, covariance, rowsOfContrasts(earlier.map(contrast)));
  const whole = coefficientCovariance(fit, covariance.v);
  const place = others.map((period) => fit.kept.indexOf(fit.names.indexOf(`treated ${period}`)));
  const own = new Matrix(place.length, place.length);
  for (const [j, b] of place.entries()) for (const [i, a] of place.entries()) own.set(i, j, whole.get(a, b));
  return { state: "estimated", effects, covariance: own, ...(before === undefined ? {} : { before }) };
}

function withoutMeans(values: Float64Array, unitOf: Int32Array, units: number): Float64Array {
  const sums = new Float64Array(units);
  const counts = new Float64Array(units);
  for (let i = 0; i < values.length; i++) {
    sums[unitOf[i]] += values[i];
    counts[unitOf[i]]++;
  }
  return values.map((value, i) => value - sums[unitOf[i]] / counts[unitOf[i]]);
}

function rowsOfContrasts(rows: readonly Float64Array[]): Matrix {
  const result = new Matrix(rows.length, rows[0].length);
  for (const [i, row] of rows.entries()) for (let j = 0; j < row.length; j++) result.set(i, j, row[j]);
  return result;
}
