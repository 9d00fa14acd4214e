import { nearestName, printAcademicYear } from "#domain";
import type { Checker } from "./check.ts";
import type { Node, NodeOf } from "./tree.ts";
import { describeType, numberOf, type ValueType } from "./valueType.ts";

/** A part of an expression with its type, undefined where it has been complained of already. */
export interface Typed {
  readonly node: Node;
  readonly type: ValueType | undefined;
}

type NumberType = Extract<ValueType, { kind: "number" }>;

/**
 * Two sides of a comparison: equal types, equal units, a category only with its own levels; order only among numbers,
 * dates, years and ordered categories.
 */
export function checkComparable(checker: Checker, left: Typed, right: Typed, needsOrder: boolean): void {
  const [a, b] = [left.type, right.type];
  if (a === undefined || b === undefined) return;
  if (isLiteral(left) && !isLiteral(right)) {
    checkComparable(checker, right, left, needsOrder);
  } else if (a.kind === "number" && b.kind === "number") {
    checkScales(checker, left, right);
  } else if (!areOfOneKind(left, right)) {
    mismatch(checker, left, right);
  } else {
    if (a.kind === "category" && b.kind === "category") checkLevels(checker, left, right);
    if (needsOrder) checkOrder(checker, left);
  }
}

const isLiteral = ({ node }: Typed): boolean =>
  node.node === "text" || literalNumber(node) !== undefined || node.node === "truth";

/** The value of a number written out, with or without a minus sign. */
function literalNumber(node: Node): { readonly value: number; readonly isPercent: boolean } | undefined {
  if (node.node === "number") return node;
  if (node.node === "minus" && node.of.node === "number")
    return { value: -node.of.value, isPercent: node.of.isPercent };
  return undefined;
}

function areOfOneKind(left: Typed, right: Typed): boolean {
  if (left.type!.kind === right.type!.kind) return true;
  return left.type!.kind === "text" && right.node.node === "text";
}

function checkLevels(checker: Checker, left: Typed, right: Typed): void {
  const own = (left.type as Extract<ValueType, { kind: "category" }>).levels;
  const other = (right.type as Extract<ValueType, { kind: "category" }>).levels;
  if (own === undefined || other === undefined) return;
  if (right.node.node === "text") {
    const { value } = right.node;
    if (own.includes(value)) return;
    const nearest = nearestName(value, own);
    const shown = own.slice(0, 12).map((level) => `"${level}"`);
    const rest = own.length > 12 ? `, … (${own.length} in all)` : "";
    checker.complain(
      right.node,
      "unknown-level",
      `${checker.textOf(left.node)} has no level "${value}". Its levels: ${shown.join(", ")}${rest}.`,
      nearest === undefined ? undefined : `Nearest: "${nearest}".`,
    );
  } else if (own.length !== other.length || own.some((level) => !other.includes(level))) {
    checker.complain(
      right.node,
      "type-mismatch",
      `${checker.textOf(left.node)} and ${checker.textOf(right.node)} are categories with different levels.`,
    );
  }
}

function checkOrder(checker: Checker, { node, type }: Typed): void {
  if (type!.kind === "date" || type!.kind === "academicYear" || (type!.kind === "category" && type!.isOrdered)) return;
  const how =
    type!.kind === "category" ? "Declare its levels in order with `ordered: yes`, or use `in (…)`." : undefined;
  checker.complain(
    node,
    "type-mismatch",
    `\`${checker.textOf(node)}\` is ${describeType(type!)}, which has no order.`,
    how,
  );
}

