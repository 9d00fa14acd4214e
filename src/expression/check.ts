import { type AcademicYear, type Fault, nearestName, printAcademicYear } from "#domain";
import { checkCall } from "./checkCall.ts";
import { checkArithmetic, checkComparable, mergeTypes } from "./checkTypes.ts";
import { printMoment } from "./print.ts";
import { columnsOf, type Expression, type Moment, type Node, type NodeOf, type ParsedExpression } from "./tree.ts";
import { describeType, type ValueType } from "./valueType.ts";

/** Columns the program makes itself, which expressions cannot name yet. */
const MADE_COLUMNS: ReadonlySet<string> = new Set(
  "baseline_year treated in_sample set weight linked usable repaired".split(" "),
);

/** A column an expression may name. Its type is left out where its own declaration is at fault. */
export interface ScopeColumn {
  readonly type?: ValueType;
  readonly label?: string;
}

/** What an expression may speak of in its place. */
export interface Scope {
  /** As faults name it: `schools`. */
  readonly name: string;
  readonly columns: ReadonlyMap<string, ScopeColumn>;
  /**
   * `none`: rows without years, `at` has no meaning. `fixed`: derived columns, which know years but no baseline.
   * `sealed`: design, where nothing after baseline may be read. `open`: after registration.
   */
  readonly moments: "none" | "fixed" | "sealed" | "open";
  /** Needed to tell a sealed year from an earlier one. */
  readonly baselineYear?: AcademicYear;
  /** Years from baseline to time zero; 0 when left out. */
  readonly lag?: number;
  /** The kind of value its place asks for; any when left out. */
  readonly wants?: "truth" | "number";
}

export type CheckResult =
  | { readonly state: "checked"; readonly expression: Expression }
  | { readonly state: "faulty"; readonly faults: readonly Fault[] };

/**
 * Checks names, types and moments of a parsed expression, before any row is read.
 * @returns the expression with its type, or every fault found: `unknown-name`, `unknown-column`, `unknown-level`,
 *          `type-mismatch`, `year-ambiguous`, `looks-ahead`, `expression-syntax`, `not-supported-yet`.
 */
export function checkExpression(parsed: ParsedExpression, scope: Scope): CheckResult {
  const checker = new Checker(parsed, scope);
  const type = checker.typeOf(parsed.tree, undefined);
  if (type !== undefined) checker.checkWanted(type);
  if (checker.faults.length > 0 || type === undefined) return { state: "faulty", faults: checker.faults };
  const labels = columnsOf(parsed).flatMap(({ name }) => {
    const label = scope.columns.get(name)?.label;
    return label === undefined ? [] : [[name, label] as const];
  });
  return { state: "checked", expression: { ...parsed, type, labels: Object.fromEntries(labels) } };
}

/** Walks one expression; a part whose type is not known has been complained of already. */
export class Checker {
  readonly faults: Fault[] = [];
  readonly #parsed: ParsedExpression;
  readonly #scope: Scope;

  constructor(parsed: ParsedExpression, scope: Scope) {
    this.#parsed = parsed;
    this.#scope = scope;
  }

  /** Adds a fault at the start of a node. */
  complain(node: Node, code: string, message: string, suggestion?: string): undefined {
    const place = this.#parsed.locate(node.start);
    this.faults.push({ code, severity: "fault", place, message, ...(suggestion !== undefined && { suggestion }) });
  }

  /** A node as the file writes it. */
  textOf(node: Node): string {
    return this.#parsed.text.slice(node.start, node.end).replace(/\s+/g, " ");
  }

  checkWanted(type: ValueType): void {
    const { wants } = this.#scope;
    const { tree } = this.#parsed;
    if (wants === undefined || type.kind === wants) return;
    const wanted = wants === "truth" ? "A condition (yes or no)" : "A number";
    const how =
      wants === "truth" ? "Compare it with something, for example `= yes`, `> 0` or `is not missing`." : undefined;
    this.complain(
      tree,
      "type-mismatch",
      `${wanted} is expected here; \`${this.textOf(tree)}\` is ${describeType(type)}.`,
      how,
    );
  }

