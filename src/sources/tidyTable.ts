import type { AcademicYear } from "#domain";
import type { Frame } from "#table";

/** One file as tidy columns, and the trail that leads back to it. */
export interface TidyTable {
  /** The source's name in the study. */
  readonly id: string;
  readonly frame: Frame;
  readonly trail: SourceTrail;
}

/**
 * From figures back to bytes: which file was read and what became of its rows.
 * Under a seal the counts of rows are those of the rows the seal shows; `rowsInFile`, size and digest are the file's own.
 */
export interface SourceTrail {
  readonly source: string;
  /** As the study writes it. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  /** SHA-256 of the file as stored, before decompression. */
  readonly sha256: string;
  readonly bytes: number;
  readonly rowsInFile: number;
  readonly rowsKept: number;
  /** Rows for which `where` is false. */
  readonly rowsRefused: number;
  /** Rows for which `where` cannot be decided because a value is missing; they are left out as well. */
  readonly rowsUndecided: number;
  /** What the provider said the file holds; a difference is printed, never a fault. */
  readonly expectedRows?: number;
  /** Kept rows whose key an earlier row already has. Rows without a complete key are not counted. */
  /** Kept rows without a value in some column of the key. */
  readonly keyGaps: number;
  readonly repeatedKeys: { readonly count: number; readonly examples: readonly string[] };
}

/** What a view may not show. */
export interface Seal {
  /** The column of academic years that `upTo` speaks of. */
  readonly yearColumn?: string;
  /** Rows of a later year, or of an unknown one, are absent altogether. */
  readonly upTo?: AcademicYear;
  /** Columns that are absent altogether. */
  readonly without: readonly string[];
}

/** Which rows are wanted, of those a seal shows: whatever is asked for, nothing sealed can be told from it. */
export interface WantedRows {
  /** Rows of this year and later. */
  readonly since?: { readonly yearColumn: string; readonly year: AcademicYear };
  /** Rows with one of these values, as texts, in a column. */
  readonly among?: { readonly column: string; readonly values: readonly string[] };
}

/** Columns whose faulty values are described by their shape and never shown. */
export interface SealedColumns {
  readonly columns: readonly string[];
  /** With `after`, only cells of later years are sealed; without it, all of them. */
  readonly yearColumn?: string;
  readonly after?: AcademicYear;
}
