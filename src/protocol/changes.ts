import type { Study } from "./study.ts";

/** One difference between two resolved protocols; `was` or `now` is undefined where it was added or taken out. */
export interface ProtocolChange {
  readonly section: string;
  /** From the section on: `design.comparisons.joiners.match.covariates`. */
  readonly path: string;
  readonly was: string | undefined;
  readonly now: string | undefined;
}

/**
 * Every difference between two resolved protocols, key by key: what a refusal says changed since registration.
 * Entries of a list are told apart by their name where they have one, so that "match.covariates lost `region`" is one
 * difference; a list in another order is one difference too.
 */
export function changesBetween(before: Study["resolved"], now: Study["resolved"]): readonly ProtocolChange[] {
  const sections = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return sections.flatMap((section) => {
    const found: ProtocolChange[] = [];
    compare([section], before[section], now[section], (path, was, is) =>
      found.push({ section, path: path.join("."), was, now: is }),
    );
    return found;
  });
}

type Found = (path: readonly string[], was: string | undefined, now: string | undefined) => void;

function compare(path: readonly string[], was: unknown, now: unknown, found: Found): void {
  if (JSON.stringify(was) === JSON.stringify(now)) return;
  if (Array.isArray(was) && Array.isArray(now)) compareLists(path, was, now, found);
  else if (isRecord(was) && isRecord(now)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(now)]))
      compare([...path, key], was[key], now[key], found);
  } else found(path, textOf(was), textOf(now));
}

function compareLists(path: readonly string[], was: readonly unknown[], now: readonly unknown[], found: Found): void {
  const before = new Map(was.map((entry) => [nameOf(entry), entry]));
  const after = new Map(now.map((entry) => [nameOf(entry), entry]));
  if (before.size < was.length || after.size < now.length) {
    found(path, textOf(was), textOf(now));
    return;
  }
  const names = new Set([...before.keys(), ...after.keys()]);
  for (const name of names) {
    const [own, other] = [before.get(name), after.get(name)];
    if (own === undefined || other === undefined)
      found(path, own === undefined ? undefined : name, other === undefined ? undefined : name);
    else compare([...path, name], own, other, found);
  }
  const isReordered =
    before.size === after.size &&
    [...before.keys()].every((name) => after.has(name)) &&
    [...before.keys()].some((name, i) => [...after.keys()][i] !== name);
  if (isReordered) found(path, [...before.keys()].join(", "), [...after.keys()].join(", "));
}

/** What an entry of a list is called: its id or name, or itself. */
function nameOf(entry: unknown): string {
  if (isRecord(entry)) {
    const name = entry.id ?? entry.name;
    if (typeof name === "string") return name;
  }
  return typeof entry === "string" ? entry : JSON.stringify(entry);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value as one line; of an entry with keys only that it is one. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(nameOf).join(", ");
  return isRecord(value) ? "the whole entry" : JSON.stringify(value);
}
