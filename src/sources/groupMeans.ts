import type { Engine } from "#table";
import type { Selection } from "./selection.ts";
import type { CheckedColumn } from "./typedTable.ts";

/** One group: its values in the order asked for, null where there is none. */
export interface GroupMean {
  readonly group: readonly (string | null)[];
  readonly rows: number;
  /** Rows with a number. */
  readonly known: number;
  /** Undefined when no row has a number. */
  readonly mean: number | undefined;
}

/** Counts rows and takes means by groups, in the engine, on one thread: the same to the last bit in every run. */
export async function groupMeans(
  engine: Engine,
  columns: readonly CheckedColumn[],
  { from, where }: Selection,
  number: string,
  groups: readonly string[],
): Promise<readonly GroupMean[]> {
  const named = (name: string): CheckedColumn => {
    const column = columns.find((one) => one.column.name === name);
    if (column === undefined) throw new RangeError(`the source has no column ${name}`);
    return column;
  };
  const measured = named(number);
  if (measured.rule.kept !== "number") throw new RangeError(`${number} is no number, so it has no mean`);
  const by = groups.map(named);
  const names = by.map(({ value }) => value);
  const casts = by.map(({ value, rule }) => (rule.kept === "text" ? value : `${value}::DOUBLE`));
  const order = names.map((name) => `${name} NULLS LAST`).join(", ");
  const rows = await engine.rows(
    `SELECT ${[...casts, "count(*)::INTEGER", `count(${measured.value})::INTEGER`, `avg(${measured.value})`].join(", ")}
     FROM ${from} WHERE ${where} GROUP BY ${names.join(", ")} ORDER BY ${order}`,
  );
  return rows.map((row) => ({
    group: by.map((column, i) => (row[i] === null ? null : (column.levels?.[row[i] as number] ?? String(row[i])))),
    rows: row[by.length] as number,
    known: row[by.length + 1] as number,
    mean: (row[by.length + 2] ?? undefined) as number | undefined,
  }));
}
