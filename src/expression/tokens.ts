import { readAcademicYear, readDate } from "#domain";

/** One word, literal or sign of an expression. */
export interface Token {
  readonly kind: "number" | "text" | "date" | "year" | "word" | "sign" | "end";
  /** As written; for text without its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

/** A place where the grammar was left; becomes a fault at the door of `parse`. */
export class SyntaxProblem extends Error {
  readonly offset: number;
  readonly suggestion: string | undefined;
  /** The text ended where more was expected. */
  readonly isCut: boolean;

  constructor(offset: number, message: string, suggestion?: string, isCut = false) {
    super(message);
    this.offset = offset;
    this.suggestion = suggestion;
    this.isCut = isCut;
  }
}

const LITERALS: readonly { readonly kind: "date" | "year" | "number"; readonly pattern: RegExp }[] = [
  { kind: "date", pattern: /\d{4}-\d{2}-\d{2}(?![\w/-])/y },
  { kind: "year", pattern: /\d{4}\/\d{2}(?![\w/-])/y },
  { kind: "number", pattern: /\d+(\.\d+)?%?(?![\w.])/y },
];
const WORD = /[A-Za-z][A-Za-z0-9_]*/y;
const SIGN = /<=|>=|!=|[-=<>+*/(),]/y;

/** Splits an expression into tokens; the longest literal wins, so `2016-08-31` is a date and `2016/17` a year. */
export function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    if (/\s/.test(text[offset]!)) {
      offset++;
      continue;
    }
    const token = literalAt(text, offset) ?? quotedAt(text, offset) ?? wordOrSignAt(text, offset);
    if (token === undefined) throw unreadable(text, offset);
    tokens.push(token);
    offset = token.end;
  }
  tokens.push({ kind: "end", text: "", start: text.length, end: text.length, value: Number.NaN });
  return tokens;
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function literalAt(text: string, offset: number): Token | undefined {
  for (const { kind, pattern } of LITERALS) {
    const found = matchAt(pattern, text, offset);
    if (found === undefined) continue;
    const value =
      kind === "date" ? readDate(found) : kind === "year" ? readAcademicYear(found) : Number.parseFloat(found);
    if (value === undefined) {
      const why =
        kind === "date"
          ? `There is no day ${found}.`
          : `${found} is not an academic year: its halves do not follow each other.`;
      throw new SyntaxProblem(
        offset,
        why,
        kind === "date" ? "Dates are written YYYY-MM-DD." : "Years are written 2015/16.",
      );
    }
    return { kind, text: found, start: offset, end: offset + found.length, value };
  }
  return undefined;
}

function quotedAt(text: string, offset: number): Token | undefined {
  const quote = text[offset]!;
  if (quote !== "'" && quote !== '"') return undefined;
  const close = text.indexOf(quote, offset + 1);
  if (close < 0)
    throw new SyntaxProblem(offset, `The quote ${quote} opened here never closes.`, `Close it with ${quote}.`, true);
  return { kind: "text", text: text.slice(offset + 1, close), start: offset, end: close + 1, value: Number.NaN };
}

function wordOrSignAt(text: string, offset: number): Token | undefined {
  const word = matchAt(WORD, text, offset);
  const found = word ?? matchAt(SIGN, text, offset);
  if (found === undefined) return undefined;
  return {
    kind: word === undefined ? "sign" : "word",
    text: found,
    start: offset,
    end: offset + found.length,
    value: Number.NaN,
  };
}

function unreadable(text: string, offset: number): SyntaxProblem {
  const rest = text.slice(offset, offset + 20).split(/\s/)[0]!;
  if (/^\d/.test(rest)) {
    return new SyntaxProblem(
      offset,
      `\`${rest}\` is neither a number, a date (2016-08-31) nor an academic year (2015/16).`,
      "Signs of calculation need a space on both sides; text is written in quotes.",
    );
  }
  const known: Record<string, string> = {
    "&": "Write `and`.",
    "|": "Write `or`.",
    "!": "Write `not` or `!=`.",
    "%": "A percent follows its number: `40%`.",
  };
  return new SyntaxProblem(offset, `\`${[...rest][0]}\` has no meaning in an expression.`, known[rest[0]!]);
}
