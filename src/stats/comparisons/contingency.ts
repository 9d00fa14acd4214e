import { chiSquaredTail } from "#math";
import type { NotEstimable } from "../common/notEstimable.ts";

/** Counts of two categories against each other, row after row. */
export type Counts = readonly (readonly number[])[];

/** A chi-squared test. */
export type ChiSquaredTest =
  | {
      readonly state: "estimated";
      readonly statistic: number;
      readonly df: number;
      readonly p: number;
      /** The smallest count expected; below 5 the curve is a rough guide. */
      readonly smallestExpected: number;
    }
  | NotEstimable;

/** Counts that are none. */
export class BadCounts extends Error {
  override readonly name = "BadCounts";
}

/**
 * Pearson's chi-squared test that two categories are independent. Rows and columns without any count are left out.
 *
 * @param continuity  Yates's correction, of 2 × 2 tables only.
 * @throws BadCounts  a count is negative or not whole, or the rows differ in length.
 *
 * Source: Pearson (1900); Yates (1934), Supplement to the Journal of the Royal Statistical Society 1(2).
 */
export function chiSquaredTest(
  table: Counts,
  { continuity = false }: { readonly continuity?: boolean } = {},
): ChiSquaredTest {
  const { rows, columns, cells, total } = usedCells(table);
  if (rows.length < 2 || columns.length < 2) {
    return { state: "not estimable", reason: "one of the two categories has a single value" };
  }
  const is2by2 = rows.length === 2 && columns.length === 2;
  let statistic = 0;
  let smallestExpected = Number.POSITIVE_INFINITY;
  const expected = cells.map((row, i) => row.map((_, j) => (rows[i] * columns[j]) / total));
  const gap = continuity && is2by2 ? Math.min(0.5, Math.abs(cells[0][0] - expected[0][0])) : 0;
  for (const [i, row] of cells.entries()) {
    for (const [j, count] of row.entries()) {
      statistic += (Math.abs(count - expected[i][j]) - gap) ** 2 / expected[i][j];
      smallestExpected = Math.min(smallestExpected, expected[i][j]);
    }
  }
  const df = (rows.length - 1) * (columns.length - 1);
  return { state: "estimated", statistic, df, p: chiSquaredTail(statistic, df), smallestExpected };
}

/**
 * McNemar's test that as many of the same people changed one way as the other.
 *
 * @param table       2 × 2, before by after.
 * @param continuity  Edwards's correction of 1; R's default.
 * @throws BadCounts  it is no 2 × 2 table of counts.
 *
 * Source: McNemar (1947), Psychometrika 12(2).
 */
export function mcnemarTest(
  table: Counts,
  { continuity }: { readonly continuity: boolean },
): { readonly state: "estimated"; readonly statistic: number; readonly p: number } | NotEstimable {
  checkCounts(table);
  if (table.length !== 2 || table[0].length !== 2) throw new BadCounts("McNemar's test is of a 2 × 2 table");
  const [up, down] = [table[0][1], table[1][0]];
  if (up + down === 0) return { state: "not estimable", reason: "nobody changed" };
  const distance = Math.abs(up - down);
  const statistic = (distance - (continuity ? Math.min(1, distance) : 0)) ** 2 / (up + down);
  return { state: "estimated", statistic, p: chiSquaredTail(statistic, 1) };
}

/** The counts of two coded categories; rows with a code below 0 in either are left out. */
export function crossTable(first: Int32Array, second: Int32Array, levels: readonly [number, number]): number[][] {
  const table = Array.from({ length: levels[0] }, () => new Array<number>(levels[1]).fill(0));
  for (let i = 0; i < first.length; i++) if (first[i] >= 0 && second[i] >= 0) table[first[i]][second[i]]++;
  return table;
}

/** @throws BadCounts  a count is negative or not whole, or the rows differ in length. */
function checkCounts(table: Counts): void {
  for (const row of table) {
    if (row.length !== table[0].length) throw new BadCounts(`rows of ${table[0].length} and ${row.length} counts`);
    for (const count of row) if (!(Number.isInteger(count) && count >= 0)) throw new BadCounts(`${count} is no count`);
  }
}

/** The table without empty rows and columns, and its margins. */
export function usedCells(table: Counts): { rows: number[]; columns: number[]; cells: number[][]; total: number } {
  checkCounts(table);
  const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const allColumns = (table[0] ?? []).map((_, j) => sumOf(table.map((row) => row[j])));
  const cells = table.filter((row) => sumOf(row) > 0).map((row) => row.filter((_, j) => allColumns[j] > 0));
  const rows = cells.map(sumOf);
  return { rows, columns: allColumns.filter((sum) => sum > 0), cells, total: sumOf(rows) };
}
