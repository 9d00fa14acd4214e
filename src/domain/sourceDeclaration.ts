import type { AcademicYear, YearWritten } from "./academicYear.ts";
import type { CellState } from "./cellState.ts";

/** The types a column of a source can be declared with (protocol, section 2.3). */
export const SOURCE_TYPES = [
  "number",
  "whole",
  "percent",
  "proportion",
  "money",
  "text",
  "category",
  "truth",
  "date",
  "academicYear",
  "urn",
  "trn",
  "laCode",
  "districtCode",
  "postcode",
  "ofstedGrade",
  "phase",
] as const;

export type SourceType = (typeof SOURCE_TYPES)[number];

/** When a column's values were measured: how "after treatment" is known. */
export type Measured =
  | { readonly when: "rowYear" }
  | { readonly when: "year"; readonly year: AcademicYear }
  | { readonly when: "date"; readonly days: number };

/** One column of a file as delivered: its header, its plain name, and what its values may be. */
export interface ColumnDeclaration {
  /** The plain snake_case name everything else uses. */
  readonly name: string;
  /** The publisher's header; the plain name when the file already uses it. */
  readonly from: string;
  readonly type: SourceType;
  /** Natural unit of a number: `points`, `percentage points of sessions`, `GBP`. */
  readonly unit?: string;
  /** How an academic year (`end`, `start`, …) or a date (`dd-mm-yyyy`, `yyyymmdd`) is written. */
  readonly written?: YearWritten | string;
  /** The levels of a category in order; a value outside them is a fault. */
  readonly levels?: readonly string[];
  readonly ordered?: boolean;
  /** The level a model compares with. */
  readonly reference?: string;
  /** Publisher's symbols → why there is no value. An empty cell is `missing` without being declared. */
  readonly codes: Readonly<Record<string, Exclude<CellState, "observed">>>;
  /** Smallest and largest value allowed, both included; for dates in days since 1970. */
  readonly range?: { readonly min?: number; readonly max?: number };
  readonly measured?: Measured;
  /** Allowed as a covariate although read from a later file: a trait that cannot change. */
  readonly stable?: boolean;
  /** Linkage keys, which no exhibit may show. */
  readonly identifies?: "person" | "school" | "area";
  readonly label?: string;
  readonly because?: string;
}

export type FileFormat = "csv" | "parquet" | "jsonl" | "xlsx";

/** A file as delivered: where it is, how it is written, and the columns that exist for this study. */
export interface SourceDeclaration {
  readonly id: string;
  /** Path below the data folder, as the study writes it. */
  readonly file: string;
  /** From the file's ending unless declared. */
  readonly format: FileFormat;
  readonly encoding: "utf-8" | "windows-1252";
  /** `,` unless declared; `\t` for tab. */
  readonly delimiter: string;
  readonly sheet?: string;
  /** Cells of a sheet, `B3:H200`; its first row is the header. */
  readonly range?: string;
  /** Columns that together name one row after `where`. */
  readonly key: readonly string[];
  readonly columns: readonly ColumnDeclaration[];
  /** Rows the file is said to hold, before `where`. */
  readonly expectedRows?: number;
  /** The date the file describes, in days since 1970. */
  readonly snapshot?: number;
  readonly attribution?: string;
  readonly licence?: string;
  /** Notes printed until someone signs them off. */
  readonly confirm: readonly string[];
  /** Changes of definition between years, from the registry. */
  readonly breaks: readonly SeriesBreak[];
  /** The registry entry it started from, for example `assay/panel-primary-ks2@1`. */
  readonly registry?: string;
}

/** A change of definition: values before and from `from` on must not be differenced. */
export interface SeriesBreak {
  readonly columns: readonly string[];
  /** First year measured the new way. */
  readonly from: AcademicYear;
  readonly what: string;
  /** `level`: differencing across it is a fault unless accepted; `note`: printed only. */
  readonly kind: "level" | "note";
}
