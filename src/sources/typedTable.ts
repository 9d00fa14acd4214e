import { type Fault, Faults, type SourceDeclaration } from "#domain";
import { type Engine, quoteName, quoteText } from "#table";
import { type CellRule, cellRule, declaredLevels, stateOf } from "./cellRules.ts";
import type { Delivery } from "./delivery.ts";
import type { FoundColumn } from "./header.ts";
import { dictionaryType, repeatedTexts } from "./textDictionary.ts";
import { typedCell } from "./typedCell.ts";

/** A column of the checked table in the engine. */
export interface CheckedColumn extends FoundColumn {
  readonly rule: CellRule;
  /** Names within the checked table. `state` is there when codes give reasons other than `missing`. */
  readonly value: string;
  readonly state: string | undefined;
  /** Levels of a declared category. */
  readonly levels: readonly string[] | undefined;
  /** Every text there is, sorted, where the checked table holds codes of it instead of text. */
  readonly texts?: readonly string[];
}

/** The name of the checked table in the engine, its rows in the order of the file. */
export const CHECKED = quoteName("checked");

/**
 * Reads a delivery once, every declared cell under the rule of its type, into a typed table. A value that is neither
 * valid nor a declared code leaves its cell without a value and marks its row.
 * @returns  the columns, and how many rows hold such a value.
 * @throws Faults  `file-damaged`, when the engine cannot read on.
 */
export async function checkCells(
  engine: Engine,
  source: SourceDeclaration,
  delivery: Delivery,
  found: readonly FoundColumn[],
): Promise<{ columns: readonly CheckedColumn[]; faultyRows: number }> {
  const declared: CheckedColumn[] = [];
  for (const [i, { column, field }] of found.entries()) {
    const levels = declaredLevels(column);
    const type = `levels${i}`;
    if (levels !== undefined)
      await engine.run(`CREATE TYPE ${quoteName(type)} AS ENUM (${[...new Set(levels)].map(quoteText).join(", ")})`);
    const states = Object.values(column.codes);
    declared.push({
      column,
      field,
      rule: cellRule(column, {
        levels: type,
        isTyped: delivery.isTyped,
        isKey: column.identifies !== undefined || source.key.includes(column.name),
      }),
      value: quoteName(`v${i}`),
      state: states.some((state) => state !== "missing") ? quoteName(`s${i}`) : undefined,
      levels: levels === undefined ? undefined : [...new Set(levels)],
    });
  }
  let columns: readonly CheckedColumn[] = declared;
  try {
    if (delivery.physicalOf !== undefined) columns = await withTexts(engine, delivery, declared);
    await engine.run(`CREATE TABLE ${CHECKED} AS ${checkedSql(delivery, columns)}`);
  } catch {
    // What the engine says may quote a whole line, sealed cells too: it is not passed on.
    throw new Faults(source.file, [engineStopped(source.file)]);
  }
  await engine.useOneThread();
  const rows = await engine.number(`SELECT count(*)::INTEGER FROM ${CHECKED}`);
  if (rows !== delivery.records) {
    throw new RangeError(`${source.file}: the engine read ${rows} rows where ${delivery.records} stand in the file`);
  }
  return { columns, faultyRows: await engine.number(`SELECT count(*) FILTER (faulty)::INTEGER FROM ${CHECKED}`) };
}

/** The columns, those whose texts repeat with their dictionaries. */
async function withTexts(
  engine: Engine,
  delivery: Delivery,
  columns: readonly CheckedColumn[],
): Promise<readonly CheckedColumn[]> {
  const found = await repeatedTexts(engine, columns, (some) => judged(delivery, some));
  return columns.map((column) => {
    const texts = found.get(column);
    return texts === undefined ? column : { ...column, texts };
  });
}

function checkedSql(delivery: Delivery, columns: readonly CheckedColumn[]): string {
  const kept = columns.flatMap((column) => {
    const { value, state, texts } = column;
    const own = texts === undefined ? value : `${value}::${dictionaryType(column)} AS ${value}`;
    return state === undefined ? [own] : [own, state];
  });
  const wrong = columns.map((_, i) => wrongName(i)).join(" OR ");
  return `SELECT ${kept.join(", ")}, ${wrong} AS faulty FROM ${judged(delivery, columns)}`;
}

/**
 * SQL of a query with, for each column, its raw text, its value, its state and whether it is wrong. Where the cell's own type
 * serves, nobody asks for the raw text but the list of faults, and the engine makes none.
 */
export function judged(delivery: Delivery, columns: readonly CheckedColumn[]): string {
  const typed = columns.map(({ column, field, rule }) =>
    delivery.physicalOf === undefined
      ? undefined
      : typedCell(column, delivery.physicalOf(field), rule.parse(`(${delivery.columnOf(field)})`)),
  );
  const raws = columns.map(({ field }, i) => {
    const own = typed[i];
    const known = own === undefined ? "" : `, ${own.cell} AS ${cellName(i)}, ${own.value} AS p${i}`;
    return `${delivery.columnOf(field)} AS ${rawName(i)}${known}`;
  });
  const parsed = columns.map(({ rule, column }, i) => {
    const raw = rawName(i);
    if (typed[i] !== undefined) return `${raw}, ${cellName(i)}, p${i}`;
    const codes = codesOf(column.codes);
    const value =
      codes === undefined ? rule.parse(raw) : `CASE WHEN ${raw} IN (${codes}) THEN NULL ELSE ${rule.parse(raw)} END`;
    return `${raw}, ${value} AS p${i}`;
  });
  const values = columns.map(({ rule, value }, i) => {
    const accepted = rule.accepts === undefined ? `p${i}` : `CASE WHEN ${rule.accepts(`p${i}`)} THEN p${i} END`;
    const cell = typed[i] === undefined ? "" : `, ${cellName(i)}`;
    return `${rawName(i)}${cell}, ${accepted} AS ${value}`;
  });
  const verdicts = columns.map(({ column, value, state }, i) => {
    const raw = rawName(i);
    const codes = codesOf(column.codes);
    const isCode = codes === undefined ? "" : ` AND ${raw} NOT IN (${codes})`;
    const reason = state === undefined ? "" : `, ${stateOf(column, raw, value)} AS ${state}`;
    const given = typed[i] === undefined ? raw : cellName(i);
    return `${raw}, ${value}${reason}, (${given} IS NOT NULL AND ${value} IS NULL${isCode}) AS ${wrongName(i)}`;
  });
  const delivered = `(SELECT ${raws.join(", ")} FROM ${delivery.relation})`;
  return `(SELECT ${verdicts.join(", ")} FROM (SELECT ${values.join(", ")} FROM (SELECT ${parsed.join(", ")} FROM ${delivered})))`;
}

const cellName = (column: number): string => `n${column}`;
export const rawName = (column: number): string => `r${column}`;
export const wrongName = (column: number): string => `w${column}`;

const codesOf = (codes: Readonly<Record<string, string>>): string | undefined =>
  Object.keys(codes).length === 0 ? undefined : Object.keys(codes).map(quoteText).join(", ");

function engineStopped(file: string): Fault {
  return {
    code: "file-damaged",
    severity: "fault",
    message: `The reading of ${file} broke off in the middle: it is damaged, or written in a way that is not known here.`,
    suggestion: "Copy or export the file again.",
  };
}
