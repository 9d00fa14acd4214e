import type { SourceDeclaration } from "#domain";
import { type Engine, quoteName } from "#table";
import type { Delivery } from "./delivery.ts";
import type { SealedColumns } from "./tidyTable.ts";
import { type CheckedColumn, judged, rawName, wrongName } from "./typedTable.ts";
import { type ColumnOfFaults, type FaultyCell, LISTED_CELLS, shapeOf, ValueFaults } from "./valueFaults.ts";

const EXAMPLES = 20;
const WRONG = quoteName("wrong");

interface WrongCell {
  readonly record: number;
  readonly column: number;
  readonly raw: string;
  readonly isSealed: boolean;
}

/** Reads a delivery a second time to find every faulty value, with its line: done only when there are some. */
export async function collectFaults(
  engine: Engine,
  source: SourceDeclaration,
  delivery: Delivery,
  columns: readonly CheckedColumn[],
  sealed: readonly SealedColumns[],
): Promise<ValueFaults> {
  const cells = columns.map(
    (column, i) =>
      `CASE WHEN ${wrongName(i)} THEN {'c': ${i}, 'r': ${rawName(i)}, 's': ${sealSql(column, columns, sealed)}} END`,
  );
  const wrong = columns.map((_, i) => wrongName(i)).join(" OR ");
  await engine.run(
    `CREATE TABLE ${WRONG} AS SELECT record, cell.c AS c, cell.r AS r, cell.s AS s FROM (
       SELECT record, unnest([${cells.join(", ")}]) AS cell FROM (
         SELECT (row_number() OVER () - 1)::INTEGER AS record, * FROM ${judged(delivery, columns)}
       ) WHERE ${wrong}
     ) WHERE cell IS NOT NULL`,
  );
  const listed: readonly WrongCell[] = (
    await engine.rows(`SELECT record, c::INTEGER, r, s::INTEGER FROM ${WRONG} ORDER BY record, c LIMIT ${LISTED_CELLS}`)
  ).map(([record, column, raw, isSealed]) => ({
    record: record as number,
    column: column as number,
    raw: raw as string,
    isSealed: isSealed === 1,
  }));
  const counts = (
    await engine.rows(`SELECT c::INTEGER, count(*)::INTEGER, min(record)::INTEGER FROM ${WRONG} GROUP BY c ORDER BY c`)
  ).map(([column, count, record]) => ({ column: column as number, count: count as number, record: record as number }));
  const places = await delivery.locate(
    [...listed, ...counts].map(({ record, column }) => ({ record, field: columns[column]!.field })),
  );
  const show = ({ raw, isSealed }: WrongCell) => (isSealed ? `[${shapeOf(raw)}]` : raw);
  const faultyCells: FaultyCell[] = listed.map((cell, i) => ({
    file: source.file,
    row: places[i]!.line,
    column: columns[cell.column]!.column.name,
    header: columns[cell.column]!.column.from,
    value: show(cell),
    expected: columns[cell.column]!.rule.expected,
  }));

  const faulty: ColumnOfFaults[] = counts.map(({ column, count }, i) => {
    const own = listed.filter((cell) => cell.column === column);
    return {
      column: columns[column]!.column,
      expected: columns[column]!.rule.expected,
      count,
      examples: mostFrequent(own.map(show)),
      first: places[listed.length + i]!,
      placeWord: delivery.placeWord,
      isSealed: own.some((cell) => cell.isSealed),
    };
  });
  return new ValueFaults(source.file, faulty, faultyCells);
}

/** SQL that is true where a cell of a column may not be shown. */
function sealSql(column: CheckedColumn, columns: readonly CheckedColumn[], sealed: readonly SealedColumns[]): string {
  const conditions = sealed
    .filter((seal) => seal.columns.includes(column.column.name))
    .map(({ yearColumn, after }) => {
      const year = columns.find((other) => other.column.name === yearColumn);
      return after === undefined || year === undefined ? "true" : `(${year.value} IS NULL OR ${year.value} > ${after})`;
    });
  return conditions.length === 0 ? "false" : conditions.join(" OR ");
}

/** Up to twenty values, the most frequent first, ties in the order of the file. */
function mostFrequent(values: readonly string[]): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, EXAMPLES);
}