  typeOf(node: Node, moment: Moment | undefined): ValueType | undefined {
    const type = (part: Node): ValueType | undefined => this.typeOf(part, moment);
    switch (node.node) {
      case "number":
        return { kind: "number", scale: node.isPercent ? "percent" : "plain" };
      case "text":
        return { kind: "category", levels: [node.value], isOrdered: false };
      case "date":
        return { kind: "date" };
      case "year":
        return { kind: "academicYear" };
      case "truth":
        return { kind: "truth" };
      case "column":
        return this.#column(node, moment);
      case "exists":
        this.#checkMoment(node, moment, "exists");
        return { kind: "truth" };
      case "at":
        return this.#at(node);
      case "minus":
        return this.#number(node.of, type(node.of));
      case "not":
        this.#truth(node.of, type(node.of));
        return { kind: "truth" };
      case "and":
      case "or":
        for (const part of node.parts) this.#truth(part, type(part));
        return { kind: "truth" };
      case "relation": {
        const isEquality = node.relation === "=" || node.relation === "!=";
        checkComparable(
          this,
          { node: node.left, type: type(node.left) },
          { node: node.right, type: type(node.right) },
          !isEquality,
        );
        return { kind: "truth" };
      }
      case "in": {
        const of = { node: node.of, type: type(node.of) };
        for (const option of node.options) checkComparable(this, of, { node: option, type: type(option) }, false);
        return { kind: "truth" };
      }
      case "between": {
        const of = { node: node.of, type: type(node.of) };
        for (const end of [node.low, node.high]) checkComparable(this, of, { node: end, type: type(end) }, true);
        return { kind: "truth" };
      }
      case "is":
        type(node.of);
        return { kind: "truth" };
      case "arithmetic":
        return checkArithmetic(
          this,
          node,
          { node: node.left, type: type(node.left) },
          { node: node.right, type: type(node.right) },
        );
      case "call":
        return checkCall(
          this,
          node,
          node.parts.map((part) => ({ node: part, type: type(part) })),
        );
      case "if":
        this.#truth(node.condition, type(node.condition));
        return mergeTypes(
          this,
          [node.yes, node.no].map((part) => ({ node: part, type: type(part) })),
          "both arms of an `if`",
        );
    }
  }

  /** The levels a bare word might have been meant as, when a category stands on the other side. */
  #column(node: NodeOf<"column">, moment: Moment | undefined): ValueType | undefined {
    const { columns, name } = this.#scope;
    const column = columns.get(node.name);
    if (column === undefined && MADE_COLUMNS.has(node.name)) {
      const message = `\`${node.name}\` is made by the program; naming it in an expression is not supported yet.`;
      return this.complain(node, "not-supported-yet", message, "Leave it out.");
    }
    if (column === undefined) {
      const nearest = nearestName(node.name, columns.keys());
      const isLevel = [...columns.values()].some(
        ({ type }) => type?.kind === "category" && type.levels?.includes(node.name),
      );
      const suggestion = isLevel
        ? `Text is written in quotes: "${node.name}".`
        : `${nearest === undefined ? "" : `Nearest: \`${nearest}\`. `}Columns must be declared or come from the registry.`;
      return this.complain(node, "unknown-column", `${name} has no column \`${node.name}\`.`, suggestion);
    }
    this.#checkMoment(node, moment, node.name);
    return column.type;
  }

  #at(node: NodeOf<"at">): ValueType | undefined {
    const { moments, name } = this.#scope;
    if (columnsOf({ tree: node.of }).length === 0 && !this.#readsPresence(node.of)) {
      return this.complain(
        node,
        "expression-syntax",
        `\`${this.textOf(node.of)}\` does not change with time: only a column, or \`exists\`, has a moment.`,
        "Leave out `at …`.",
      );
    }
    if (moments === "none") {
      this.complain(
        node,
        "expression-syntax",
        `\`at\` has no meaning here: ${name} has no years to look at.`,
        "Use `at` in a unit that declares `year`.",
      );
    }
    return this.typeOf(node.of, node.moment);
  }

  #readsPresence(node: Node): boolean {
    return node.node === "exists" || (node.node === "call" && node.parts.some((part) => this.#readsPresence(part)));
  }

  #checkMoment(node: Node, moment: Moment | undefined, what: string): void {
    const { moments, baselineYear, lag = 0 } = this.#scope;
    if (moment === undefined || moments === "none" || moments === "open") return;
    const read = `\`${what} at ${printMoment(moment)}\``;
    if (moments === "fixed") {
      if ("year" in moment) return;
      this.complain(
        node,
        "expression-syntax",
        `${read} needs a baseline, which a derived column does not know.`,
        "Name a fixed year, for example `at 2015/16`, or write it in the design.",
      );
      return;
    }
    const isAfter =
      "year" in moment
        ? baselineYear !== undefined && moment.year > baselineYear
        : moment.anchor === "followup" || moment.offset + (moment.anchor === "timeZero" ? lag : 0) > 0;
    if (!isAfter) return;
    const when = baselineYear === undefined ? "" : ` ${printAcademicYear(baselineYear)}`;
    this.complain(
      node,
      "looks-ahead",
      `${read} lies after baseline${when}: it cannot be used in design (sealed).`,
      "It is an outcome: move it to `outcomes`.",
    );
  }

  #truth(node: Node, type: ValueType | undefined): void {
    if (type === undefined || type.kind === "truth") return;
    this.complain(
      node,
      "type-mismatch",
      `\`${this.textOf(node)}\` is ${describeType(type)}, not a condition.`,
      "Compare it with something, for example `= yes`, `> 0` or `is not missing`.",
    );
  }

  #number(node: Node, type: ValueType | undefined): ValueType | undefined {
    if (type === undefined || type.kind === "number") return type;
    return this.complain(
      node,
      "type-mismatch",
      `\`${this.textOf(node)}\` is ${describeType(type)}; a minus sign needs a number.`,
    );
  }
}
