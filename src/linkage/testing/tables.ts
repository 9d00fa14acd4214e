import { checkExpression, type Expression, parseExpression, type ValueType } from "#expression";
import type { DerivedColumn, JoinDeclaration, UnitDeclaration } from "#protocol";
import type { TidyTable } from "#sources";
import type { Column, Frame, NumberColumn } from "#table";

export const PLACE = { file: "study.yaml", line: 3, column: 5 };

type Cell = string | number | boolean | undefined;

/** A column from plain values: text, numbers or yes and no; undefined is a gap. */
export function column(values: readonly Cell[], type?: NumberColumn["type"], levels?: readonly string[]): Column {
  if (values.some((value) => typeof value === "string")) {
    const own =
      levels ?? [...new Set(values.filter((value) => typeof value === "string"))].sort((a, b) => (a < b ? -1 : 1));
    const codes = Int32Array.from(values, (value) => (value === undefined ? -1 : own.indexOf(String(value))));
    return { kind: "code", type: levels === undefined ? "text" : "category", levels: own, codes };
  }
  const isTruth = values.some((value) => typeof value === "boolean");
  return {
    kind: "number",
    type: type ?? (isTruth ? "truth" : "number"),
    values: Float64Array.from(values, (value) => (value === undefined ? Number.NaN : Number(value))),
  };
}

export function frameOf(columns: Readonly<Record<string, Column>>): Frame {
  const [first] = Object.values(columns);
  const rows = first === undefined ? 0 : first.kind === "number" ? first.values.length : first.codes.length;
  return { rows, columns: new Map(Object.entries(columns)) };
}

export function table(id: string, frame: Frame): TidyTable {
  const trail = {
    source: id,
    file: `${id}.csv`,
    path: `/data/${id}.csv`,
    sha256: "",
    bytes: 0,
    rowsInFile: frame.rows,
    rowsKept: frame.rows,
    rowsRefused: 0,
    rowsUndecided: 0,
  };
  return { id, frame, trail } as TidyTable;
}

export const tables = (...all: readonly TidyTable[]): ReadonlyMap<string, TidyTable> =>
  new Map(all.map((one) => [one.id, one]));

function typeOf(own: Column): ValueType {
  if (own.type === "category" && own.kind === "code") return { kind: "category", levels: own.levels, isOrdered: false };
  return own.type === "number" ? { kind: "number", scale: "plain" } : ({ kind: own.type } as ValueType);
}

/** An expression checked against the columns of a frame. */
export function expression(text: string, frame: Frame): Expression {
  const parsed = parseExpression(text, PLACE);
  if (parsed.state === "faulty") throw new Error(parsed.fault.message);
  const columns = new Map([...frame.columns].map(([name, own]) => [name, { type: typeOf(own) }]));
  const checked = checkExpression(parsed.parsed, { name: "schools", columns, moments: "open" });
  if (checked.state === "faulty") throw new Error(checked.faults.map((fault) => fault.message).join("; "));
  return checked.expression;
}

/** The declaration of a panel of schools, with parts replaced. */
export function schools(parts: Partial<UnitDeclaration> = {}): UnitDeclaration {
  return {
    id: "schools",
    is: "school",
    from: "panel",
    identity: "school",
    year: "year",
    member: {},
    join: [],
    columns: [],
    place: PLACE,
    ...parts,
  };
}

export function join(parts: Partial<JoinDeclaration> = {}): JoinDeclaration {
  return { source: "other", on: ["school"], columns: ["grade"], prefix: "", missing: "keep", place: PLACE, ...parts };
}

/** A derived column by name and rule. */
export function derived<How extends DerivedColumn["how"]>(
  name: string,
  how: How,
  rule: Omit<Extract<DerivedColumn, { how: How }>, "name" | "how" | "place">,
): DerivedColumn {
  return { name, how, place: PLACE, ...rule } as unknown as DerivedColumn;
}

/** Values of a column as a reader sees them; undefined where there is none. */
export function valuesOf(own: Column): (number | string | undefined)[] {
  if (own.kind === "code") return Array.from(own.codes, (code) => (code < 0 ? undefined : own.levels[code]));
  return Array.from(own.values, (value) => (Number.isNaN(value) ? undefined : value));
}
