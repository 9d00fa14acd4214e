import { type ColumnRead, columnsOf, evaluate } from "#expression";
import type { DerivedColumn, UnitDeclaration } from "#protocol";
import type { TidyTable } from "#sources";
import { type Column, type Frame, isMissing, type NumberColumn, takeRows } from "#table";
import { derive, frameContext } from "./derive.ts";
import { joinSource } from "./joinSource.ts";
import { deliveredReads, type JoinRecord, rowContext, type UnitTable } from "./unitTable.ts";

/**
 * Makes the table of one kind of unit from its sources: keeps the rows asked for, joins, derives columns in the order
 * they depend on each other, and sorts by identity, then year.
 * @throws Faults  when a join would multiply rows.
 */
export function buildUnit(declaration: UnitDeclaration, sources: ReadonlyMap<string, TidyTable>): UnitTable {
  const delivered = sources.get(declaration.from)!.frame;
  const { frame: kept, refused, undecided } = keepRows(delivered, declaration);
  let frame = sortRows(kept, declaration);
  const joins: JoinRecord[] = [];
  for (const join of declaration.join) {
    const done = joinSource(frame, join, sources.get(join.source)!);
    frame = done.frame;
    joins.push(done.record);
  }

  const bare = indexRows(declaration, frame, joins, { refused, undecided });
  const columns = new Map<string, Column>(frame.columns);
  const madeFrom = new Map<string, readonly ColumnRead[]>();
  for (const column of inOrderOfDependence(declaration.columns)) {
    const soFar = { rows: frame.rows, columns };
    const unit = { ...bare, frame: soFar };
    columns.set(
      column.name,
      derive(column, { frame: soFar, context: rowContext(unit), year: declaration.year, sources }),
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
  const rows: number[] = [];
  let refused = 0;
  let undecided = 0;
  for (let row = 0; row < frame.rows; row++) {
    const answer = truth === undefined ? 1 : truth[row]!;
    if (Number.isNaN(answer) || key.some((column) => isMissing(column, row))) undecided++;
    else if (answer === 0) refused++;
    else rows.push(row);
  }
  return { frame: takeRows(frame, Int32Array.from(rows)), refused, undecided };
}

/** Identity text of every row; a numeric identity is written as a plain whole number. */
function identityTexts(frame: Frame, name: string): string[] {
  const column = frame.columns.get(name)!;
  return Array.from({ length: frame.rows }, (_, row) =>
    column.kind === "number" ? String(column.values[row]) : column.levels[column.codes[row]!]!,
  );
}

function sortRows(frame: Frame, declaration: UnitDeclaration): Frame {
  const identities = identityTexts(frame, declaration.identity);
  const years =
    declaration.year === undefined ? undefined : (frame.columns.get(declaration.year) as NumberColumn).values;
  const order = Int32Array.from(identities.keys()).sort((a, b) => {
    const left = identities[a]!;
    const right = identities[b]!;
    return left < right ? -1 : left > right ? 1 : (years?.[a] ?? 0) - (years?.[b] ?? 0) || a - b;
  });
  return takeRows(frame, order);
}

function indexRows(
  declaration: UnitDeclaration,
  frame: Frame,
  joins: readonly JoinRecord[],
  where: UnitTable["where"],
): UnitTable {
  const texts = identityTexts(frame, declaration.identity);
  const yearOf =
    declaration.year === undefined ? undefined : (frame.columns.get(declaration.year) as NumberColumn).values;
  const identities: string[] = [];
  const identityOf = new Int32Array(frame.rows);
  const repeated: number[] = [];
  for (let row = 0; row < frame.rows; row++) {
    const isNew = row === 0 || texts[row] !== texts[row - 1];
    if (isNew) identities.push(texts[row]!);
    else if (yearOf === undefined || yearOf[row] === yearOf[row - 1]) repeated.push(row);
    identityOf[row] = identities.length - 1;
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
  const names =
    column.how === "summary"
      ? column.on
      : column.how === "quantiles" || column.how === "standardise"
        ? [column.column, ...column.within]
        : [column.column];
  return names.map((name) => ({ name, moment: undefined }));
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