function mismatch(checker: Checker, left: Typed, right: Typed): void {
  const [a, b] = [left.type!, right.type!];
  const literal = literalNumber(right.node);
  const [l, r] = [checker.textOf(left.node), checker.textOf(right.node)];
  if (a.kind === "academicYear" && literal !== undefined && /^\d{4}$/.test(r)) {
    const year = literal.value;
    const [before, after] = [printAcademicYear(year - 1), printAcademicYear(year)];
    checker.complain(
      right.node,
      "year-ambiguous",
      `\`${r}\` could be ${before} or ${after}.`,
      `Write \`${before}\` or \`${after}\`.`,
    );
    return;
  }
  const quoted =
    literal !== undefined && (a.kind === "text" || a.kind === "category") ? `Write "${r}" in quotes.` : undefined;
  const truth = a.kind === "truth" ? "Write `yes` or `no`." : undefined;
  checker.complain(
    right.node,
    "type-mismatch",
    `${l} is ${describeType(a)} and ${r} ${describeType(b)}.`,
    quoted ?? truth,
  );
}

/** Percent, proportion and plain numbers do not mix, nor do two different units. A plain number written out takes any unit. */
function checkScales(checker: Checker, left: Typed, right: Typed): void {
  const [a, b] = [left.type as NumberType, right.type as NumberType];
  const suggestion = scaleSuggestion(a, b, right.node);
  if (suggestion === undefined) return;
  const [l, r] = [checker.textOf(left.node), checker.textOf(right.node)];
  checker.complain(right.node, "type-mismatch", `${l} is ${describeType(a)} and ${r} ${describeType(b)}.`, suggestion);
}

/** What to write instead when two numbers do not fit; undefined when they do. */
function scaleSuggestion(a: NumberType, b: NumberType, right: Node): string | undefined {
  const literal = literalNumber(right);
  if (a.scale === b.scale) {
    const fits = a.unit === undefined || b.unit === undefined || a.unit === b.unit;
    return fits ? undefined : "Convert one into the unit of the other.";
  }
  if (a.scale === "proportion" && b.scale === "plain" && literal !== undefined) return undefined;
  if (a.scale === "percent" && literal !== undefined) {
    if (Math.abs(literal.value) > 1 || literal.value === 0) return `Write ${literal.value}%.`;
    return `Write ${tidy(100 * literal.value)}%, or divide by 100.`;
  }
  if (b.scale === "percent" && literal !== undefined)
    return a.scale === "proportion" ? `Write ${tidy(literal.value / 100)}.` : `Write ${literal.value}.`;
  if (a.scale === "percent" || b.scale === "percent")
    return "Divide the percent by 100, or multiply the other side by 100.";
  return "A proportion meets only proportions.";
}

const tidy = (value: number): number => Number(value.toPrecision(12));

/**
 * The type of a sum or product. Sums keep the unit of both sides; a product with a plain number keeps the unit of the
 * other; a percent divided by 100 is a proportion; year ± whole is a year; differences of years and dates are counts.
 */
export function checkArithmetic(
  checker: Checker,
  node: NodeOf<"arithmetic">,
  left: Typed,
  right: Typed,
): ValueType | undefined {
  const [a, b] = [left.type, right.type];
  if (a === undefined || b === undefined) return undefined;
  const isSum = node.operation === "+" || node.operation === "-";
  if (a.kind === "number" && b.kind === "number") {
    return isSum ? sumType(checker, left, right) : productType(checker, node, left, right);
  }
  if (isSum && a.kind === "academicYear" && b.kind === "number" && isWhole(right)) return a;
  if (node.operation === "+" && b.kind === "academicYear" && a.kind === "number" && isWhole(left)) return b;
  if (node.operation === "-" && a.kind === "academicYear" && b.kind === "academicYear")
    return numberOf("plain", "years");
  if (node.operation === "-" && a.kind === "date" && b.kind === "date") return numberOf("plain", "days");
  const [l, r] = [checker.textOf(left.node), checker.textOf(right.node)];
  const why =
    a.kind === "truth" || b.kind === "truth" ? "Truth values are not numbers: use `if … then 1 else 0`." : undefined;
  return checker.complain(
    node,
    "type-mismatch",
    `${l} is ${describeType(a)} and ${r} ${describeType(b)}: \`${node.operation}\` has no meaning between them.`,
    why,
  );
}

