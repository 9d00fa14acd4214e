import { type Fault, Faults, printAcademicYear, printDate, type SourceDeclaration } from "#domain";
import { columnsOf, type Expression, evaluate } from "#expression";
import { type Engine, type NumberColumn, quoteName } from "#table";
import { readFrame } from "./readFrame.ts";
import type { Seal, WantedRows } from "./tidyTable.ts";
import { CHECKED, type CheckedColumn } from "./typedTable.ts";

const FLAGS = quoteName("kept");
const MAX_EXAMPLES = 20;

/** Rows of the checked table: SQL to stand after FROM and after WHERE. */
export interface Selection {
  readonly from: string;
  readonly where: string;
}

/** What became of the rows that a seal lets be seen. */
export interface RowCounts {
  readonly rowsKept: number;
  readonly rowsRefused: number;
  readonly rowsUndecided: number;
}

/**
 * Decides `where` once for every row, and lays the answers beside the checked table. The answer of a row depends on that
 * row alone, so that hiding other rows later changes nothing.
 */
export async function decideWhere(
  engine: Engine,
  where: Expression | undefined,
  columns: readonly CheckedColumn[],
  rows: number,
): Promise<void> {
  if (where === undefined) return;
  const read = new Set(columnsOf(where).map(({ name }) => name));
  const frame = await readFrame(
    engine,
    columns.filter(({ column }) => read.has(column.name)),
    { from: CHECKED, where: "true" },
    rows,
  );
  const answers = evaluate(where, {
    rows,
    column: (name) => frame.columns.get(name)!,
    exists: () => {
      throw new RangeError("rows of a source have no moments: `exists` works in units");
    },
  }) as NumberColumn;
  const flags = (test: (answer: number) => boolean): Uint8Array => {
    const set = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) set[row] = Number(test(answers.values[row]!));
    return set;
  };
  await engine.createFlagTable(
    "kept",
    "kept",
    flags((answer) => answer === 1),
  );
  await engine.createFlagTable("undecided", "undecided", flags(Number.isNaN));
}

/**
 * The rows a view shows: those `where` keeps, and of them those the seal allows.
 * @throws Faults  `sealed-in-where` (a refusal): the rows kept would tell what a sealed column holds.
 */
export function select(
  source: SourceDeclaration,
  where: Expression | undefined,
  columns: readonly CheckedColumn[],
  seal: Seal | undefined,
): { all: Selection; kept: Selection } {
  if (where !== undefined && seal !== undefined) {
    const sealed = columnsOf(where).filter(({ name }) => seal.without.includes(name));
    if (sealed.length > 0)
      throw new Faults(
        source.file,
        sealed.map(({ name }) => sealedInWhere(source, name)),
      );
  }
  const hiddenKey = source.key.find((name) => seal?.without.includes(name));
  if (hiddenKey !== undefined)
    throw new RangeError(`a seal cannot leave out ${hiddenKey}, the key of source ${source.id}`);
  const visible = sealCondition(columns, seal);
  if (where === undefined) {
    const all = { from: CHECKED, where: visible };
    return { all, kept: all };
  }
  const from = `${CHECKED} POSITIONAL JOIN ${FLAGS} POSITIONAL JOIN undecided`;
  return { all: { from, where: visible }, kept: { from, where: `${visible} AND kept` } };
}

/** A selection whose rows also meet a condition. */
export function narrowed(
  { all, kept }: { readonly all: Selection; readonly kept: Selection },
  condition: string | undefined,
): { all: Selection; kept: Selection } {
  if (condition === undefined) return { all, kept };
  return {
    all: { ...all, where: `${all.where} AND ${condition}` },
    kept: { ...kept, where: `${kept.where} AND ${condition}` },
  };
}

/** SQL of the rows wanted; the values asked for are laid into the engine once for each question. */
export async function wantedCondition(
  engine: Engine,
  columns: readonly CheckedColumn[],
  wanted: WantedRows | undefined,
): Promise<string | undefined> {
  const named = (name: string): CheckedColumn => {
    const found = columns.find(({ column }) => column.name === name);
    if (found === undefined) throw new RangeError(`rows are wanted by ${name}, which is no declared column`);
    return found;
  };
  const conditions: string[] = [];
  if (wanted?.since !== undefined) conditions.push(`${named(wanted.since.yearColumn).value} >= ${wanted.since.year}`);
  if (wanted?.among !== undefined) {
    const table = quoteName(`wanted ${wantedTables.get(engine) ?? 0}`);
    wantedTables.set(engine, (wantedTables.get(engine) ?? 0) + 1);
    const column = named(wanted.among.column);
    const values = wanted.among.values.map((value) => [asKept(column, value)]);
    await engine.createTextTable(table.slice(1, -1), ["value"], [values]);
    // A number is compared as a number: the engine writes 5 as 5.0.
    const type = column.rule.kept === "text" ? "VARCHAR" : "DOUBLE";
    conditions.push(`${column.value}::${type} IN (SELECT value::${type} FROM ${table})`);
  }
  return conditions.length === 0 ? undefined : conditions.join(" AND ");
}

