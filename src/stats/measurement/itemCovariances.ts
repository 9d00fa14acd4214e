import { Matrix } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { checkItems, completeAnswers, type Items, type MissingAnswers } from "./items.ts";

export interface ItemCovariances {
  readonly state: "estimated";
  readonly covariance: Matrix;
  /** Of the same pairs of answers: r = s_xy/(s_x·s_y) with both deviations taken over the rows that have both. */
  readonly correlation: Matrix;
  /** Respondents who answered both items. */
  readonly pairs: Matrix;
}

/** Rows handled at a time: a block of two columns stays in the processor's cache. */
const BLOCK = 2048;
/** Fewer answers than this make no correlation. */
export const FEWEST_PAIRS = 3;

/**
 * Covariances (divisor n − 1) and Pearson correlations of items, each pair from the rows that have both answers.
 *
 * Columns are centred first and a missing answer enters as 0 with a mask of 0, so that every sum is a product of two
 * columns; items without gaps need one such product a pair.
 *
 * @returns not estimable when two items share fewer than three answers, or one does not vary over them.
 * @throws BadItems  see `checkItems`.
 */
export function itemCovariances(given: Items, missing: MissingAnswers): ItemCovariances | NotEstimable {
  checkItems(given);
  const items = missing === "listwise" ? completeAnswers(given) : given;
  const { names, columns } = items;
  const p = names.length;
  const centred = columns.map(centre);
  const pairs = new Matrix(p, p);
  const sums = { x: new Matrix(p, p), xx: new Matrix(p, p), xy: new Matrix(p, p) };
  const rows = columns[0].length;
  for (let from = 0; from < rows; from += BLOCK) {
    const to = Math.min(from + BLOCK, rows);
    for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) addBlock(centred, i, j, from, to, pairs, sums);
  }
  const covariance = new Matrix(p, p);
  const correlation = new Matrix(p, p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      const n = pairs.get(i, j);
      if (n < FEWEST_PAIRS) {
        const both = i === j ? `"${names[i]}" was` : `"${names[j]}" and "${names[i]}" were both`;
        return notEstimable(`${both} answered by ${n} respondents; at least ${FEWEST_PAIRS} are needed`);
      }
      // Entry (i, j) of `x` is the sum of item i over the rows of the pair.
      const across = sums.xy.get(i, j) - (sums.x.get(i, j) * sums.x.get(j, i)) / n;
      const own = sums.xx.get(i, j) - sums.x.get(i, j) ** 2 / n;
      const other = sums.xx.get(j, i) - sums.x.get(j, i) ** 2 / n;
      const still = !(own > 1e-12 * sums.xx.get(i, i)) ? i : !(other > 1e-12 * sums.xx.get(j, j)) ? j : -1;
      if (still >= 0) {
        const where = i === j ? "" : ` among those who also answered "${names[still === i ? j : i]}"`;
        return notEstimable(`"${names[still]}" does not vary${where}`);
      }
      covariance.set(i, j, across / (n - 1));
      covariance.set(j, i, across / (n - 1));
      const r = i === j ? 1 : Math.max(-1, Math.min(1, across / Math.sqrt(own * other)));
      correlation.set(i, j, r);
      correlation.set(j, i, r);
      pairs.set(j, i, n);
    }
  }
  return { state: "estimated", covariance, correlation, pairs };
}

interface CentredColumn {
  readonly values: Float64Array;
  /** 1 where there is an answer; absent when every respondent has one. */
  readonly mask?: Float64Array;
}

function centre(column: Float64Array): CentredColumn {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < column.length; i++) {
    const own = column[i];
    if (Number.isNaN(own)) continue;
    sum += own;
    n++;
  }
  const mean = n === 0 ? 0 : sum / n;
  const values = new Float64Array(column.length);
  for (let i = 0; i < column.length; i++) values[i] = Number.isNaN(column[i]) ? 0 : column[i] - mean;
  if (n === column.length) return { values };
  const mask = new Float64Array(column.length);
  for (let i = 0; i < column.length; i++) mask[i] = Number.isNaN(column[i]) ? 0 : 1;
  return { values, mask };
}

function addBlock(
  centred: readonly CentredColumn[],
  i: number,
  j: number,
  from: number,
  to: number,
  pairs: Matrix,
  sums: { readonly x: Matrix; readonly xx: Matrix; readonly xy: Matrix },
): void {
  const { values: x, mask: hasX } = centred[i];
  const { values: y, mask: hasY } = centred[j];
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  let squareX = 0;
  let squareY = 0;
  let product = 0;
  if (hasX === undefined && hasY === undefined) {
    n = to - from;
    for (let row = from; row < to; row++) product += x[row] * y[row];
    for (let row = from; row < to; row++) sumX += x[row];
    for (let row = from; row < to; row++) sumY += y[row];
    for (let row = from; row < to; row++) squareX += x[row] * x[row];
    for (let row = from; row < to; row++) squareY += y[row] * y[row];
  } else {
    for (let row = from; row < to; row++) {
      const inX = hasX === undefined ? 1 : hasX[row];
      const inY = hasY === undefined ? 1 : hasY[row];
      const ownX = x[row] * inY;
      const ownY = y[row] * inX;
      n += inX * inY;
      sumX += ownX;
      sumY += ownY;
      squareX += ownX * ownX;
      squareY += ownY * ownY;
      product += ownX * ownY;
    }
  }
  add(pairs, i, j, n);
  add(sums.x, i, j, sumX);
  add(sums.xx, i, j, squareX);
  if (i !== j) {
    add(sums.x, j, i, sumY);
    add(sums.xx, j, i, squareY);
  }
  add(sums.xy, i, j, product);
}

const add = (matrix: Matrix, i: number, j: number, value: number): void => matrix.set(i, j, matrix.get(i, j) + value);
