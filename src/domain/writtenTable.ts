import type { Fault } from "./problem.ts";

/** One row of a file, its cells as written. */
export interface WrittenRow {
  /** Physical line of a text file, row of a sheet; 1-based. */
  readonly line: number;
  /** Null where nothing stands. A row may be shorter or longer than the header. */
  readonly cells: readonly (string | null)[];
}

/** A file as somebody wrote it: nothing is typed or left out yet, so that everything wrong with it can be said. */
export interface WrittenTable {
  readonly file: string;
  readonly headers: readonly string[];
  readonly rows: readonly WrittenRow[];
  readonly placeWord: "line" | "row";
  /** What is wrong with the file itself: encoding, quotes, rows of another length. */
  readonly faults: readonly Fault[];
  /** SHA-256 of the file as stored. */
  readonly sha256: string;
}
