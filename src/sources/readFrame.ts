import { type Column, type Engine, type Frame, type NumberKind, quoteName } from "#table";
import type { Selection } from "./selection.ts";
import { dictionaryTable, dictionaryType, makeDictionary, type TextDictionary } from "./textDictionary.ts";
import { CHECKED, type CheckedColumn } from "./typedTable.ts";

/**
 * Pulls columns of the checked table as typed arrays, rows in the order of the file.
 *
 * Text becomes codes into the values that occur in these rows, sorted by code point: a value of a row that is not shown
 * leaves no trace.
 *
 * @param rows  How many rows the selection has.
 */
export async function readFrame(
  engine: Engine,
  columns: readonly CheckedColumn[],
  { from, where }: Selection,
  rows: number,
): Promise<Frame> {
  const texts = columns.filter(({ rule }) => rule.kept === "text");
  const dictionaries = new Map<CheckedColumn, TextDictionary>();
  for (const column of texts) dictionaries.set(column, await dictionaryOf(engine, column));

  const wide = texts.filter((column) => dictionaries.get(column)!.isType === false);
  for (const column of wide) await layCodes(engine, column);

  const selected: { sql: string; kind: NumberKind }[] = columns.flatMap((column) => {
    const state = column.state === undefined ? [] : [{ sql: column.state, kind: "uint8" as const }];
    const value = wide.includes(column)
      ? { sql: `${codesTable(column)}.code`, kind: "int32" as const }
      : valueSql(column);
    return [value, ...state];
  });
  const beside = wide.map((column) => ` POSITIONAL JOIN ${codesTable(column)}`).join("");
  const sql = `SELECT ${selected.map((part) => part.sql).join(", ")} FROM ${from}${beside} WHERE ${where}`;
  const arrays =
    selected.length === 0
      ? []
      : await engine.columns(
          sql,
          selected.map((part) => part.kind),
          rows,
        );

  const frame = new Map<string, Column>();
  let next = 0;
  for (const column of columns) {
    const values = arrays[next++]!;
    const states = column.state === undefined ? undefined : (arrays[next++] as Uint8Array);
    // A state of 2 or more is a publisher's reason; without any, every gap is plain `missing`.
    const told = states?.some((state) => state > 1) ? { states } : {};
    frame.set(column.column.name, { ...makeColumn(column, values, dictionaries.get(column)?.texts), ...told });
  }
  return { rows, columns: frame };
}

function valueSql(column: CheckedColumn): { sql: string; kind: NumberKind } {
  switch (column.rule.kept) {
    case "text":
      return { sql: `coalesce(enum_code(${column.value}::${dictionaryType(column)})::INTEGER, -1)`, kind: "int32" };
    case "levels":
      return { sql: `coalesce(${column.value}, -1)::INTEGER`, kind: "int32" };
    default:
      return { sql: `coalesce(${column.value}::DOUBLE, 'nan'::DOUBLE)`, kind: "float64" };
  }
}

function makeColumn(
  column: CheckedColumn,
  values: Float64Array | Int32Array | Uint8Array,
  dictionary: readonly string[] | undefined,
): Column {
  const { kept } = column.rule;
  if (kept === "text") {
    const isCategory = column.column.type === "category" || column.column.type === "phase";
    return { kind: "code", type: isCategory ? "category" : "text", ...dropUnused(values as Int32Array, dictionary!) };
  }
  if (kept === "levels") return { kind: "code", type: "category", codes: values as Int32Array, levels: column.levels! };
  return { kind: "number", type: kept, values: values as Float64Array };
}

/** Codes into the levels that occur, order kept. */
function dropUnused(codes: Int32Array, levels: readonly string[]): { codes: Int32Array; levels: readonly string[] } {
  const newCode = new Int32Array(levels.length).fill(-1);
  for (const code of codes) if (code >= 0) newCode[code] = 0;
  const used: string[] = [];
  for (const [code, level] of levels.entries()) if (newCode[code] === 0) newCode[code] = used.push(level) - 1;
  if (used.length === levels.length) return { codes, levels };
  return { codes: codes.map((code) => (code < 0 ? -1 : newCode[code]!)), levels: used };
}

/** Beyond this many texts a type of the engine takes three times as long as a join to find a text's code. */
const WIDE = 20_000;

/** Dictionaries made so far: every view of a source shares them. */
const made = new WeakMap<Engine, Map<string, Promise<TextDictionary>>>();

async function dictionaryOf(engine: Engine, column: CheckedColumn): Promise<TextDictionary> {
  if (column.texts !== undefined) return { texts: column.texts, isType: true };
  const own = made.get(engine) ?? new Map<string, Promise<TextDictionary>>();
  made.set(engine, own);
  const known = own.get(column.value) ?? makeDictionary(engine, column, CHECKED, WIDE);
  own.set(column.value, known);
  return known;
}

/** Codes of wide columns, laid beside the checked table when first asked for: every view of a source shares them. */
const laid = new WeakMap<Engine, Map<string, Promise<void>>>();

/** The table of a wide column's codes: one column, `code`, in the order of the file. */
const codesTable = (column: CheckedColumn): string => quoteName(`codes of ${column.value}`);

function layCodes(engine: Engine, column: CheckedColumn): Promise<void> {
  const own = laid.get(engine) ?? new Map<string, Promise<void>>();
  laid.set(engine, own);
  const joined = `${CHECKED} AS cell LEFT JOIN ${dictionaryTable(column)} AS dictionary ON cell.${column.value} = dictionary.t`;
  const known =
    own.get(column.value) ??
    engine.runOnEveryCore(
      `CREATE TABLE ${codesTable(column)} AS SELECT coalesce(dictionary.code, -1)::INTEGER AS code FROM ${joined} ORDER BY cell.rowid`,
    );
  own.set(column.value, known);
  return known;
}
