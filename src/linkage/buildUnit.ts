import { type ColumnRead, columnsOf, evaluate } from "#expression";
import type { DerivedColumn, UnitDeclaration } from "#protocol";
import type { TidyTable } from "#sources";
import { type Column, type Frame, isMissing, type NumberColumn, rowsWhere, takeRows } from "#table";
import { derive, frameContext, type RateOf } from "./derive.ts";
import { joinSource } from "./joinSource.ts";
import { repairGaps } from "./repairGaps.ts";
import { orderOf } from "./sortRows.ts";
import { deliveredReads, type JoinRecord, rowContext, type UnitTable } from "./unitTable.ts";

/** What a unit table is made with, beside its sources. */
export interface BuildOptions {
  /** Whether missing years are filled as the declaration says: never under the seal, which hides the rows that tell. */
  readonly repair?: boolean;
  /** Yearly rates of another unit's outcome, by the name of the column that asks for them. */
  readonly rates?: ReadonlyMap<string, RateOf>;
}

/**
 * Makes the table of one kind of unit from its sources: keeps the rows asked for, fills gaps, joins, derives columns in
 * the order they depend on each other, and sorts by identity, then year.
 * @throws Faults  when a join would multiply rows.
 */
export function buildUnit(
  declaration: UnitDeclaration,
  sources: ReadonlyMap<string, TidyTable>,
  { repair = false, rates = new Map() }: BuildOptions = {},
): UnitTable {
  const delivered = sources.get(declaration.from)!.frame;
  const { frame: kept, refused, undecided } = keepRows(delivered, declaration);
  const { frame: sorted, merged } = oneRecordEach(sortRows(kept, declaration), declaration);
  const repaired =
    repair && declaration.repair !== undefined && declaration.year !== undefined
      ? repairGaps(sorted, runsOf(sorted, declaration.identity), declaration.year, declaration.repair)
      : undefined;
  let frame = repaired?.frame ?? sorted;
  const joins: JoinRecord[] = [];
  for (const join of declaration.join) {
    const done = joinSource(frame, join, sources.get(join.source)!);
    frame = done.frame;
    joins.push(done.record);
  }

  const bare = {
    ...indexRows(declaration, frame, joins, { refused, undecided }),
    ...(repaired !== undefined && { repairs: repaired.record }),
    merged,
  };
  const columns = new Map<string, Column>(frame.columns);
  const madeFrom = new Map<string, readonly ColumnRead[]>();
  for (const column of inOrderOfDependence(declaration.columns)) {
    const soFar = { rows: frame.rows, columns };
    const unit = { ...bare, frame: soFar };
    columns.set(
      column.name,
      derive(column, { frame: soFar, rowsOf: unit, context: rowContext(unit), year: declaration.year, sources, rates }),
    );
    madeFrom.set(
      column.name,
      readsOf(column).flatMap((read) => deliveredReads(read, madeFrom)),
    );
  }
  return { ...bare, frame: { rows: frame.rows, columns }, madeFrom };
}

function keepRows(frame: Frame, declaration: UnitDeclaration): { frame: Frame; refused: number; undecided: number } {
  const truth =
    declaration.where === undefined
      ? undefined
      : (evaluate(declaration.where, frameContext(frame)) as NumberColumn).values;
  const key = [declaration.identity, ...(declaration.year === undefined ? [] : [declaration.year])].map(
    (name) => frame.columns.get(name)!,
  );
  let refused = 0;
  let undecided = 0;
  const rows = rowsWhere(frame.rows, (row) => {
    const answer = truth === undefined ? 1 : truth[row]!;
    if (Number.isNaN(answer) || key.some((column) => isMissing(column, row))) undecided++;
    else if (answer === 0) refused++;
    else return true;
    return false;
  });
  return { frame: takeRows(frame, rows), refused, undecided };
}

/** Identity text of a row; a numeric identity is written as a plain whole number. */
function identityText(column: Column, row: number): string {
  return column.kind === "number" ? String(column.values[row]) : column.levels[column.codes[row]!]!;
}

function sortRows(frame: Frame, declaration: UnitDeclaration): Frame {
  const years =
    declaration.year === undefined ? undefined : (frame.columns.get(declaration.year) as NumberColumn).values;
  return takeRows(frame, orderOf(frame.columns.get(declaration.identity)!, years, frame.rows));
}