/** A value as the checked table holds it: a level by its place. */
const asKept = ({ rule, levels }: CheckedColumn, value: string): string =>
  rule.kept === "levels" ? String(levels!.indexOf(value)) : value;

/** How many tables of wanted values each engine has been given. */
const wantedTables = new WeakMap<Engine, number>();

function sealCondition(columns: readonly CheckedColumn[], seal: Seal | undefined): string {
  if (seal?.upTo === undefined) return "true";
  const year = columns.find(({ column }) => column.name === seal.yearColumn);
  if (year === undefined)
    throw new RangeError(`a seal up to ${printAcademicYear(seal.upTo)} needs a declared year column`);
  return `coalesce(${year.value} <= ${seal.upTo}, false)`;
}

function sealedInWhere(source: SourceDeclaration, column: string): Fault {
  return {
    code: "sealed-in-where",
    severity: "refusal",
    message: `\`where\` of source ${source.id} reads ${column}, which is sealed: the rows it keeps would tell what is there.`,
    suggestion: "Choose rows by columns that are not sealed.",
  };
}

/** Counts the rows of a selection. */
export async function countRows(
  engine: Engine,
  where: Expression | undefined,
  { all, kept }: { all: Selection; kept: Selection },
): Promise<RowCounts> {
  const [allRows, undecided, rowsKept] = (
    where === undefined
      ? (await engine.rows(`SELECT count(*)::INTEGER, 0, count(*)::INTEGER FROM ${all.from} WHERE ${all.where}`))[0]!
      : (
          await engine.rows(
            `SELECT count(*)::INTEGER, (count(*) FILTER (undecided))::INTEGER, (count(*) FILTER (${kept.where}))::INTEGER FROM ${all.from} WHERE ${all.where}`,
          )
        )[0]!
  ) as [number, number, number];
  return { rowsKept, rowsRefused: allRows - undecided - rowsKept, rowsUndecided: undecided };
}

/** Kept rows without a value in some column of the key: they belong to nobody, and no unit is made of them. */
export async function countKeyGaps(
  engine: Engine,
  source: SourceDeclaration,
  columns: readonly CheckedColumn[],
  { from, where }: Selection,
): Promise<number> {
  const keys = columns.filter(({ column }) => source.key.includes(column.name));
  if (keys.length === 0) return 0;
  const gaps = keys.map(({ value }) => `${value} IS NULL`).join(" OR ");
  return await engine.number(`SELECT count(*)::INTEGER FROM ${from} WHERE ${where} AND (${gaps})`);
}

/** Keys counted together. Counting all of a national panel at once takes half a gigabyte. */
const KEYS_AT_ONCE = 500_000;
/** Counts made so far: two views of a file may be taken at the same time. */
let counted = 0;

/**
 * Kept rows whose complete key an earlier row already has, with examples. A person's key is never written out.
 * @param rows  How many rows the selection has.
 */
export async function findRepeatedKeys(
  engine: Engine,
  source: SourceDeclaration,
  columns: readonly CheckedColumn[],
  { from, where }: Selection,
  rows: number,
): Promise<{ count: number; examples: readonly string[] }> {
  const keys = source.key.flatMap((name) => columns.filter(({ column }) => column.name === name));
  if (keys.length === 0) return { count: 0, examples: [] };
  const names = keys.map(({ value }) => value);
  const complete = names.map((name) => `${name} IS NOT NULL`).join(" AND ");
  const table = quoteName(`repeated ${counted}`);
  counted++;
  const parts = Math.max(1, Math.ceil(rows / KEYS_AT_ONCE));
  for (let part = 0; part < parts; part++) {
    const own = parts === 1 ? "" : ` AND hash(${names.join(", ")}) % ${parts} = ${part}`;
    const groups = `SELECT ${names.join(", ")}, count(*) AS times FROM ${from} WHERE ${where} AND ${complete}${own} GROUP BY ALL HAVING count(*) > 1`;
    await engine.run(part === 0 ? `CREATE TABLE ${table} AS ${groups}` : `INSERT INTO ${table} ${groups}`);
  }
  const found = await engine.rows(
    `SELECT (SELECT sum(times - 1)::INTEGER FROM ${table}), ${names.map((name) => castKey(name, keys)).join(", ")}
     FROM ${table} ORDER BY ${names.join(", ")} LIMIT ${MAX_EXAMPLES}`,
  );
  await engine.run(`DROP TABLE ${table}`);
  const count = Number(found[0]?.[0] ?? 0);
  if (keys.some(({ column }) => column.identifies === "person")) return { count, examples: [] };
  return { count, examples: found.map(([, ...row]) => row.map((cell, i) => printKey(keys[i]!, cell!)).join(" × ")) };
}

const castKey = (name: string, keys: readonly CheckedColumn[]): string =>
  keys.find(({ value }) => value === name)!.rule.kept === "text" ? name : `${name}::DOUBLE`;

function printKey(key: CheckedColumn, cell: string | number): string {
  if (typeof cell === "string") return cell;
  switch (key.rule.kept) {
    case "academicYear":
      return printAcademicYear(cell);
    case "date":
      return printDate(cell);
    case "levels":
      return key.levels![cell]!;
    default:
      return String(cell);
  }
}
