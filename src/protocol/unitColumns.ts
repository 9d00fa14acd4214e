import type { AcademicYear, ColumnDeclaration } from "#domain";
import { columnsOf, type Expression, type Moment, typeOfColumn, type ValueType } from "#expression";
import { present } from "./reading.ts";
import type { StudySource, UnitDeclaration } from "./study.ts";

/** A delivered column that stands behind a column of a unit, and the moment it is read at. */
export interface DeliveredRead {
  readonly source: StudySource;
  readonly column: ColumnDeclaration;
  readonly moment: Moment | undefined;
}

/** What stands behind a column of a unit, through any number of steps. */
export interface Behind {
  readonly madeFrom: readonly DeliveredRead[];
  /** Fixed years it looks at, whatever the year of its row. */
  readonly looksAt: readonly AcademicYear[];
  /** Sources whose rows it summarises. */
  readonly counts: readonly StudySource[];
}

/** A column of a unit as expressions and checks see it. */
export interface UnitColumn extends Behind {
  /** Left out where its own declaration is at fault. */
  readonly type?: ValueType;
  readonly label?: string;
  readonly reference?: string;
}

/** A column that is declared, and of which nothing more is known yet. */
export const UNKNOWN: UnitColumn = { madeFrom: [], looksAt: [], counts: [] };

/** A unit with every column it has: delivered, joined and derived. */
export interface UnitModel {
  readonly declaration: UnitDeclaration;
  readonly columns: ReadonlyMap<string, UnitColumn>;
}

/** How expressions see a column of a source. */
export function deliveredColumn(source: StudySource, column: ColumnDeclaration): UnitColumn {
  const madeFrom = [{ source, column, moment: undefined }];
  return {
    ...UNKNOWN,
    type: typeOfColumn(column),
    madeFrom,
    ...present({ label: column.label, reference: column.reference }),
  };
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

/** What stands behind several columns together. */
export function behindAll(columns: readonly Behind[]): Behind {
  return {
    madeFrom: columns.flatMap(({ madeFrom }) => madeFrom),
    looksAt: columns.flatMap(({ looksAt }) => looksAt),
    counts: columns.flatMap(({ counts }) => counts),
  };
}

/** What stands behind an expression over columns of a unit. */
export function behindExpression(expression: Expression, columns: ReadonlyMap<string, UnitColumn>): Behind {
  const { looksAt, counts } = behindAll(columnsOf(expression).flatMap(({ name }) => columns.get(name) ?? []));
  return {
    madeFrom: deliveredReads(expression, columns),
    looksAt: [...fixedYears(expression.tree), ...looksAt],
    counts,
  };
}

/** Every fixed year that stands after `at` in a tree, also with `exists`, which names no column. */
function fixedYears(part: unknown): readonly AcademicYear[] {
  if (typeof part !== "object" || part === null) return [];
  const node = part as Partial<Expression["tree"]>;
  const own = node.node === "at" && node.moment !== undefined && "year" in node.moment ? [node.moment.year] : [];
  return [...own, ...Object.values(part).flatMap(fixedYears)];
}
