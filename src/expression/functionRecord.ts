import type { Column } from "#table";
import type { ValueType } from "./valueType.ts";

/** What an argument must be. `whole` is a whole number written in the expression itself. */
export type Wanted = "number" | "text" | "date" | "academicYear" | "whole" | "any";

/** One function of the language: what it takes, what it gives, how it is computed and how it is read aloud. */
export interface FunctionRecord {
  /** For faults: `round(x, n)`. */
  readonly shape: string;
  readonly takes: readonly Wanted[];
  /** Any number of further arguments like the last one. */
  readonly takesMore?: boolean;
  /** All arguments must have one type, which is then the type of the result. */
  readonly isAlike?: boolean;
  readonly gives: (first: ValueType) => ValueType;
  readonly run: (columns: readonly Column[], rows: number) => Column;
  readonly words: (parts: readonly string[]) => string;
}
