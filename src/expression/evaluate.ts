import { stateCode } from "#domain";
import { type CodeColumn, type Column, isMissing, type NumberColumn } from "#table";
import { alignCodes } from "./codes.ts";
import { asText, FUNCTIONS } from "./functions.ts";
import type { Moment, Node, NodeOf, Operation, Relation } from "./tree.ts";

/** The rows an expression is read over: what a column was at a moment, and whether the unit had a row then. */
export interface EvaluationContext {
  readonly rows: number;
  column(name: string, moment: Moment | undefined): Column;
  exists(moment: Moment | undefined): NumberColumn;
}

/**
 * The value of an expression for every row of a context, over whole columns at once.
 *
 * A comparison with a missing value is undecided (NaN in a `truth` column); `and`, `or` and `not` follow three-valued
 * logic. A value made from a missing value, or without a finite answer (a division by 0, the root of a negative
 * number), is missing. `is missing` and its kin are always decided.
 *
 * @returns a column of `context.rows` rows: 1, 0 or NaN where the type is `truth`.
 */
export function evaluate(expression: { readonly tree: Node }, context: EvaluationContext): Column {
  return columnFor(expression.tree, context, undefined);
}

function columnFor(node: Node, context: EvaluationContext, moment: Moment | undefined): Column {
  const value = (part: Node): Column => columnFor(part, context, moment);
  const numbers = (part: Node): Float64Array => (value(part) as NumberColumn).values;
  switch (node.node) {
    case "number":
      return constant("number", node.value, context.rows);
    case "date":
      return constant("date", node.days, context.rows);
    case "year":
      return constant("academicYear", node.year, context.rows);
    case "truth":
      return constant("truth", Number(node.value), context.rows);
    case "text":
      // A quoted text is a category of one level: among text it becomes text, among levels it stays a level.
      return { kind: "code", type: "category", levels: [node.value], codes: new Int32Array(context.rows) };
    case "column":
      return context.column(node.name, moment);
    case "exists":
      return context.exists(moment);
    case "at":
      return columnFor(node.of, context, node.moment);
    case "minus":
      return { kind: "number", type: "number", values: numbers(node.of).map((own) => -own) };
    case "not":
      return truths(numbers(node.of).map((own) => 1 - own));
    case "and":
    case "or":
      return connect(node.node, node.parts.map(numbers));
    case "relation":
      return truths(relate(node.relation, value(node.left), value(node.right)));
    case "in":
      return isIn(node, value);
    case "between":
      return isBetween(node, value);
    case "is":
      return hasState(node, value(node.of));
    case "arithmetic":
      return calculate(node.operation, value(node.left) as NumberColumn, value(node.right) as NumberColumn);
    case "call":
      return FUNCTIONS.get(node.name)!.run(node.parts.map(value), context.rows);
    case "if":
      return choose(numbers(node.condition), value(node.yes), value(node.no));
  }
}

function constant(type: NumberColumn["type"], value: number, rows: number): NumberColumn {
  return { kind: "number", type, values: new Float64Array(rows).fill(value) };
}

const truths = (values: Float64Array): NumberColumn => ({ kind: "number", type: "truth", values });

/** `and`: no if any is no, else undecided if any is; `or`: yes if any is yes, else undecided if any is. */
function connect(word: "and" | "or", parts: readonly Float64Array[]): NumberColumn {
  const settled = word === "and" ? 0 : 1;
  const values = Float64Array.from(parts[0]!);
  for (const part of parts.slice(1)) {
    for (let row = 0; row < values.length; row++) {
      if (values[row] === settled || part[row] === settled) values[row] = settled;
      else if (Number.isNaN(part[row]!)) values[row] = Number.NaN;
    }
  }
  return truths(values);
}

