import { logGamma, Matrix } from "#math";
import { rowPatterns } from "../model/rowPatterns.ts";
import type { RandomEffects } from "./randomEffects.ts";

/** Rows alike in everything but the outcome as one, with the sums of their trials and successes. */
export interface Collapsed {
  readonly x: Matrix;
  readonly effects: readonly RandomEffects[];
  readonly count: Float64Array;
  readonly success: Float64Array;
  readonly offset: Float64Array | undefined;
}

/** Takes rows together. `count` and `success` are by place in `rows`, the rest by row. */
export function collapsed({
  x,
  rows,
  effects,
  count,
  success,
  offset,
}: Omit<Collapsed, "offset"> & { rows: Int32Array; offset: Float64Array | undefined }): Collapsed {
  const isWhole = rows.length === x.rows;
  const taken = (column: Float64Array) => (isWhole ? column : picked(column, rows));
  const columns = Array.from({ length: x.columns }, (_, j) => taken(x.column(j)));
  const shift = offset === undefined ? undefined : taken(offset);
  const { patternOf, firstRow } = rowPatterns(rows.length, [
    ...effects.map(({ codes }) => codes),
    ...effects.flatMap(({ z }) => z),
    ...columns,
    ...(shift === undefined ? [] : [shift]),
  ]);
  const firsts = (column: Float64Array) => picked(column, firstRow);
  const sums = (values: Float64Array) => {
    const result = new Float64Array(firstRow.length);
    for (let i = 0; i < values.length; i++) result[patternOf[i]] += values[i];
    return result;
  };
  const small = new Matrix(firstRow.length, x.columns);
  for (const [j, column] of columns.entries()) small.column(j).set(firsts(column));
  return {
    x: small,
    effects: effects.map((own) => ({
      ...own,
      codes: Int32Array.from(firstRow, (row) => own.codes[row]),
      z: own.z.map(firsts),
    })),
    count: sums(count),
    success: sums(success),
    offset: shift === undefined ? undefined : firsts(shift),
  };
}

/** Why the outcome alone rules out a fit. */
export function reasonAgainstOutcome(success: Float64Array, count: Float64Array, columns: number): string | undefined {
  const successes = sumOf(success);
  const all = sumOf(count);
  if (successes === 0 || successes === all) return "the outcome is the same in every row";
  if (all <= columns) return `${all} trials cannot estimate ${columns} fixed effects`;
  return undefined;
}

/** Where no group holds both outcomes, the larger the variance between groups the better: none is best. */
export function reasonAgainstGroups(
  effects: readonly RandomEffects[],
  success: Float64Array,
  count: Float64Array,
): string | undefined {
  for (const { group, codes, levels, z } of effects) {
    if (!z.some((column) => column.every((value) => value === 1))) continue;
    const ones = new Float64Array(levels.length);
    const zeros = new Float64Array(levels.length);
    for (let i = 0; i < codes.length; i++) {
      ones[codes[i]] += success[i];
      zeros[codes[i]] += count[i] - success[i];
    }
    if (ones.every((own, g) => own === 0 || zeros[g] === 0)) {
      return `in every group of "${group}" the outcome is the same: no finite variance between groups is best`;
    }
  }
  return undefined;
}

/** Σ ln C(m, s) over rows of whole numbers; 0 for 0/1 outcomes. */
export function binomialConstant(success: Float64Array, count: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < count.length; i++) {
    const m = count[i];
    const s = Math.round(success[i]);
    if (m <= 1 || !Number.isInteger(m) || Math.abs(s - success[i]) > 1e-6) continue;
    sum += logGamma(m + 1) - logGamma(s + 1) - logGamma(m - s + 1);
  }
  return sum;
}

/** Some of the values, by place. */
export function picked(column: Float64Array, rows: Int32Array): Float64Array {
  const result = new Float64Array(rows.length);
  for (let i = 0; i < result.length; i++) result[i] = column[rows[i]];
  return result;
}

/** Σ. */
export function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}
