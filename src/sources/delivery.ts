import type { PhysicalColumn } from "./typedCell.ts";

/** A file made readable: cells are still text, nothing is checked but the structure. */
export interface Delivery {
  /** Headers as the file writes them, in its order. */
  readonly headers: readonly string[];
  readonly records: number;
  /** SQL that can stand after FROM, and the column of it that holds each header. */
  readonly relation: string;
  readonly columnOf: (header: number) => string;
  /** The column behind each header where cells have types of their own. */
  readonly physicalOf?: (header: number) => PhysicalColumn;
  /** Cells come from typed columns, so dates are written YYYY-MM-DD whatever the source declares. */
  readonly isTyped: boolean;
  /** What a record's place is called: a line of text, a row of a sheet or table. */
  readonly placeWord: "line" | "row";
  /** Where records stand in the file. */
  readonly locate: (cells: readonly RecordCell[]) => Promise<readonly CellPlace[]>;
}

/** A cell by its record (0-based, header not counted) and its field. */
export interface RecordCell {
  readonly record: number;
  readonly field: number;
}

/** 1-based physical line (or row of a sheet), and column as an editor counts it. */
export interface CellPlace {
  readonly line: number;
  readonly column: number;
}
