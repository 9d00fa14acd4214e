import type { ColumnDeclaration } from "#domain";
import { columnsOf, type Expression, type Moment, typeOfColumn, type ValueType } from "#expression";
import { present } from "./reading.ts";
import type { StudySource, UnitDeclaration } from "./study.ts";

/** A delivered column that stands behind a column of a unit, and the moment it is read at. */
export interface DeliveredRead {
  readonly source: StudySource;
  readonly column: ColumnDeclaration;
  readonly moment: Moment | undefined;
}

/** A column of a unit as expressions and checks see it. */
export interface UnitColumn {
  /** Left out where its own declaration is at fault. */
  readonly type?: ValueType;
  readonly label?: string;
  readonly reference?: string;
  /** What it was made from, through any number of steps. */
  readonly madeFrom: readonly DeliveredRead[];
}

/** A unit with every column it has: delivered, joined and derived. */
export interface UnitModel {
  readonly declaration: UnitDeclaration;
  readonly columns: ReadonlyMap<string, UnitColumn>;
}

/** How expressions see a column of a source. */
export function deliveredColumn(source: StudySource, column: ColumnDeclaration): UnitColumn {
  const madeFrom = [{ source, column, moment: undefined }];
  return { type: typeOfColumn(column), madeFrom, ...present({ label: column.label, reference: column.reference }) };
}

/** The delivered columns behind an expression, each at the moment nearest to it. */
export function deliveredReads(
  expression: Expression,
  columns: ReadonlyMap<string, UnitColumn>,
): readonly DeliveredRead[] {
  return columnsOf(expression).flatMap(({ name, moment }) =>
    (columns.get(name)?.madeFrom ?? []).map((read) => ({ ...read, moment: nearer(read.moment, moment) })),
  );
}

const nearer = (inner: Moment | undefined, outer: Moment | undefined): Moment | undefined => inner ?? outer;