/**
 * Of the records that share an identity in a year (schools before they merged) the one whose number is the identity, else
 * the one with the lowest number. Identities as delivered are left alone: there a repeated key is a fault.
 */
function oneRecordEach(
  frame: Frame,
  { identity, number, year }: UnitDeclaration,
): { readonly frame: Frame; readonly merged: number } {
  const numbers = number === undefined ? undefined : frame.columns.get(number);
  if (numbers === undefined || year === undefined) return { frame, merged: 0 };
  const runs = runsOf(frame, identity);
  const years = (frame.columns.get(year) as NumberColumn).values;
  const names = frame.columns.get(identity)!;
  const rows: number[] = [];
  for (let row = 0; row < frame.rows; row++) {
    const last = rows.at(-1);
    if (last === undefined || runs[row] !== runs[last] || years[row] !== years[last]) rows.push(row);
    else if (isBefore(identityText(names, row), identityText(numbers, row), identityText(numbers, last)))
      rows[rows.length - 1] = row;
  }
  const merged = frame.rows - rows.length;
  return merged === 0 ? { frame, merged } : { frame: takeRows(frame, Int32Array.from(rows)), merged };
}

const isBefore = (identity: string, one: string, other: string): boolean =>
  one === identity || (other !== identity && one < other);

/** One number for each run of rows with the same identity, from 0. */
function runsOf(frame: Frame, identity: string): Int32Array {
  const column = frame.columns.get(identity)!;
  const values = column.kind === "number" ? column.values : column.codes;
  const runs = new Int32Array(frame.rows);
  for (let row = 1; row < frame.rows; row++) runs[row] = runs[row - 1]! + Number(values[row] !== values[row - 1]);
  return runs;
}

function indexRows(
  declaration: UnitDeclaration,
  frame: Frame,
  joins: readonly JoinRecord[],
  where: UnitTable["where"],
): UnitTable {
  const column = frame.columns.get(declaration.identity)!;
  const runs = runsOf(frame, declaration.identity);
  const yearOf =
    declaration.year === undefined ? undefined : (frame.columns.get(declaration.year) as NumberColumn).values;
  const identities: string[] = [];
  const identityOf = new Int32Array(frame.rows);
  const repeated: number[] = [];
  for (let row = 0; row < frame.rows; row++) {
    const isNew = row === 0 || runs[row] !== runs[row - 1];
    if (isNew) identities.push(identityText(column, row));
    else if (yearOf === undefined || yearOf[row] === yearOf[row - 1]) repeated.push(row);
    identityOf[row] = runs[row]!;
  }
  const years = yearOf === undefined ? [] : [...new Set(yearOf)].sort((a, b) => a - b);
  return {
    id: declaration.id,
    noun: declaration.is,
    key: declaration.year === undefined ? [declaration.identity] : [declaration.identity, declaration.year],
    frame,
    identities,
    identityOf,
    yearOf,
    years,
    joins,
    repeated: Int32Array.from(repeated),
    where,
    madeFrom: new Map(),
    place: declaration.place,
  };
}

/** What a derived column reads of its own unit, with the moments an expression names. */
export function readsOf(column: DerivedColumn): readonly ColumnRead[] {
  if (column.how === "expression") return columnsOf(column.expression);
  return namesOf(column).map((name) => ({ name, moment: undefined }));
}

function namesOf(column: Exclude<DerivedColumn, { readonly how: "expression" }>): readonly string[] {
  switch (column.how) {
    case "summary":
      return column.on;
    case "quantiles":
    case "standardise":
      return [column.column, ...column.within];
    case "roleLevel":
      return column.tlr === undefined ? [column.post] : [column.post, column.tlr];
    case "challengingSchool":
      return [column.grade, column.school];
    case "rateBefore":
      return [];
    default:
      return [column.column];
  }
}

/** Derived columns so that each comes after those it reads. Circles were refused when the protocol was read. */
function inOrderOfDependence(columns: readonly DerivedColumn[]): readonly DerivedColumn[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const ordered = new Set<DerivedColumn>();
  const visit = (column: DerivedColumn): void => {
    if (ordered.has(column)) return;
    for (const { name } of readsOf(column)) {
      const other = byName.get(name);
      if (other !== undefined && other !== column) visit(other);
    }
    ordered.add(column);
  };
  for (const column of columns) visit(column);
  return [...ordered];
}
