import type { ColumnDeclaration } from "#domain";
import { quoteName } from "#table";

/** A column of a file whose cells have types, by the engine's name of its type. */
export interface PhysicalColumn {
  readonly name: string;
  readonly type: string;
}

/** SQL of a cell whose type fits what is declared. */
export interface TypedCell {
  /** NULL where the cell is missing. */
  readonly cell: string;
  /** The value under the declared type, before it is held to its range; NULL when the cell stands for none. */
  readonly value: string;
}

/** Types whose values, kept as they are, take no more room than a number. */
const NARROW = ["TINYINT", "UTINYINT", "SMALLINT", "USMALLINT", "INTEGER"];
const WIDE = ["UINTEGER", "BIGINT", "UBIGINT"];

/** Whole numbers up to here are written without a point; beyond, their text decides. */
const LARGEST_PLAIN = "1e15::DOUBLE";

/**
 * Reads a cell by its own type where that type says all its text would: the same value, the same refusal. Undefined where
 * the way through text is needed: for codes, which are text, and for types that print otherwise than they count, such as
 * decimals and single precision.
 *
 * @param ofText  SQL of the value of the cell's text, for the few cells that need it.
 */
export function typedCell(column: ColumnDeclaration, physical: PhysicalColumn, ofText: string): TypedCell | undefined {
  if (Object.keys(column.codes).length > 0) return undefined;
  const name = quoteName(physical.name);
  const { type } = physical;
  if (type === "DOUBLE") return ofDouble(column, name, ofText);
  const value =
    type === "BOOLEAN" && column.type === "truth"
      ? `${name}::UTINYINT`
      : type === "DATE" && column.type === "date"
        ? `date_diff('day', DATE '1970-01-01', ${name})::INTEGER`
        : NARROW.includes(type) || WIDE.includes(type)
          ? ofWhole(column, name, type)
          : undefined;
  return value === undefined ? undefined : { cell: name, value };
}

/** A number that is not a number is missing; adding 0 turns −0 into 0. */
function ofDouble(column: ColumnDeclaration, name: string, ofText: string): TypedCell | undefined {
  const cell = `CASE WHEN isnan(${name}) THEN NULL ELSE ${name} + 0 END`;
  switch (column.type) {
    case "number":
    case "money":
    case "proportion":
    case "percent":
      return { cell, value: cell };
    case "whole":
      return { cell, value: `CASE WHEN abs(${name}) < ${LARGEST_PLAIN} THEN ${name} + 0 ELSE ${ofText} END` };
    default:
      return undefined;
  }
}

function ofWhole(column: ColumnDeclaration, name: string, type: string): string | undefined {
  switch (column.type) {
    case "number":
    case "whole":
    case "money":
    case "proportion":
    case "percent":
      return NARROW.includes(type) ? name : `${name}::DOUBLE`;
    case "truth":
      return `CASE WHEN ${name} IN (0, 1) THEN ${name}::UTINYINT END`;
    case "academicYear":
      return ofYear(name, column.written ?? "slash");
    case "urn":
      return `CASE WHEN ${name} BETWEEN 100000 AND 999999 THEN ${name}::VARCHAR END`;
    case "ofstedGrade":
      return `CASE WHEN ${name} BETWEEN 1 AND 4 THEN ${name}::INTEGER - 1 END`;
    default:
      return undefined;
  }
}

function ofYear(name: string, written: string): string | undefined {
  switch (written) {
    case "start":
      return `CASE WHEN ${name} BETWEEN 1000 AND 2999 THEN ${name}::INTEGER END`;
    case "end":
      return `CASE WHEN ${name} BETWEEN 1000 AND 2999 THEN ${name}::INTEGER - 1 END`;
    case "run":
      return `CASE WHEN ${name} BETWEEN 100000 AND 299999 AND (${name}::INTEGER // 100 + 1) % 100 = ${name}::INTEGER % 100 THEN ${name}::INTEGER // 100 END`;
    default:
      return undefined;
  }
}
