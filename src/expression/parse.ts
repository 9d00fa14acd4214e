import type { Fault, Place } from "#domain";
import { SyntaxProblem, type Token, tokenise } from "./tokens.ts";
import type { AskedState, Moment, Node, Operation, ParsedExpression, Relation } from "./tree.ts";

/** Words that can never name a column. */
export const RESERVED: ReadonlySet<string> = new Set(
  "and or not in between is at if then else exists yes no baseline timeZero followup missing".split(" "),
);

const RELATIONS: ReadonlySet<string> = new Set(["=", "!=", "<", "<=", ">", ">="]);
const ANCHORS: ReadonlySet<string> = new Set(["baseline", "timeZero", "followup"]);
/** Deeper nesting than anyone writes; keeps the parser from running out of stack on nonsense. */
const DEEPEST = 100;
const LONGEST = 4000;

export type ParseResult =
  | { readonly state: "parsed"; readonly parsed: ParsedExpression }
  | { readonly state: "faulty"; readonly fault: Fault };

/** How the text of an expression lies in its file. */
export interface InFile {
  /** The place of an offset inside the text; without it the text is taken to lie on one line. */
  readonly locate?: (offset: number) => Place;
  /** The expression stands unquoted inside `{ }` or `[ ]`, where a comma would have cut it. */
  readonly isInBraces?: boolean;
}

/**
 * Reads the text of an expression by the grammar of the protocol; knows nothing of columns or types.
 * @param place  Of the first character of the text in its file.
 * @returns the tree, or the one fault at which reading stopped: `expression-syntax`, or `expression-cut` when a comma
 *          inside `{ }` seems to have ended it in the middle.
 */
