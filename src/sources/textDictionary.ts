import { type Engine, quoteName } from "#table";
import type { CheckedColumn } from "./typedTable.ts";

/** Every text of a column, sorted by code point; in the engine a table of texts and codes. */
export interface TextDictionary {
  readonly texts: readonly string[];
  /** There is a type of the engine whose values are these texts; else codes come from a join with the table. */
  readonly isType: boolean;
}

/** Names within the engine of a column's dictionary, as a type and as a table with columns `t` and `code`. */
export const dictionaryType = (column: CheckedColumn): string => quoteName(`dictionary of ${column.value}`);
export const dictionaryTable = (column: CheckedColumn): string => quoteName(`texts of ${column.value}`);

/**
 * Makes the dictionary of a column.
 * @param from         SQL to stand after FROM in which the column's values are found.
 * @param largestType  A type of the engine is made for up to so many texts.
 */
export async function makeDictionary(
  engine: Engine,
  column: CheckedColumn,
  from: string,
  largestType: number,
): Promise<TextDictionary> {
  const distinct = `SELECT DISTINCT ${column.value} AS t FROM ${from} WHERE ${column.value} IS NOT NULL`;
  const table = dictionaryTable(column);
  await engine.run(
    `CREATE TABLE ${table} AS SELECT t, (row_number() OVER (ORDER BY t) - 1)::INTEGER AS code FROM (${distinct})`,
  );
  const texts = await engine.texts(`SELECT t FROM ${table} ORDER BY code`);
  if (texts.length > largestType) return { texts, isType: false };
  await engine.run(`CREATE TYPE ${dictionaryType(column)} AS ENUM (SELECT t FROM ${table} ORDER BY code)`);
  return { texts, isType: true };
}

/** Rows looked at to tell whether the texts of a column repeat. */
const SAMPLE = 100_000;
/** Each text of the sample occurs so often at least, or keeping codes saves nothing. */
const OFTEN = 2;
/** Codes of up to so many texts take two bytes. */
const MOST = 65_536;

/**
 * The dictionaries of those columns whose texts repeat, found before they are kept: a code of one or two bytes stands for a
 * text of sixteen and more. Reads the file once more for each of them, so it is for files of columns.
 * @param from  SQL to stand after FROM in which the values of some columns are found.
 */
export async function repeatedTexts(
  engine: Engine,
  columns: readonly CheckedColumn[],
  from: (columns: readonly CheckedColumn[]) => string,
): Promise<ReadonlyMap<CheckedColumn, readonly string[]>> {
  const found = new Map<CheckedColumn, readonly string[]>();
  const texts = columns.filter(({ rule }) => rule.kept === "text");
  if (texts.length === 0) return found;
  const counts = texts.map(({ value }) => `approx_count_distinct(${value})::INTEGER, count(${value})::INTEGER`);
  const [sampled] = await engine.rows(
    `SELECT ${counts.join(", ")} FROM (SELECT * FROM ${from(texts)} LIMIT ${SAMPLE})`,
  );
  for (const [i, column] of texts.entries()) {
    const distinct = sampled![2 * i] as number;
    const given = sampled![2 * i + 1] as number;
    if (distinct === 0 || distinct * OFTEN > given) continue;
    const dictionary = await makeDictionary(engine, column, from([column]), MOST);
    if (dictionary.isType) found.set(column, dictionary.texts);
  }
  return found;
}
