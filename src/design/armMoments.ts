import { weightedMoments } from "#stats";
import type { CodeColumn } from "#table";
import { type CovariateColumn, occurringLevels } from "./covariates.ts";

/** Mean, variance and count of one covariate column in one arm. */
export interface ArmMoments {
  readonly mean: number;
  readonly variance: number;
  readonly n: number;
}

export interface MomentsByArm {
  readonly treated: ArmMoments;
  readonly comparison: ArmMoments;
}

/** The rows of one arm that have a weight. */
interface ArmRows {
  readonly rows: Int32Array;
  readonly weights: Float64Array;
}

/** Who counts in a balance table, arm by arm. */
export interface Arms {
  readonly treated: ArmRows;
  readonly comparison: ArmRows;
}

/** The rows of weight above 0, by arm. */
export function armsOf(treated: Uint8Array, weights: Float64Array): Arms {
  const rowsOf = (arm: 0 | 1): ArmRows => {
    const rows = new Int32Array(treated.length);
    let count = 0;
    for (let row = 0; row < treated.length; row++) if (treated[row] === arm && weights[row] !== 0) rows[count++] = row;
    const own = new Float64Array(count);
    for (let i = 0; i < count; i++) own[i] = weights[rows[i]!]!;
    return { rows: rows.slice(0, count), weights: own };
  };
  return { treated: rowsOf(1), comparison: rowsOf(0) };
}

/**
 * Moments of a covariate in each arm: of a number, or of every level of a category that occurs, as a 0/1 column. A level
 * is added up by code: no column of 0s and 1s is made. Rows without a value count nowhere.
 */
export function momentsOf({ column }: CovariateColumn, arms: Arms): readonly MomentsByArm[] {
  if (column.kind === "number") {
    const isBinary = isYesOrNo(column.values);
    const of = (arm: ArmRows) => numberMoments(column.values, arm, isBinary);
    return [{ treated: of(arms.treated), comparison: of(arms.comparison) }];
  }
  const treated = levelMoments(column, arms.treated);
  const comparison = levelMoments(column, arms.comparison);
  return occurringLevels(column).map((code) => ({ treated: treated[code]!, comparison: comparison[code]! }));
}

/** Whether a number is a share: 0 or 1 wherever it has a value. */
export function isYesOrNo(values: Float64Array): boolean {
  return values.every((value) => value === 0 || value === 1 || Number.isNaN(value));
}

function numberMoments(values: Float64Array, { rows, weights }: ArmRows, isBinary: boolean): ArmMoments {
  const known = new Float64Array(rows.length);
  const own = new Float64Array(rows.length);
  let n = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!;
    if (Number.isNaN(value)) continue;
    known[n] = value;
    own[n++] = weights[i]!;
  }
  const { mean, variance } = weightedMoments(known.subarray(0, n), own.subarray(0, n));
  return { mean, variance: isBinary ? varianceOfShare(mean) : variance, n };
}

function levelMoments({ codes, levels }: CodeColumn, { rows, weights }: ArmRows): readonly ArmMoments[] {
  const sums = new Float64Array(levels.length);
  let total = 0;
  let n = 0;
  for (let i = 0; i < rows.length; i++) {
    const code = codes[rows[i]!]!;
    if (code < 0) continue;
    sums[code]! += weights[i]!;
    total += weights[i]!;
    n++;
  }
  return Array.from(sums, (sum) => ({ mean: sum / total, variance: varianceOfShare(sum / total), n }));
}

/** As in the published balance tables. */
const varianceOfShare = (share: number): number => share * (1 - share);
