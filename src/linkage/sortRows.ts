import { allRows, type CodeColumn, type Column } from "#table";

/** Whole numbers this close together are sorted by counting them. */
const WIDEST_RANGE = 10_000;

/**
 * The order of rows by the text of one column, then by a number. Rows alike in both keep their order.
 * @param identity  Levels of text are sorted, so that its codes stand for the order of its values.
 * @param years     One whole number a row; all alike when left out.
 */
export function orderOf(identity: Column, years: Float64Array | undefined, rows: number): Int32Array {
  const first = years === undefined ? allRows(rows) : byNumber(years, rows);
  const ranks = identity.kind === "code" ? ranksOf(identity) : textRanks(identity.values);
  const counts = new Int32Array(ranks.size + 1);
  for (let row = 0; row < rows; row++) counts[ranks.of(row) + 1]!++;
  for (let rank = 0; rank < ranks.size; rank++) counts[rank + 1]! += counts[rank]!;
  const order = new Int32Array(rows);
  for (const row of first) order[counts[ranks.of(row)]!++] = row;
  return order;
}

interface Ranks {
  readonly size: number;
  readonly of: (row: number) => number;
}

function ranksOf({ codes, levels, type }: CodeColumn): Ranks {
  if (type === "text") return { size: levels.length, of: (row) => codes[row]! };
  const sorted = [...levels.keys()].sort((a, b) => (levels[a]! < levels[b]! ? -1 : 1));
  const rank = new Int32Array(levels.length);
  for (const [place, code] of sorted.entries()) rank[code] = place;
  return { size: levels.length, of: (row) => rank[codes[row]!]! };
}

/** A numeric identity is followed as its text is: 10 comes before 9. */
function textRanks(values: Float64Array): Ranks {
  const texts = [...new Set(values)].map(String).sort((a, b) => (a < b ? -1 : 1));
  const place = new Map(texts.map((text, rank) => [Number(text), rank]));
  return { size: texts.length, of: (row) => place.get(values[row]!)! };
}

function byNumber(values: Float64Array, rows: number): Int32Array {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    least = Math.min(least, values[row]!);
    most = Math.max(most, values[row]!);
  }
  if (!(most - least < WIDEST_RANGE) || !Number.isInteger(least)) {
    return allRows(rows).sort((a, b) => values[a]! - values[b]! || a - b);
  }
  const counts = new Int32Array(most - least + 2);
  for (let row = 0; row < rows; row++) counts[values[row]! - least + 1]!++;
  for (let at = 0; at < counts.length - 1; at++) counts[at + 1]! += counts[at]!;
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[counts[values[row]! - least]!++] = row;
  return order;
}