export function parseExpression(text: string, place: Place, inFile: InFile = {}): ParseResult {
  const locate = inFile.locate ?? ((offset: number): Place => ({ ...place, column: place.column + offset }));
  try {
    if (text.length > LONGEST)
      throw new SyntaxProblem(0, `This expression is longer than ${LONGEST} characters.`, "Make columns of its parts.");
    const tree = new Parser(text).whole();
    return { state: "parsed", parsed: { text, place, tree, locate } };
  } catch (problem) {
    if (!(problem instanceof SyntaxProblem)) throw problem;
    const isCut = problem.isCut && inFile.isInBraces === true;
    const fault: Fault = {
      code: isCut ? "expression-cut" : "expression-syntax",
      severity: "fault",
      place: isCut ? place : locate(problem.offset),
      message: isCut ? "This expression ends in the middle: a comma inside { } split it." : problem.message,
    };
    const suggestion = isCut ? "Quote it, or give it its own line." : problem.suggestion;
    return { state: "faulty", fault: suggestion === undefined ? fault : { ...fault, suggestion } };
  }
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenise(text);
  }

  whole(): Node {
    if (this.#peek().kind === "end") throw new SyntaxProblem(0, "An expression was expected here; there is nothing.");
    const tree = this.#or();
    const left = this.#peek();
    if (left.kind !== "end") throw this.#unexpected(left, "the end of the expression, `and` or `or`");
    return tree;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #isWord(word: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token.kind === "word" && token.text === word;
  }

  #isSign(sign: string): boolean {
    const token = this.#peek();
    return token.kind === "sign" && token.text === sign;
  }

  #expect(what: string, kind: "word" | "sign"): Token {
    const token = this.#peek();
    if (token.kind !== kind || token.text !== what) throw this.#unexpected(token, `\`${what}\``);
    return this.#take();
  }

  #unexpected(token: Token, expected: string): SyntaxProblem {
    const before = this.#text.slice(0, token.start).trimEnd();
    const after = before === "" ? "" : ` after \`${before.length > 40 ? `…${before.slice(-40)}` : before}\``;
    if (token.kind === "end")
      return new SyntaxProblem(
        token.start,
        `Expected ${expected}${after}; the expression ends there.`,
        undefined,
        true,
      );
    const found = this.#text.slice(token.start, token.end);
    const glued = /^[-+*/]$/.test(found) ? `\`${found}\` needs a space on both sides.` : undefined;
    const doubled = found === "=" && before.endsWith("=") ? "Write a single `=`." : undefined;
    return new SyntaxProblem(token.start, `Expected ${expected}${after}; found \`${found}\`.`, doubled ?? glued);
  }

  #or(): Node {
    if (++this.#depth > DEEPEST)
      throw new SyntaxProblem(this.#peek().start, `This expression is nested more than ${DEEPEST} deep.`);
    const tree = this.#chain("or", () => this.#chain("and", () => this.#not()));
    this.#depth--;
    return tree;
  }

  #chain(word: "and" | "or", part: () => Node): Node {
    const parts = [part()];
    while (this.#isWord(word)) {
      this.#take();
      parts.push(part());
    }
    if (parts.length === 1) return parts[0]!;
    return { node: word, parts, start: parts[0]!.start, end: parts.at(-1)!.end };
  }

  #not(): Node {
    if (!this.#isWord("not")) return this.#comparison();
    const { start } = this.#take();
    const of = this.#comparison();
    return { node: "not", of, start, end: of.end };
  }

  #comparison(): Node {
    const left = this.#sum();
    const token = this.#peek();
    if (token.kind === "sign" && RELATIONS.has(token.text)) {
      this.#take();
      const right = this.#sum();
      return { node: "relation", relation: token.text as Relation, left, right, start: left.start, end: right.end };
    }
    if (this.#isWord("is")) return this.#is(left);
    const isNegated = this.#isWord("not") && (this.#isWord("in", 1) || this.#isWord("between", 1));
    if (isNegated) this.#take();
    if (this.#isWord("in")) return this.#in(left, isNegated);
    if (this.#isWord("between")) return this.#between(left, isNegated);
    return left;
  }

  #is(of: Node): Node {
    this.#take();
    // "is not applicable" asks for a state; "is not missing" denies one.
    const isNegated = this.#isWord("not") && !this.#isWord("applicable", 1) && !this.#isWord("available", 1);
    if (isNegated) this.#take();
    const first = this.#peek();
    const named = (state: AskedState, words: number): Node => {
      let end = first.end;
      for (let i = 0; i < words; i++) end = this.#take().end;
      return { node: "is", of, state, isNegated, start: of.start, end };
    };
    if (this.#isWord("missing")) return named("missing", 1);
    if (this.#isWord("suppressed")) return named("suppressed", 1);
    if (this.#isWord("not") && this.#isWord("applicable", 1)) return named("notApplicable", 2);
    if (this.#isWord("not") && this.#isWord("available", 1)) return named("notAvailable", 2);
    throw this.#unexpected(first, "`missing`, `suppressed`, `not applicable` or `not available`");
  }

  #in(of: Node, isNegated: boolean): Node {
    this.#take();
    this.#expect("(", "sign");
    const options = [this.#sum()];
    while (this.#isSign(",")) {
      this.#take();
      options.push(this.#sum());
    }
    const { end } = this.#expect(")", "sign");
    return { node: "in", of, options, isNegated, start: of.start, end };
  }

  #between(of: Node, isNegated: boolean): Node {
    this.#take();
    const low = this.#sum();
    this.#expect("and", "word");
    if (this.#peek().kind === "end") {
      const before = this.#text.slice(this.#text.lastIndexOf("between")).trimEnd();
      throw new SyntaxProblem(
        this.#peek().start,
        `Expected a value after \`${before}\`.`,
        "Both ends are needed.",
        true,
      );
    }
    const high = this.#sum();
    return { node: "between", of, low, high, isNegated, start: of.start, end: high.end };
  }

  #sum(): Node {
    return this.#arithmetic(["+", "-"], () => this.#arithmetic(["*", "/"], () => this.#factor()));
  }

  #arithmetic(operations: readonly string[], part: () => Node): Node {
    let left = part();
    while (this.#peek().kind === "sign" && operations.includes(this.#peek().text)) {
      const sign = this.#take();
      if (!this.#isSpaced(sign)) {
        throw new SyntaxProblem(
          sign.start,
          `\`${sign.text}\` needs a space on both sides.`,
          `Write \`a ${sign.text} b\`.`,
        );
      }
      const right = part();
      left = { node: "arithmetic", operation: sign.text as Operation, left, right, start: left.start, end: right.end };
    }
    return left;
  }

  #isSpaced(sign: Token): boolean {
    return /\s/.test(this.#text[sign.start - 1] ?? " ") && /\s/.test(this.#text[sign.end] ?? " ");
  }

  #factor(): Node {
    if (!this.#isSign("-")) return this.#timed();
    const { start } = this.#take();
    const of = this.#timed();
    return { node: "minus", of, start, end: of.end };
  }

  #timed(): Node {
    const of = this.#atom();
    if (!this.#isWord("at")) return of;
    this.#take();
    const moment = this.#moment();
    return { node: "at", of, moment, start: of.start, end: this.#tokens[this.#next - 1]!.end };
  }

  #moment(): Moment {
    const token = this.#peek();
    if (token.kind === "year") return { year: this.#take().value };
    if (token.kind !== "word" || !ANCHORS.has(token.text)) {
      throw this.#unexpected(token, "a moment (`baseline`, `timeZero`, `followup` or a year such as `2015/16`)");
    }
    this.#take();
    const sign = this.#peek();
    const count = this.#peek(1);
    const isOffset =
      sign.kind === "sign" &&
      (sign.text === "+" || sign.text === "-") &&
      this.#isSpaced(sign) &&
      /^\d+$/.test(count.text) &&
      count.kind === "number";
    const anchor = token.text as "baseline" | "timeZero" | "followup";
    if (!isOffset) return { anchor, offset: 0 };
    this.#take();
    this.#take();
    return { anchor, offset: sign.text === "+" || count.value === 0 ? count.value : -count.value };
  }

  #atom(): Node {
    const token = this.#peek();
    const { start, end } = token;
    switch (token.kind) {
      case "number":
        this.#take();
        return { node: "number", value: token.value, isPercent: token.text.endsWith("%"), start, end };
      case "text":
        this.#take();
        return { node: "text", value: token.text, start, end };
      case "date":
        this.#take();
        return { node: "date", days: token.value, start, end };
      case "year":
        this.#take();
        return { node: "year", year: token.value, start, end };
      case "word":
        return this.#wordAtom(token);
      default:
        if (this.#isSign("(")) return this.#bracketed();
        throw this.#unexpected(token, "a value");
    }
  }

  #bracketed(): Node {
    const { start } = this.#take();
    const inside = this.#or();
    const { end } = this.#expect(")", "sign");
    return { ...inside, start, end };
  }

  #wordAtom(token: Token): Node {
    const { start, end, text } = token;
    if (text === "if") return this.#if();
    if (text === "exists" || text === "yes" || text === "no") {
      this.#take();
      return text === "exists" ? { node: "exists", start, end } : { node: "truth", value: text === "yes", start, end };
    }
    if (RESERVED.has(text)) throw this.#unexpected(token, "a value");
    this.#take();
    if (!this.#isSign("(")) return { node: "column", name: text, start, end };
    this.#take();
    const parts: Node[] = [];
    if (!this.#isSign(")")) {
      parts.push(this.#or());
      while (this.#isSign(",")) {
        this.#take();
        parts.push(this.#or());
      }
    }
    return { node: "call", name: text, parts, start, end: this.#expect(")", "sign").end };
  }

  #if(): Node {
    const { start } = this.#take();
    const condition = this.#or();
    this.#expect("then", "word");
    const yes = this.#or();
    this.#expect("else", "word");
    const no = this.#or();
    return { node: "if", condition, yes, no, start, end: no.end };
  }
}
