import type { Fault } from "#domain";
import type { Column, NumberColumn } from "#table";
import { checkExpression, type Scope, type ScopeColumn } from "../check.ts";
import { type EvaluationContext, evaluate } from "../evaluate.ts";
import { parseExpression } from "../parse.ts";
import type { Expression } from "../tree.ts";

const category = (levels: readonly string[], isOrdered = false): ScopeColumn => ({
  type: { kind: "category", levels, isOrdered },
});

/** Columns of an invented unit, one of every type. */
export const COLUMNS: ReadonlyMap<string, ScopeColumn> = new Map<string, ScopeColumn>([
  ["fsm_pct", { type: { kind: "number", scale: "percent" } }],
  ["share", { type: { kind: "number", scale: "proportion" } }],
  ["pupils", { type: { kind: "number", scale: "plain", unit: "pupils" } }],
  ["progress8", { type: { kind: "number", scale: "plain", unit: "points" } }],
  ["count", { type: { kind: "number", scale: "plain" } }],
  ["region", category(["North West", "North East", "London"])],
  ["grade", category(["1", "2", "3", "4"], true)],
  ["name", { type: { kind: "text" } }],
  ["other_name", { type: { kind: "text" } }],
  ["use_row", { type: { kind: "truth" } }],
  ["joined", { type: { kind: "date" }, label: "joined a trust" }],
  ["left", { type: { kind: "date" } }],
  ["year", { type: { kind: "academicYear" } }],
  ["broken", {}],
]);

export const SCOPE: Scope = { name: "schools", columns: COLUMNS, moments: "sealed", baselineYear: 2015 };

const PLACE = { file: "study.yaml", line: 7, column: 10 };

/** Reads and checks; a text at fault gives its faults. */
export function read(text: string, scope: Scope = SCOPE): Expression | readonly Fault[] {
  const result = parseExpression(text, PLACE);
  if (result.state === "faulty") return [result.fault];
  const checked = checkExpression(result.parsed, scope);
  return checked.state === "checked" ? checked.expression : checked.faults;
}

export function faultsOf(text: string, scope: Scope = SCOPE): readonly Fault[] {
  const found = read(text, scope);
  if (!("tree" in found)) return found;
  throw new Error(`${text} was expected to be at fault`);
}

export function good(text: string, scope: Scope = { ...SCOPE, moments: "open" }): Expression {
  const found = read(text, scope);
  if ("tree" in found) return found;
  throw new Error(found.map((fault) => `${fault.code}: ${fault.message}`).join("; "));
}

/** Columns of a few rows; a moment is read from `name@2015` or `name@baseline+1` where the test gives one. */
export function rowsOf(rows: number, columns: Readonly<Record<string, Column>>): EvaluationContext {
  return {
    rows,
    column: (name, moment) => {
      const suffix =
        moment === undefined
          ? ""
          : "year" in moment
            ? `@${moment.year}`
            : `@${moment.anchor}${moment.offset === 0 ? "" : `+${moment.offset}`}`;
      const found = columns[name + suffix];
      if (found === undefined) throw new Error(`the test gives no column ${name}${suffix}`);
      return found;
    },
    exists: () => numbers("truth", [1, 0, Number.NaN].slice(0, rows)),
  };
}

export function numbers(
  type: "number" | "truth" | "date" | "academicYear",
  values: readonly number[],
  states?: readonly number[],
): NumberColumn {
  return {
    kind: "number",
    type,
    values: Float64Array.from(values),
    ...(states !== undefined && { states: Uint8Array.from(states) }),
  };
}

export function codes(
  type: "text" | "category",
  levels: readonly string[],
  values: readonly number[],
  states?: readonly number[],
): Column {
  return {
    kind: "code",
    type,
    levels,
    codes: Int32Array.from(values),
    ...(states !== undefined && { states: Uint8Array.from(states) }),
  };
}

/** What an expression gives for each row: numbers, or text; undefined where missing. */
export function valuesOf(text: string, context: EvaluationContext): (number | string | undefined)[] {
  const column = evaluate(good(text), context);
  if (column.kind === "code") return Array.from(column.codes, (code) => (code < 0 ? undefined : column.levels[code]));
  return Array.from(column.values, (value) => (Number.isNaN(value) ? undefined : value));
}
