import { nearestName } from "../nearestName.ts";
import type { Fault } from "../problem.ts";
import { readShortList } from "../shortList.ts";

/** The levels a job title may be of, highest first. */
export const ROLE_LEVELS = [
  "headteacher",
  "senior leader",
  "middle leader",
  "classroom teacher",
  "non-teaching staff",
  "unknown",
] as const;

export type RoleLevel = (typeof ROLE_LEVELS)[number];

/**
 * One line of a role dictionary. `is`: the whole title; `has`: these words in this order, anywhere; an asterisk at the end
 * of a word stands for any ending.
 */
export interface RoleRule {
  readonly how: "is" | "has";
  readonly text: string;
  readonly level: RoleLevel;
  /** Which file and line says so, printed beside every title it decided. */
  readonly source: string;
}

/** The level of a title, and the rule that made it; `unknown` without a rule where none speaks of it. */
export interface RoleReading {
  readonly level: RoleLevel;
  readonly rule?: RoleRule;
}

/** A job title as rules compare it: small letters and digits, signs become spaces, & and + become "and". */
export function normaliseTitle(title: string): string {
  return title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[&+]/g, " and ")
    .replace(/['’.]/g, "")
    .replace(/[^\p{L}\p{N}*]+/gu, " ")
    .trim();
}

/**
 * Reads a job title as a standard level. The study's own rules come first, then the shipped ones; within each, whole
 * titles before words, and lines in their order: the first that fits decides. Nothing is guessed.
 */
export function roleLevel(title: string, dictionaries: readonly (readonly RoleRule[])[]): RoleReading {
  const written = normaliseTitle(title);
  if (written === "") return { level: "unknown" };
  for (const rules of dictionaries) {
    for (const how of ["is", "has"] as const) {
      const rule = rules.find((one) => one.how === how && fits(one, written));
      if (rule !== undefined) return { level: rule.level, rule };
    }
  }
  return { level: "unknown" };
}

function fits(rule: RoleRule, title: string): boolean {
  const wanted = normaliseTitle(rule.text).split(" ");
  const words = title.split(" ");
  if (rule.how === "is" && wanted.length !== words.length) return false;
  return words.some((_, from) => wanted.every((word, i) => isWord(word, words[from + i])));
}

const isWord = (wanted: string, word: string | undefined): boolean =>
  word !== undefined && (wanted.endsWith("*") ? word.startsWith(wanted.slice(0, -1)) : word === wanted);

/**
 * Reads a role dictionary: CSV with the columns how, text, level.
 * @param name  What the file is called, in rules and faults.
 */
export function readRoleRules(
  text: string,
  name: string,
): { readonly rules: readonly RoleRule[]; readonly faults: readonly Fault[] } {
  const { headers, records, unclosedAt } = readShortList(text);
  if (unclosedAt !== undefined) {
    const help = "Close it; a quote inside a quoted value is written twice.";
    return { rules: [], faults: [faultAt(name, unclosedAt, "A quote opened in this line never closes.", help)] };
  }
  if (!["how", "text", "level"].every((header) => headers.includes(header))) {
    const found = headers.length === 0 ? "nothing" : headers.join(", ");
    const message = `A role dictionary has the columns how, text and level; the first line holds ${found}.`;
    return { rules: [], faults: [faultAt(name, 1, message, "Begin the file with `how,text,level`.")] };
  }
  const rules: RoleRule[] = [];
  const faults: Fault[] = [];
  for (const { line, fields } of records) {
    const [how, title, level] = [fields.how!, fields.text!, fields.level!];
    const before = faults.length;
    if (how !== "is" && how !== "has")
      faults.push(faultAt(name, line, `\`how\` is \`is\` or \`has\`; read \`${how}\`.`));
    if (normaliseTitle(title) === "") faults.push(faultAt(name, line, "`text` is empty."));
    if (!isLevel(level)) {
      const nearest = nearestName(level, ROLE_LEVELS);
      const help = nearest === undefined ? `Levels: ${ROLE_LEVELS.join(", ")}.` : `Nearest: \`${nearest}\`.`;
      faults.push(faultAt(name, line, `\`${level}\` is not a level.`, help));
    } else if (before === faults.length)
      rules.push({ how: how as "is" | "has", text: title, level, source: `${name}:${line}` });
  }
  return { rules, faults };
}

const isLevel = (text: string): text is RoleLevel => (ROLE_LEVELS as readonly string[]).includes(text);

const faultAt = (file: string, line: number, message: string, suggestion?: string): Fault => ({
  code: "role-dictionary",
  severity: "fault",
  place: { file, line, column: 1 },
  message,
  ...(suggestion !== undefined && { suggestion }),
});
