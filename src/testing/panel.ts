import { buildUnit, type UnitTable } from "#linkage";
import type { Study } from "#protocol";
import type { TidyTable } from "#sources";
import type { Column, NumberColumn } from "#table";

/** One number for each row; undefined is missing. */
export function numberColumn<Row>(
  rows: readonly Row[],
  type: NumberColumn["type"],
  of: (row: Row) => number | boolean | undefined,
): Column {
  return { kind: "number", type, values: Float64Array.from(rows, (row) => Number(of(row) ?? Number.NaN)) };
}

/** One text for each row; a category where its levels are given. */
export function textColumn<Row>(
  rows: readonly Row[],
  of: (row: Row) => string | undefined,
  levels?: readonly string[],
): Column {
  const own = levels ?? [...new Set(rows.flatMap((row) => of(row) ?? []))].sort((a, b) => (a < b ? -1 : 1));
  const codes = Int32Array.from(rows, (row) => own.indexOf(of(row) ?? ""));
  return { kind: "code", type: levels === undefined ? "text" : "category", levels: own, codes };
}

/** The unit `schools` of a study, made from the columns of its source `panel`. */
export function schoolsOf(study: Study, rows: number, columns: Readonly<Record<string, Column>>): UnitTable {
  const table = { id: "panel", frame: { rows, columns: new Map(Object.entries(columns)) } } as unknown as TidyTable;
  return buildUnit(study.units.get("schools")!, new Map([["panel", table]]));
}
