import { NICKNAMES } from "./nicknames.ts";
import { normaliseName } from "./normaliseName.ts";

/** Each name → the formal names it may stand for. */
const FORMAL_NAMES = readNicknames(NICKNAMES);

/** A nickname dictionary: one line per formal name, its short forms after it. */
function readNicknames(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const formal = new Map<string, Set<string>>();
  for (const line of text.split("\n")) {
    const names = line.split(" ").filter((name) => name !== "");
    for (const name of names) formal.set(name, (formal.get(name) ?? new Set()).add(names[0]!));
  }
  return formal;
}

/**
 * Whether two forenames may be one person's: Liz and Elizabeth, Liz and Beth, Bob and Robert. True of a name and itself.
 * Symmetric, not transitive: Alex may be Alexander or Alexandra, who are not each other.
 */
export function isSameForename(a: string, b: string): boolean {
  return isSameNormalisedForename(normaliseName(a), normaliseName(b));
}

/** The same of names that are normalised already. */
export function isSameNormalisedForename(a: string, b: string): boolean {
  if (a === b) return a !== "";
  const mine = FORMAL_NAMES.get(a);
  const theirs = FORMAL_NAMES.get(b);
  return mine !== undefined && theirs !== undefined && [...mine].some((name) => theirs.has(name));
}