function relate(relation: Relation, left: Column, right: Column): Float64Array {
  const [a, b] = comparableArrays(left, right);
  const holds = HOLDS[relation];
  const values = new Float64Array(a.length);
  for (let row = 0; row < a.length; row++) {
    const own = a[row]!;
    const other = b[row]!;
    values[row] = Number.isNaN(own) || Number.isNaN(other) ? Number.NaN : Number(holds(own, other));
  }
  return values;
}

const HOLDS: Readonly<Record<Relation, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** Two columns as numbers that compare as their values do; levels by their place, with a literal's place in the other's order. */
function comparableArrays(left: Column, right: Column): readonly [Float64Array, Float64Array] {
  if (left.kind === "number" && right.kind === "number") return [left.values, right.values];
  const columns = left.kind === "code" && isOneLevel(left) ? [right, left] : [left, right];
  const aligned = alignCodes(columns.map(asText));
  const [first, second] = aligned.codes.map(asNumbers);
  return columns[0] === left ? [first!, second!] : [second!, first!];
}

/** A plain loop: `from` with a function takes ten times as long, and whole panels pass through here. */
function asNumbers(codes: Int32Array): Float64Array {
  const values = new Float64Array(codes.length);
  for (let row = 0; row < values.length; row++) values[row] = codes[row]! < 0 ? Number.NaN : codes[row]!;
  return values;
}

const isOneLevel = (column: CodeColumn): boolean => column.type === "category" && column.levels.length === 1;

function isIn(node: NodeOf<"in">, value: (part: Node) => Column): NumberColumn {
  const of = value(node.of);
  const any = connect(
    "or",
    node.options.map((option) => relate("=", of, value(option))),
  );
  return node.isNegated ? truths(any.values.map((own) => 1 - own)) : any;
}

function isBetween(node: NodeOf<"between">, value: (part: Node) => Column): NumberColumn {
  const of = value(node.of);
  const inside = connect("and", [relate(">=", of, value(node.low)), relate("<=", of, value(node.high))]);
  return node.isNegated ? truths(inside.values.map((own) => 1 - own)) : inside;
}

function hasState(node: NodeOf<"is">, column: Column): NumberColumn {
  const rows = column.kind === "number" ? column.values.length : column.codes.length;
  const asked = stateCode(node.state);
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const holds = isMissing(column, row) && (node.state === "missing" || column.states?.[row] === asked);
    values[row] = Number(holds !== node.isNegated);
  }
  return truths(values);
}

function calculate(operation: Operation, left: NumberColumn, right: NumberColumn): NumberColumn {
  const a = left.values;
  const b = right.values;
  const values = new Float64Array(a.length);
  const compute = COMPUTE[operation];
  for (let row = 0; row < a.length; row++) {
    const result = compute(a[row]!, b[row]!);
    values[row] = Number.isFinite(result) ? result : Number.NaN;
  }
  // A year plus a whole number is a year; the difference of two years, or two dates, is a number.
  const years = Number(left.type === "academicYear") + Number(right.type === "academicYear");
  return { kind: "number", type: years === 1 ? "academicYear" : "number", values };
}

const COMPUTE: Readonly<Record<Operation, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};

/** The arm the condition points to; missing where it is undecided. */
function choose(condition: Float64Array, yes: Column, no: Column): Column {
  const pick = <T extends Float64Array | Int32Array>(target: T, a: T, b: T): T => {
    for (let row = 0; row < condition.length; row++) {
      if (condition[row] === 1) target[row] = a[row]!;
      else if (condition[row] === 0) target[row] = b[row]!;
    }
    return target;
  };
  if (yes.kind === "number" && no.kind === "number") {
    return {
      kind: "number",
      type: yes.type,
      values: pick(new Float64Array(condition.length).fill(Number.NaN), yes.values, no.values),
    };
  }
  const { type, levels, codes } = alignCodes([asText(yes), asText(no)]);
  return { kind: "code", type, levels, codes: pick(new Int32Array(condition.length).fill(-1), codes[0]!, codes[1]!) };
}
