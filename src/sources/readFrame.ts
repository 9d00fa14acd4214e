import { type Column, type Engine, type Frame, type NumberKind, quoteName } from "#table";
import type { Selection } from "./selection.ts";
import type { CheckedColumn } from "./typedTable.ts";

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
  const dictionaries = new Map<CheckedColumn, Dictionary>();
  for (const column of texts) dictionaries.set(column, await dictionaryOf(engine, column));

  const selected: { sql: string; kind: NumberKind }[] = columns.flatMap((column) => {
    const state = column.state === undefined ? [] : [{ sql: column.state, kind: "uint8" as const }];
    return dictionaries.get(column)?.isWide === true ? state : [valueSql(column), ...state];
  });
  const sql = `SELECT ${selected.map((part) => part.sql).join(", ")} FROM ${from} WHERE ${where}`;
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
    const dictionary = dictionaries.get(column);
    const values =
      dictionary?.isWide === true ? await wideCodes(engine, column, { from, where }, rows) : arrays[next++]!;
    const states = column.state === undefined ? undefined : (arrays[next++] as Uint8Array);
    // A state of 2 or more is a publisher's reason; without any, every gap is plain `missing`.
    const told = states?.some((state) => state > 1) ? { states } : {};
    frame.set(column.column.name, { ...makeColumn(column, values, dictionary?.texts), ...told });
  }
  return { rows, columns: frame };
}

function valueSql(column: CheckedColumn): { sql: string; kind: NumberKind } {
  switch (column.rule.kept) {
    case "text":
      return { sql: `coalesce(enum_code(${column.value}::${dictionaryName(column)})::INTEGER, -1)`, kind: "int32" };
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

/** Every text of a column, sorted. */
interface Dictionary {
  readonly texts: readonly string[];
  /** Too many texts for a type of the engine, which looks them up slowly: codes come from a join. */
  readonly isWide: boolean;
}

/** Beyond this many texts a type of the engine takes three times as long as a join. */
const WIDE = 20_000;

const dictionaryName = (column: CheckedColumn): string => quoteName(`dictionary of ${column.value}`);
const tableName = (column: CheckedColumn): string => quoteName(`texts of ${column.value}`);

/** Dictionaries made so far: every view of a source shares them. */
const made = new WeakMap<Engine, Map<string, Promise<Dictionary>>>();

function dictionaryOf(engine: Engine, column: CheckedColumn): Promise<Dictionary> {
  const own = made.get(engine) ?? new Map<string, Promise<Dictionary>>();
  made.set(engine, own);
  const known = own.get(column.value) ?? makeDictionary(engine, column);
  own.set(column.value, known);
  return known;
}

/** A table with every text of a column and its code; for a narrow column a type of the engine as well. */
async function makeDictionary(engine: Engine, column: CheckedColumn): Promise<Dictionary> {
  const distinct = `SELECT DISTINCT ${column.value} AS t FROM "checked" WHERE ${column.value} IS NOT NULL`;
  const table = tableName(column);
  await engine.run(
    `CREATE TABLE ${table} AS SELECT t, (row_number() OVER (ORDER BY t) - 1)::INTEGER AS code FROM (${distinct})`,
  );
  const texts = await engine.texts(`SELECT t FROM ${table} ORDER BY code`);
  if (texts.length > WIDE) return { texts, isWide: true };
  await engine.run(`CREATE TYPE ${dictionaryName(column)} AS ENUM (SELECT t FROM ${table} ORDER BY code)`);
  return { texts, isWide: false };
}

/** Codes of a wide column, put back into the order of the file after the join. */
async function wideCodes(
  engine: Engine,
  column: CheckedColumn,
  { from, where }: Selection,
  rows: number,
): Promise<Int32Array> {
  const numbered = `SELECT row_number() OVER () AS place, ${column.value} AS t FROM ${from} WHERE ${where}`;
  const joined = `(${numbered}) AS cell LEFT JOIN ${tableName(column)} AS dictionary ON cell.t = dictionary.t`;
  const sql = `SELECT coalesce(dictionary.code, -1)::INTEGER FROM ${joined} ORDER BY cell.place`;
  const [codes] = await engine.columns(sql, ["int32"], rows);
  return codes as Int32Array;
}
