import { type AcademicYear, censusOnOrAfter } from "#domain";
import type { RepairDeclaration } from "#protocol";
import { type Column, type Frame, isMissing, type NumberColumn, takeRows } from "#table";

/** The column that marks filled rows: 1 where the year was missing and a later row says somebody was there. */
export const REPAIRED = "repaired";

/** What filling gaps did, year by year. */
export interface RepairRecord {
  readonly years: readonly {
    readonly year: AcademicYear;
    readonly rows: number;
    /** Rows filled in, because a later row's role had begun by then. */
    readonly filled: number;
    /** Years missing between two rows of somebody that nothing says they were there in. */
    readonly unfilled: number;
  }[];
}

/**
 * Fills years without a row: somebody with a row in year t whose role began by the census of year s < t was there in
 * s … t − 1. Going back from t, each year without a row is filled with a copy of the row of t (same school, fixed traits),
 * what counts down being one less a year. A row without a role start fills nothing.
 *
 * @param frame     Rows sorted by identity, then year.
 * @param identity  The same number for rows of the same person.
 * @returns         The rows with those filled in, sorted in the same way, with a `repaired` column.
 *
 * Source: catalogue S-186 (Leading Together, appendix C, footnote 19).
 */
export function repairGaps(
  frame: Frame,
  identity: Int32Array,
  yearColumn: string,
  { roleStart, countDown, limit = Number.POSITIVE_INFINITY }: RepairDeclaration,
): { readonly frame: Frame; readonly record: RepairRecord } {
  const years = (frame.columns.get(yearColumn) as NumberColumn).values;
  const starts = (frame.columns.get(roleStart) as NumberColumn).values;
  const first = years.reduce((least, year) => Math.min(least, year), Number.POSITIVE_INFINITY);
  const filled = new Map<AcademicYear, number>();
  const unfilled = new Map<AcademicYear, number>();
  const count = (into: Map<AcademicYear, number>, year: AcademicYear) => into.set(year, (into.get(year) ?? 0) + 1);

  /** How many years before a row are filled from it. */
  const fills = new Int32Array(frame.rows);
  let rows = frame.rows;
  for (let row = 0; row < frame.rows; row++) {
    const isFirst = row === 0 || identity[row - 1] !== identity[row];
    const before = isFirst ? first - 1 : years[row - 1]!;
    const year = years[row]!;
    // Nearly every row follows the one of the year before.
    if (before + 1 >= year) continue;
    const start = starts[row]!;
    const since = Number.isNaN(start) ? Number.POSITIVE_INFINITY : censusOnOrAfter(start);
    const from = Math.min(year, Math.max(before + 1, since, year - limit));
    if (!isFirst) for (let missing = before + 1; missing < from; missing++) count(unfilled, missing);
    for (let missing = from; missing < year; missing++) count(filled, missing);
    fills[row] = year - from;
    rows += year - from;
  }

  const donors = new Int32Array(rows);
  const rowYears = new Float64Array(rows);
  const wasFilled = new Float64Array(rows);
  let at = 0;
  for (let row = 0; row < frame.rows; row++) {
    for (let back = fills[row]!; back >= 0; back--, at++) {
      donors[at] = row;
      rowYears[at] = years[row]! - back;
      wasFilled[at] = Number(back > 0);
    }
  }
  const columns = new Map<string, Column>(takeRows(frame, donors).columns);
  columns.set(yearColumn, { kind: "number", type: "academicYear", values: rowYears });
  for (const name of countDown) columns.set(name, countedDown(columns.get(name)!, rowYears, years, donors));
  columns.set(REPAIRED, { kind: "number", type: "truth", values: wasFilled });

  const rowsIn = new Map<AcademicYear, number>();
  for (let row = 0; row < years.length; row++) count(rowsIn, years[row]!);
  // A census nobody was delivered in is a year too.
  const told = [...new Set([...rowsIn.keys(), ...filled.keys(), ...unfilled.keys()])].sort((a, b) => a - b);
  return {
    frame: { rows, columns },
    record: {
      years: told.map((year) => ({
        year,
        rows: rowsIn.get(year) ?? 0,
        filled: filled.get(year) ?? 0,
        unfilled: unfilled.get(year) ?? 0,
      })),
    },
  };
}

/** A number less the years between the row it was copied from and the year filled. */
function countedDown(column: Column, rowYears: Float64Array, years: Float64Array, donors: Int32Array): Column {
  if (column.kind !== "number") return column;
  return {
    ...column,
    values: column.values.map((value, at) =>
      isMissing(column, at) ? value : value - (years[donors[at]!]! - rowYears[at]!),
    ),
  };
}