function isWhole({ node, type }: Typed): boolean {
  const literal = literalNumber(node);
  return literal === undefined
    ? (type as NumberType).scale === "plain"
    : Number.isInteger(literal.value) && !literal.isPercent;
}

function sumType(checker: Checker, left: Typed, right: Typed): ValueType | undefined {
  const [a, b] = [left.type as NumberType, right.type as NumberType];
  const before = checker.faults.length;
  if (literalNumber(left.node) !== undefined && literalNumber(right.node) === undefined)
    checkScales(checker, right, left);
  else checkScales(checker, left, right);
  if (checker.faults.length > before) return undefined;
  return numberOf(a.scale === "plain" ? b.scale : a.scale, a.unit ?? b.unit);
}

function productType(checker: Checker, node: NodeOf<"arithmetic">, left: Typed, right: Typed): ValueType | undefined {
  for (const side of [left, right]) {
    const literal = literalNumber(side.node);
    if (literal?.isPercent !== true) continue;
    const value = tidy(literal.value / 100);
    return checker.complain(
      side.node,
      "type-mismatch",
      `${checker.textOf(side.node)} in a product would count as ${literal.value}, not ${value}.`,
      `Write ${value}.`,
    );
  }
  const [a, b] = [left.type as NumberType, right.type as NumberType];
  const isPlain = ({ scale, unit }: NumberType): boolean => scale === "plain" && unit === undefined;
  if (node.operation === "/") {
    if (a.scale === "percent" && literalNumber(right.node)?.value === 100) return numberOf("proportion", undefined);
    return isPlain(b) ? a : numberOf("plain", undefined);
  }
  if (a.scale === "proportion" && literalNumber(right.node)?.value === 100) return numberOf("percent", undefined);
  if (b.scale === "proportion" && literalNumber(left.node)?.value === 100) return numberOf("percent", undefined);
  if (isPlain(b)) return a;
  return isPlain(a) ? b : numberOf("plain", undefined);
}

/** The one type of several parts, for example the arms of an `if`: categories are joined, text takes in categories. */
export function mergeTypes(checker: Checker, parts: readonly Typed[], what: string): ValueType | undefined {
  const known = parts.filter((part) => part.type !== undefined);
  if (known.length < parts.length || known.length === 0) return undefined;
  return known
    .slice(1)
    .reduce<Typed | undefined>(
      (so, part) => (so === undefined ? undefined : mergeTwo(checker, so, part, what)),
      known[0],
    )?.type;
}

function mergeTwo(checker: Checker, left: Typed, right: Typed, what: string): Typed | undefined {
  const [a, b] = [left.type!, right.type!];
  const as = (type: ValueType): Typed => ({ node: left.node, type });
  if (a.kind === "number" && b.kind === "number") {
    const type = sumType(checker, left, right);
    // A bare literal takes the scale of what it stands beside, so the part that is not one speaks for both.
    return type === undefined ? undefined : { node: isLiteral(left) ? right.node : left.node, type };
  }
  if (a.kind === "category" && b.kind === "category") return as(joinCategories(a, b));
  const isTextual = (type: ValueType): boolean => type.kind === "text" || type.kind === "category";
  if (isTextual(a) && isTextual(b)) return as({ kind: "text" });
  if (a.kind === b.kind) return left;
  checker.complain(
    right.node,
    "type-mismatch",
    `${checker.textOf(left.node)} is ${describeType(a)} and ${checker.textOf(right.node)} ${describeType(b)}: ${what} must have one type.`,
  );
  return undefined;
}

type CategoryType = Extract<ValueType, { kind: "category" }>;

function joinCategories(a: CategoryType, b: CategoryType): CategoryType {
  if (a.levels === undefined || b.levels === undefined) return { kind: "category", isOrdered: false };
  const isSame = a.levels.length === b.levels.length && a.levels.every((level, i) => level === b.levels![i]);
  return { kind: "category", levels: [...new Set([...a.levels, ...b.levels])], isOrdered: isSame && a.isOrdered };
}
