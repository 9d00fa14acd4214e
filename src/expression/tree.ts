import type { AcademicYear, CellState, Place } from "#domain";
import type { ValueType } from "./valueType.ts";

/** The moment a column is read at: a fixed year, or whole years from a unit's baseline, time zero or horizon. */
export type Moment =
  | { readonly year: AcademicYear }
  | { readonly anchor: "baseline" | "timeZero" | "followup"; readonly offset: number };

export type Relation = "=" | "!=" | "<" | "<=" | ">" | ">=";
export type Operation = "+" | "-" | "*" | "/";

/** Where a node stands in the text of its expression: offsets, the end not included. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** An expression as parsed. A number holds what was written: `40%` is 40 with `isPercent`. */
export type Node = Span &
  (
    | { readonly node: "number"; readonly value: number; readonly isPercent: boolean }
    | { readonly node: "text"; readonly value: string }
    | { readonly node: "date"; readonly days: number }
    | { readonly node: "year"; readonly year: AcademicYear }
    | { readonly node: "truth"; readonly value: boolean }
    | { readonly node: "column"; readonly name: string }
    | { readonly node: "exists" }
    | { readonly node: "at"; readonly of: Node; readonly moment: Moment }
    | { readonly node: "minus"; readonly of: Node }
    | { readonly node: "not"; readonly of: Node }
    | { readonly node: "and" | "or"; readonly parts: readonly Node[] }
    | { readonly node: "relation"; readonly relation: Relation; readonly left: Node; readonly right: Node }
    | { readonly node: "in"; readonly of: Node; readonly options: readonly Node[]; readonly isNegated: boolean }
    | {
        readonly node: "between";
        readonly of: Node;
        readonly low: Node;
        readonly high: Node;
        readonly isNegated: boolean;
      }
    | { readonly node: "is"; readonly of: Node; readonly state: AskedState; readonly isNegated: boolean }
    | { readonly node: "arithmetic"; readonly operation: Operation; readonly left: Node; readonly right: Node }
    | { readonly node: "call"; readonly name: string; readonly parts: readonly Node[] }
    | { readonly node: "if"; readonly condition: Node; readonly yes: Node; readonly no: Node }
  );

export type NodeOf<Kind extends Node["node"]> = Extract<Node, { readonly node: Kind }>;

/** The states `is` can ask for. `missing` is true of every cell without a value. */
export type AskedState = Exclude<CellState, "observed">;

/** An expression that follows the grammar; its names and types are not checked yet. */
export interface ParsedExpression {
  /** As written. */
  readonly text: string;
  /** Of its first character. */
  readonly place: Place;
  readonly tree: Node;
  /** The place of any offset inside the text. */
  readonly locate: (offset: number) => Place;
}

/** A checked expression: every name is known and every type fits. */
export interface Expression extends ParsedExpression {
  readonly type: ValueType;
  /** Labels of the columns it reads, for words. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A column an expression reads, and when. */
export interface ColumnRead {
  readonly name: string;
  readonly moment: Moment | undefined;
}

/** The parts of a node, left to right. */
export function partsOf(node: Node): readonly Node[] {
  switch (node.node) {
    case "at":
    case "minus":
    case "not":
    case "is":
      return [node.of];
    case "and":
    case "or":
    case "call":
      return node.parts;
    case "relation":
    case "arithmetic":
      return [node.left, node.right];
    case "in":
      return [node.of, ...node.options];
    case "between":
      return [node.of, node.low, node.high];
    case "if":
      return [node.condition, node.yes, node.no];
    default:
      return [];
  }
}

/** Every column an expression reads, each moment once, in the order of the text. An inner `at` is nearer than an outer one. */
export function columnsOf(expression: { readonly tree: Node }): readonly ColumnRead[] {
  const reads = new Map<string, ColumnRead>();
  const visit = (node: Node, moment: Moment | undefined): void => {
    if (node.node === "column") reads.set(JSON.stringify([node.name, moment]), { name: node.name, moment });
    else for (const part of partsOf(node)) visit(part, node.node === "at" ? node.moment : moment);
  };
  visit(expression.tree, undefined);
  return [...reads.values()];
}
