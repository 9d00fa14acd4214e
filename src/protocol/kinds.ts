import * as z from "zod";
import { type AcademicYear, type Horizon, nearestName, readAcademicYear, readDate, readHorizon } from "#domain";

/** A fault as a schema says it: carried through zod as the text of an issue, and given its place afterwards. */
export interface Said {
  readonly code: string;
  /** For `wrong-kind`: what was wanted. */
  readonly needs?: string;
  /** For `required-key`: what the file leaves unsaid, and what could be written. */
  readonly says?: string;
  readonly example?: string;
  readonly message?: string;
  readonly suggestion?: string;
}

export const say = (said: Said): string => JSON.stringify(said);

type Issue = { readonly input?: unknown };

/** What to say when a value is left out, or is not what it should be. */
function wanted(
  needs: string,
  says: string,
  suggestion?: string,
  example?: string,
): { error: (issue: Issue) => string } {
  const more = suggestion === undefined ? {} : { suggestion };
  return {
    error: ({ input }) => {
      if (input === undefined) return say({ code: "required-key", says, ...(example !== undefined && { example }) });
      return isRule(input) ? RULE_LATER : say({ code: "wrong-kind", needs, ...more });
    },
  };
}

const isRule = (input: unknown): boolean => typeof input === "object" && input !== null && "rule" in input;
const RULE_LATER = say({
  code: "not-supported-yet",
  message: "A named rule (`{ rule: … }`) is not supported yet here.",
  suggestion: "Write the value itself.",
});

/** A line of text; a number or truth value is text here too. */
export function text(says: string) {
  return z.union([z.string(), z.number(), z.boolean()], wanted("text", says)).transform(String).describe(says);
}

/** A condition or value in the language of expressions. */
export function expression(says: string) {
  return z.union([z.string(), z.number(), z.boolean()], wanted("an expression", says)).describe(says);
}

/** `yes`, `no`, `true` or `false`. */
export function truth(says: string) {
  return z
    .union([z.boolean(), z.enum(["yes", "no"])], wanted("`yes` or `no`", says))
    .transform((value) => value === true || value === "yes")
    .describe(says);
}

export function whole(says: string, least = 0, most = Number.MAX_SAFE_INTEGER) {
  const needs =
    most < Number.MAX_SAFE_INTEGER
      ? `a whole number from ${least} to ${most}`
      : least === 0
        ? "a whole number"
        : `a whole number, ${least} or more`;
  const error = wanted(needs, says);
  return z.number(error).int(error).min(least, error).max(most, error).describe(says);
}

export function number(says: string) {
  return z.number(wanted("a number", says)).describe(says);
}

/** One word of ours; `later` are words of the grammar that this edition of the program does not carry out yet. */
export function oneOf<const Word extends string>(
  says: string,
  words: readonly [Word, ...Word[]],
  later: readonly string[] = [],
) {
  const shown = words.map((word) => `\`${word}\``).join(", ");
  const error = ({ input }: Issue): string => {
    if (input === undefined) return say({ code: "required-key", says, example: words.join("`, `") });
    if (isRule(input)) return RULE_LATER;
    if (typeof input === "string" && later.includes(input)) {
      return say({
        code: "not-supported-yet",
        message: `\`${input}\` is not supported yet.`,
        suggestion: words.length === 1 ? `Write ${shown}, or leave it out.` : `Use one of ${shown}, or leave it out.`,
      });
    }
    const nearest = typeof input === "string" ? nearestName(input, words) : undefined;
    return say({
      code: "wrong-kind",
      needs: `one of ${shown}`,
      ...(nearest !== undefined && { suggestion: `Nearest: \`${nearest}\`.` }),
    });
  };
  return z.enum(words, { error }).describe(says);
}

/** Exactly this word. */
export function literal<const Word extends string>(word: Word) {
  return z.literal(word, { error: () => say({ code: "wrong-kind", needs: `\`${word}\`` }) });
}

/** `2015/16`, and nothing that could be another year. */
export function year(says: string) {
  return z
    .union([z.string(), z.number()], wanted("an academic year", says, "Write `2015/16`.", "2015/16"))
    .transform((value, context): AcademicYear => {
      const found = readYear(String(value));
      if (typeof found === "number") return found;
      context.addIssue({ code: "custom", message: say(found) });
      return z.NEVER;
    })
    .describe(`${says} (2015/16)`);
}

/** An academic year as the file must write it, or what is wrong with it. */
export function readYear(written: string): AcademicYear | Said {
  const found = readAcademicYear(written);
  if (found !== undefined) return found;
  if (!/^\d{4}$/.test(written))
    return { code: "wrong-kind", needs: "an academic year", suggestion: "Write `2015/16`." };
  const start = Number(written);
  const [before, after] = [start - 1, start].map((first) => `${first}/${String((first + 1) % 100).padStart(2, "0")}`);
  return {
    code: "year-ambiguous",
    message: `\`${written}\` could be ${before} or ${after}.`,
    suggestion: `Write \`${before}\` or \`${after}\`.`,
  };
}

