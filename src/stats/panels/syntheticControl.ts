import { Matrix } from "#math";
import type { NotEstimable } from "../common/notEstimable.ts";
import { type PanelRows, panelOf } from "./panel.ts";
import { simplexWeights } from "./simplexWeights.ts";

/** One unit, or the mean of several, against its synthetic counterpart. */
export interface SyntheticPath {
  /** Gap to the counterpart in each period. */
  readonly gaps: Float64Array;
  /** Weight of each comparison unit, in the order of `donors`. */
  readonly weights: Float64Array;
  /** Root mean square of the gaps before and after the start. */
  readonly before: number;
  readonly after: number;
}

export type SyntheticControl =
  | ({
      readonly state: "estimated";
      /** Numbers of the comparison units. */
      readonly donors: Int32Array;
      /** Mean gap after the start. */
      readonly effect: number;
      /**
       * Share of all units, the treated among them, whose gap grows by as large a factor when each is put in the place of the
       * treated. With few comparison units it cannot be small: the least is 1/(donors + 1).
       */
      readonly placeboP: number;
      /** After over before, the treated first. */
      readonly ratios: Float64Array;
    } & SyntheticPath)
  | NotEstimable;

/**
 * Synthetic control: comparison units weighted so that before the start their mean runs as near to the treated as it can;
 * the gap after it is the effect. Several treated units are taken as their mean.
 *
 * Placebo in space: each comparison unit in turn is taken for treated. Without an allocation by lot this is a check, not a
 * test of significance.
 *
 * @param treated  Numbers of the treated units.
 * @param start    First period under treatment.
 *
 * Source: Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association 105(490); outcomes of all
 * earlier periods as predictors, weighted alike.
 */
export function syntheticControl({
  rows,
  treated,
  start,
}: {
  readonly rows: PanelRows;
  readonly treated: readonly number[];
  readonly start: number;
}): SyntheticControl {
  const { outcomes, units, periods } = panelOf(rows);
  if (treated.length === 0) return { state: "not estimable", reason: "there is no treated unit" };
  if (!(start >= 1 && start < periods)) {
    return { state: "not estimable", reason: `period ${start} as start leaves nothing before or after it` };
  }
  const isComplete = (unit: number): boolean => {
    for (let period = 0; period < periods; period++) if (Number.isNaN(outcomes.get(unit, period))) return false;
    return true;
  };
  const gap = treated.find((unit) => !isComplete(unit));
  if (gap !== undefined)
    return { state: "not estimable", reason: `treated unit ${gap} has a period without an outcome` };
  const donors = Array.from({ length: units }, (_, unit) => unit).filter(
    (unit) => !treated.includes(unit) && isComplete(unit),
  );
  if (donors.length < 2)
    return { state: "not estimable", reason: `${donors.length} complete comparison units: two are needed` };
  const pathOf = (unit: number): Float64Array =>
    Float64Array.from({ length: periods }, (_, period) => outcomes.get(unit, period));
  const paths = donors.map(pathOf);
  const own = new Float64Array(periods);
  for (const unit of treated)
    for (const [period, value] of pathOf(unit).entries()) own[period] += value / treated.length;

  const treatedPath = against(own, paths, start);
  const placebos = paths.map((path, i) => against(path, [...paths.slice(0, i), ...paths.slice(i + 1)], start));
  const ratioOf = ({ before, after }: SyntheticPath): number =>
    before > 0 ? after / before : Number.POSITIVE_INFINITY;
  const ratios = Float64Array.from([treatedPath, ...placebos], ratioOf);
  const asLarge = ratios.filter((ratio) => ratio >= ratios[0]).length;
  let effect = 0;
  for (let period = start; period < periods; period++) effect += treatedPath.gaps[period] / (periods - start);
  return {
    state: "estimated",
    donors: Int32Array.from(donors),
    effect,
    placeboP: asLarge / ratios.length,
    ratios,
    ...treatedPath,
  };
}

function against(own: Float64Array, donors: readonly Float64Array[], start: number): SyntheticPath {
  const weights = simplexWeights(
    Matrix.fromColumns(donors.map((path) => path.subarray(0, start))),
    own.slice(0, start),
  );
  const gaps = own.map((value, period) => value - donors.reduce((sum, path, j) => sum + weights[j] * path[period], 0));
  const rootMean = (values: Float64Array): number =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  return { gaps, weights, before: rootMean(gaps.subarray(0, start)), after: rootMean(gaps.subarray(start)) };
}
