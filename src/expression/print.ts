import { printAcademicYear, printDate } from "#domain";
import type { Moment, Node } from "./tree.ts";

/** How tightly a node holds together; an operand that holds less tightly than its place needs brackets. */
const TIGHTNESS = { or: 1, and: 2, not: 3, comparison: 4, sum: 5, product: 6, factor: 7, timed: 8, atom: 9 } as const;

/**
 * Writes a tree as an expression in one fixed layout: reading it again gives the same tree, and two spellings of one
 * expression give the same text.
 */
export function printExpression(node: Node): string {
  switch (node.node) {
    case "number":
      return `${printNumber(node.value)}${node.isPercent ? "%" : ""}`;
    case "text":
      return node.value.includes('"') ? `'${node.value}'` : `"${node.value}"`;
    case "date":
      return printDate(node.days);
    case "year":
      return printAcademicYear(node.year);
    case "truth":
      return node.value ? "yes" : "no";
    case "column":
      return node.name;
    case "exists":
      return "exists";
    case "at":
      return `${bracket(node.of, TIGHTNESS.atom)} at ${printMoment(node.moment)}`;
    case "minus":
      return `-${bracket(node.of, TIGHTNESS.timed)}`;
    case "not":
      return `not ${bracket(node.of, TIGHTNESS.comparison)}`;
    case "and":
      return node.parts.map((part) => bracket(part, TIGHTNESS.not)).join(" and ");
    case "or":
      return node.parts.map((part) => bracket(part, TIGHTNESS.and)).join(" or ");
    case "relation":
      return `${bracket(node.left, TIGHTNESS.sum)} ${node.relation} ${bracket(node.right, TIGHTNESS.sum)}`;
    case "in":
      return `${bracket(node.of, TIGHTNESS.sum)}${not(node.isNegated)} in (${node.options.map((option) => bracket(option, TIGHTNESS.sum)).join(", ")})`;
    case "between":
      return `${bracket(node.of, TIGHTNESS.sum)}${not(node.isNegated)} between ${bracket(node.low, TIGHTNESS.sum)} and ${bracket(node.high, TIGHTNESS.sum)}`;
    case "is": {
      const states = {
        missing: "missing",
        suppressed: "suppressed",
        notApplicable: "not applicable",
        notAvailable: "not available",
      };
      return `${bracket(node.of, TIGHTNESS.sum)} is${not(node.isNegated)} ${states[node.state]}`;
    }
    case "arithmetic": {
      const own = tightness(node);
      return `${operand(node.left, own)} ${node.operation} ${operand(node.right, own + 1)}`;
    }
    case "call":
      return `${node.name}(${node.parts.map(printExpression).join(", ")})`;
    case "if":
      return `if ${printExpression(node.condition)} then ${printExpression(node.yes)} else ${printExpression(node.no)}`;
  }
}

/** `baseline + 1`, `2015/16`. */
export function printMoment(moment: Moment): string {
  if ("year" in moment) return printAcademicYear(moment.year);
  if (moment.offset === 0) return moment.anchor;
  return `${moment.anchor} ${moment.offset < 0 ? "-" : "+"} ${Math.abs(moment.offset)}`;
}

const not = (isNegated: boolean): string => (isNegated ? " not" : "");

/** Digits without an exponent, which the grammar does not know: 5e-7 is 0.0000005. */
function printNumber(value: number): string {
  const [mantissa, exponent] = String(value).split("e");
  if (exponent === undefined) return mantissa!;
  const [whole, fraction = ""] = mantissa!.split(".");
  const shift = Number(exponent);
  if (shift < 0) return `0.${"0".repeat(-shift - 1)}${whole}${fraction}`;
  return `${whole}${fraction}${"0".repeat(shift - fraction.length)}`;
}

function bracket(node: Node, least: number): string {
  const text = printExpression(node);
  return tightness(node) < least ? `(${text})` : text;
}

/** `(x at baseline) + 1` is not `x at baseline + 1`, so a moment without an offset is bracketed among signs. */
function operand(node: Node, least: number): string {
  const timed = node.node === "minus" ? node.of : node;
  const text = bracket(node, least);
  const isOpen = timed.node === "at" && "anchor" in timed.moment && timed.moment.offset === 0;
  return isOpen && tightness(node) >= least ? `(${text})` : text;
}

function tightness(node: Node): number {
  switch (node.node) {
    case "or":
    case "and":
    case "not":
      return TIGHTNESS[node.node];
    case "relation":
    case "in":
    case "between":
    case "is":
      return TIGHTNESS.comparison;
    case "arithmetic":
      return node.operation === "+" || node.operation === "-" ? TIGHTNESS.sum : TIGHTNESS.product;
    case "minus":
      return TIGHTNESS.factor;
    case "at":
      return TIGHTNESS.timed;
    // The `else` of an `if` takes everything after it, so an `if` inside anything is bracketed.
    case "if":
      return 0;
    default:
      return TIGHTNESS.atom;
  }
}
