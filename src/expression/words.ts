import { printAcademicYear } from "#domain";
import { FUNCTIONS } from "./functions.ts";
import { printExpression } from "./print.ts";
import type { Moment, Node, NodeOf, ParsedExpression } from "./tree.ts";

/**
 * An expression in words, with the labels of its columns where they have one:
 * `mat_joined_date between 2016-09-01 and 2017-08-31` reads "joined a trust from 1 September 2016 to 31 August 2017".
 */
export function inWords(expression: ParsedExpression & { readonly labels?: Readonly<Record<string, string>> }): string {
  return new Reader(expression.labels ?? {}).say(expression.tree);
}

const RELATION_WORDS = {
  "=": "is",
  "!=": "is not",
  "<": "is under",
  "<=": "is at most",
  ">": "is above",
  ">=": "is at least",
} as const;

const OPERATION_WORDS = { "+": "plus", "-": "minus", "*": "times", "/": "divided by" } as const;

const STATE_WORDS = {
  missing: "not known",
  suppressed: "suppressed",
  notApplicable: "not applicable",
  notAvailable: "not available",
} as const;

class Reader {
  readonly #labels: Readonly<Record<string, string>>;

  constructor(labels: Readonly<Record<string, string>>) {
    this.#labels = labels;
  }

  say(node: Node): string {
    switch (node.node) {
      case "date":
        return dateInWords(node.days);
      case "column":
        return this.#labels[node.name] ?? node.name;
      case "exists":
        return "in the data";
      case "at":
        return `${this.#operand(node.of)} ${momentInWords(node.moment)}`;
      case "minus":
        return `minus ${this.#operand(node.of)}`;
      case "not":
        return `not (${this.say(node.of)})`;
      case "and":
      case "or":
        return node.parts.map((part) => this.#condition(part)).join(` ${node.node} `);
      case "relation":
        return this.#relation(node);
      case "in":
        return `${this.say(node.of)} is ${node.isNegated ? "none" : "one"} of ${joined(node.options.map((option) => this.say(option)))}`;
      case "between":
        return this.#between(node);
      case "is":
        return this.#state(node);
      case "arithmetic":
        return `${this.#operand(node.left)} ${OPERATION_WORDS[node.operation]} ${this.#operand(node.right)}`;
      case "call":
        return FUNCTIONS.get(node.name)?.words(node.parts.map((part) => this.say(part))) ?? printExpression(node);
      case "if":
        return `${this.say(node.yes)} if ${this.say(node.condition)}, otherwise ${this.say(node.no)}`;
      default:
        return printExpression(node);
    }
  }

  #relation({ relation, left, right }: NodeOf<"relation">): string {
    if (right.node === "truth" && (relation === "=" || relation === "!=")) {
      return `${this.say(left)}: ${right.value === (relation === "=") ? "yes" : "no"}`;
    }
    return `${this.say(left)} ${RELATION_WORDS[relation]} ${this.say(right)}`;
  }

  #between({ of, low, high, isNegated }: NodeOf<"between">): string {
    const not = isNegated ? "not " : "";
    if (low.node === "date" || low.node === "year")
      return `${this.say(of)} ${not}from ${this.say(low)} to ${this.say(high)}`;
    return `${this.say(of)} is ${not}between ${this.say(low)} and ${this.say(high)}`;
  }

  #state({ of, state, isNegated }: NodeOf<"is">): string {
    if (state === "missing" && isNegated) return `${this.say(of)} is known`;
    return `${this.say(of)} is ${isNegated ? "not " : ""}${STATE_WORDS[state]}`;
  }

  #operand(node: Node): string {
    return node.node === "arithmetic" || node.node === "if" ? `(${this.say(node)})` : this.say(node);
  }

  #condition(node: Node): string {
    return node.node === "and" || node.node === "or" || node.node === "if" ? `(${this.say(node)})` : this.say(node);
  }
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} or ${parts.at(-1)}`;
}

function dateInWords(days: number): string {
  return new Date(days * 86_400_000).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}

const ANCHOR_WORDS = { baseline: "baseline", timeZero: "the start", followup: "the year of the result" } as const;

function momentInWords(moment: Moment): string {
  if ("year" in moment) return `in ${printAcademicYear(moment.year)}`;
  const anchor = ANCHOR_WORDS[moment.anchor];
  if (moment.offset === 0) return `at ${anchor}`;
  const years = Math.abs(moment.offset);
  return `${years} year${years === 1 ? "" : "s"} ${moment.offset < 0 ? "before" : "after"} ${anchor}`;
}