const NO_HORIZON: Said = {
  code: "wrong-kind",
  needs: "an academic year, or a number of years after the start from 1",
  suggestion: "Write `2015/16` or `1 year`.",
};

/** `2017/18`, or `2 years` after each unit's own time zero. */
export function horizon(says: string) {
  return z
    .union(
      [z.string(), z.number()],
      wanted("an academic year or a number of years", says, "Write `2015/16` or `1 year`.", "1 year"),
    )
    .transform((value, context): Horizon => {
      const found = readHorizon(String(value));
      if (found !== undefined) return found;
      const said = readYear(String(value));
      const isAmbiguous = typeof said === "object" && said.code === "year-ambiguous";
      context.addIssue({ code: "custom", message: say(isAmbiguous ? said : NO_HORIZON) });
      return z.NEVER;
    })
    .describe(`${says} (2015/16, or 1 year)`);
}

/** A day written YYYY-MM-DD, as days since 1970. */
export function date(says: string) {
  return z
    .string(wanted("a date", says, "Write `2016-09-01`.", "2016-09-01"))
    .transform((value, context): number => {
      const days = readDate(value);
      if (days !== undefined) return days;
      context.addIssue({
        code: "custom",
        message: say({ code: "wrong-kind", needs: "a date", suggestion: "Write `2016-09-01`." }),
      });
      return z.NEVER;
    })
    .describe(`${says} (2016-09-01)`);
}

export interface Quantity {
  readonly size: number;
  readonly unit: string;
}

/**
 * A number with its unit, `0.2 sd`. `%` needs no space.
 * @param examples  What to write instead of a bare number, given that number.
 */
export function quantity(says: string, examples: (size: number | string) => string) {
  return z
    .union([z.string(), z.number()], wanted("a number with its unit", says, `${examples("0.2")}.`))
    .transform((value, context): Quantity => {
      const parts = /^([-+]?\d+(?:\.\d+)?)\s*(\S.*)?$/.exec(String(value).trim());
      if (parts?.[2] !== undefined) return { size: Number(parts[1]), unit: parts[2] };
      const said: Said =
        parts === null
          ? { code: "wrong-kind", needs: "a number with its unit", suggestion: `${examples("0.2")}.` }
          : { code: "unit-missing", suggestion: `${examples(parts[1]!)}.` };
      context.addIssue({ code: "custom", message: say(said) });
      return z.NEVER;
    })
    .describe(says);
}

export function listOf<Part extends z.ZodType>(says: string, part: Part) {
  return z
    .array(part, wanted("a list", says, "Write `[a, b]`, or one line per entry beginning with `- `.", "[..]"))
    .describe(says);
}

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const SNAKE = /^[a-z][a-z0-9_]*$/;

/** Entries under names this study gives: kebab-case. */
export function named<Part extends z.ZodType>(says: string, part: Part) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    say({
      code: "wrong-kind",
      message: `${JSON.stringify(input)} is no name of this study: names are written in small letters, digits and hyphens.`,
      suggestion: "For example `nearest-3`.",
    });
  return z.record(z.string().regex(KEBAB, { error }), part, wanted("a mapping of names", says)).describe(says);
}

/** Entries under names of columns: snake_case. */
export function columnsNamed<Part extends z.ZodType>(says: string, part: Part) {
  const error = (): string =>
    say({
      code: "wrong-kind",
      message: "A column is named in small letters, digits and underscores.",
      suggestion: "Give it a plain name, and its header as `from`.",
    });
  return z.record(z.string().regex(SNAKE, { error }), part, wanted("a mapping of columns", says)).describe(says);
}

/** Entries under keys of any writing: years, levels, symbols. */
export function keyed<Part extends z.ZodType>(says: string, part: Part) {
  return z.record(z.string(), part, wanted("a mapping", says)).describe(says);
}

/** Keys of the grammar that this edition does not carry out yet → what to do without them. */
export type Later = Readonly<Record<string, string>>;

/** What a mapping knows of its keys, for faults. */
export interface KnownKeys {
  readonly code: "unknown-keys";
  readonly noun: string;
  readonly known: readonly string[];
  readonly later: Later;
}

/** A mapping with exactly these keys, and `because`, which any mapping may carry. */
export function mapping<Shape extends z.ZodRawShape>(noun: string, shape: Shape, later: Later = {}) {
  const full = { ...shape, because: text("why").optional() };
  const error = (issue: { readonly code?: string; readonly input?: unknown }): string => {
    if (issue.code === "unrecognized_keys")
      return JSON.stringify({ code: "unknown-keys", noun, known: Object.keys(full), later } satisfies KnownKeys);
    if (issue.input === undefined) return say({ code: "required-key", says: noun });
    return say({ code: "wrong-kind", needs: "keys and values" });
  };
  return z.strictObject(full, { error }).describe(noun);
}

/** Keys of the grammar that are to be left out, one instruction for all. */
export const leaveOut = (keys: string, how = "Leave it out for now."): Later =>
  Object.fromEntries(keys.split(" ").map((key) => [key, how]));

export const like = { like: text("the sibling it is copied from").optional() };

export const columnNames = (says: string) => listOf(says, text("a column"));
