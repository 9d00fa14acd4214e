import { Matrix } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { FEWEST_PAIRS } from "./itemCovariances.ts";
import type { Items } from "./items.ts";

/**
 * Spearman's rank correlations: Pearson's of the ranks, tied answers at their mean rank. Each pair is ranked among the
 * rows that have both answers.
 *
 * Every column is sorted once; the ranks of a pair come from walking that order over its rows.
 */
export function rankCorrelations({
  names,
  columns,
}: Items): { readonly state: "estimated"; readonly correlation: Matrix; readonly pairs: Matrix } | NotEstimable {
  const p = names.length;
  const order = columns.map((column) => {
    const rows = Int32Array.from(column.keys()).filter((row) => !Number.isNaN(column[row]));
    return rows.sort((a, b) => column[a] - column[b]);
  });
  const correlation = new Matrix(p, p);
  const pairs = new Matrix(p, p);
  const left = new Float64Array(columns[0].length);
  const right = new Float64Array(columns[0].length);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      const n = rankAmong(columns[i], order[i], columns[j], left);
      rankAmong(columns[j], order[j], columns[i], right);
      if (n < FEWEST_PAIRS) {
        return notEstimable(
          `"${names[j]}" and "${names[i]}" were both answered by ${n} respondents; at least ${FEWEST_PAIRS} are needed`,
        );
      }
      const mean = (n + 1) / 2;
      let across = 0;
      let own = 0;
      let other = 0;
      for (const row of order[i]) {
        if (Number.isNaN(columns[j][row])) continue;
        across += (left[row] - mean) * (right[row] - mean);
        own += (left[row] - mean) ** 2;
        other += (right[row] - mean) ** 2;
      }
      if (own === 0 || other === 0) {
        const still = own === 0 ? i : j;
        return notEstimable(`"${names[still]}" does not vary among those who also answered "${names[i + j - still]}"`);
      }
      const r = i === j ? 1 : across / Math.sqrt(own * other);
      correlation.set(i, j, r);
      correlation.set(j, i, r);
      pairs.set(i, j, n);
      pairs.set(j, i, n);
    }
  }
  return { state: "estimated", correlation, pairs };
}

/** Writes the mean ranks of `column` among the rows where `other` has an answer; returns how many they are. */
function rankAmong(column: Float64Array, order: Int32Array, other: Float64Array, ranks: Float64Array): number {
  let before = 0;
  let at = 0;
  while (at < order.length) {
    const value = column[order[at]];
    let end = at;
    let tied = 0;
    while (end < order.length && column[order[end]] === value) {
      if (!Number.isNaN(other[order[end]])) tied++;
      end++;
    }
    for (let k = at; k < end; k++) ranks[order[k]] = before + (tied + 1) / 2;
    before += tied;
    at = end;
  }
  return before;
}
