import { Matrix } from "#math";
import { rowPatterns } from "../model/rowPatterns.ts";
import { fitLogistic } from "../regression/logisticFit.ts";
import { type Collapsed, picked } from "./binomialRows.ts";

/**
 * Whether the fixed columns separate the ones from the zeros, in words: no random effect can bring that back. Newton's
 * steps have then carried some predictor far out before they became small, so that only such fits need to ask.
 *
 * @param kept  Columns of x that do not repeat others; `names` are of all.
 */
export function separationIn(
  { x, count, success }: Collapsed,
  kept: Int32Array,
  names: readonly string[],
): string | undefined {
  const columns = Array.from(kept, (j) => x.column(j));
  const { patternOf, firstRow } = rowPatterns(x.rows, columns);
  const ones = new Float64Array(firstRow.length);
  const zeros = new Float64Array(firstRow.length);
  for (let i = 0; i < x.rows; i++) {
    ones[patternOf[i]] += success[i];
    zeros[patternOf[i]] += count[i] - success[i];
  }
  const n = firstRow.length;
  const twice = new Matrix(2 * n, kept.length);
  for (const [j, column] of columns.entries()) {
    const own = picked(column, firstRow);
    twice.column(j).set(own);
    twice.column(j).set(own, n);
  }
  const weights = new Float64Array(2 * n);
  weights.set(ones);
  weights.set(zeros, n);
  const fit = fitLogistic({
    y: new Float64Array(2 * n).fill(1, 0, n),
    x: twice,
    names: Array.from(kept, (j) => names[j]),
    weights,
  });
  if (fit.state !== "separated") return undefined;
  const which = fit.columns.length === 0 ? "the fixed effects" : fit.columns.join(", ");
  return `separation: ${which} tell the ones from the zeros without error`;
}
