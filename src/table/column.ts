/**
 * Numbers, dates (days since 1970), academic years (starting year) and truth values (1 and 0), one per row.
 * NaN where there is no value.
 */
export interface NumberColumn {
  readonly kind: "number";
  readonly type: "number" | "truth" | "date" | "academicYear";
  readonly values: Float64Array;
  /** Why a row has no value, as `stateCode` of the domain; left out when every gap is plain `missing`. */
  readonly states?: Uint8Array;
}

/** Text and categories: one small code per row into `levels`, −1 where there is no value. */
export interface CodeColumn {
  readonly kind: "code";
  readonly type: "text" | "category";
  readonly codes: Int32Array;
  /** Declared order for a category; sorted for text, so that codes do not depend on the order of rows. */
  readonly levels: readonly string[];
  readonly states?: Uint8Array;
}

export type Column = NumberColumn | CodeColumn;

/** Columns of one length, by name. */
export interface Frame {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
}

/** Whether a row of a column has no value. */
export function isMissing(column: Column, row: number): boolean {
  return column.kind === "number" ? Number.isNaN(column.values[row]!) : column.codes[row]! < 0;
}

/** The rows of a column named by `rows`, in that order. A row of −1 gives no value. */
export function takeColumn(column: Column, rows: Int32Array): Column {
  const states =
    column.states === undefined ? {} : { states: pick(column.states, rows, new Uint8Array(rows.length), 1) };
  if (column.kind === "number") {
    return { ...column, values: pick(column.values, rows, new Float64Array(rows.length), Number.NaN), ...states };
  }
  return { ...column, codes: pick(column.codes, rows, new Int32Array(rows.length), -1), ...states };
}

/** A plain loop: `from` with a function takes ten times as long, and whole panels pass through here. */
function pick<T extends Float64Array | Int32Array | Uint8Array>(from: T, rows: Int32Array, into: T, absent: number): T {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    into[i] = row < 0 ? absent : from[row]!;
  }
  return into;
}

/** The rows of a frame named by `rows`, in that order; the frame itself where that is all of them as they stand. A row of −1 gives a row without values. */
export function takeRows(frame: Frame, rows: Int32Array): Frame {
  if (rows.length === frame.rows && rows.every((row, place) => row === place)) return frame;
  const columns = new Map<string, Column>();
  for (const [name, column] of frame.columns) columns.set(name, takeColumn(column, rows));
  return { rows: rows.length, columns };
}
