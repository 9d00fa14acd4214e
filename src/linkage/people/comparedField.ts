import {
  compareDates,
  compareNumbers,
  isSameNormalisedForename,
  jaroWinkler,
  normaliseName,
  printDate,
  readTeacherNumber,
  readWrittenDate,
} from "#domain";
import { type Column, isMissing } from "#table";

/** How a column is normalised and compared. */
export type ComparedAs = "name" | "date" | "number" | "text";

/** A column of a step, with the rule it is compared by. */
export interface ComparedColumn {
  readonly column: string;
  readonly as: ComparedAs;
}

/** What two cells say of each other, as a pattern keeps it. */
export const DIFFERENT = 0;
export const NEAR = 1;
export const EXACT = 2;
export const MISSING = 3;
export type Agreement = typeof DIFFERENT | typeof NEAR | typeof EXACT | typeof MISSING;

/**
 * One column on both sides, each distinct value normalised once. Census rows keep their small codes; a comparison of a
 * value with a level is made when first asked for, and remembered.
 */
export interface ComparedField {
  readonly column: string;
  readonly as: ComparedAs;
  /** Row of the return → place in its distinct values, −1 where there is none. */
  readonly mine: Int32Array;
  /** How many distinct values the return has. */
  readonly values: number;
  /** Row of the census → its level, −1 where there is none. */
  readonly theirs: Int32Array;
  /** Level of the census → the value of the return that is equal to it, −1 where none is. */
  readonly sameAs: Int32Array;
  readonly compare: (value: number, level: number) => Agreement;
  /** The same of two values of the return, −1 standing for none. */
  readonly compareMine: (a: number, b: number) => Agreement;
  /** For dates: the day a row of the return names, NaN where none. */
  readonly dayOf?: (row: number) => number;
  /** What could not be read or had to be assumed on the return's side, counted, in words. */
  readonly notes: readonly string[];
  /** Rows of the return without a readable value. */
  readonly missing: number;
}

type Key = string | number;

/** Similarity from which two names are near. */
const NEAR_NAMES = 0.88;

/** Prepares one column of both sides. Columns of the same name, as the study declares them. */
export function comparedField({ column, as }: ComparedColumn, from: Column, to: Column): ComparedField {
  const theirSide = rememberedLevels(to, as);
  const mySide = levelsOf(from, as, theirSide.latestYear);
  const places = new Map<Key, number>();
  const values: Key[] = [];
  const placeOfLevel = mySide.keys.map((key) => {
    if (key === undefined) return -1;
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, values.length);
    return values.push(key) - 1;
  });
  const mine = Int32Array.from(mySide.codes, (code) => (code < 0 ? -1 : placeOfLevel[code]!));
  const sameAs = Int32Array.from(theirSide.keys, (key) => (key === undefined ? -1 : (places.get(key) ?? -1)));
  const known = new Map<number, Agreement>();
  const levels = theirSide.keys.length;
  return {
    column,
    as,
    mine,
    values: values.length,
    theirs: theirSide.codes,
    sameAs,
    compare(value, level) {
      if (value < 0 || level < 0) return MISSING;
      const key = theirSide.keys[level];
      if (key === undefined) return MISSING;
      if (sameAs[level] === value) return EXACT;
      const pair = value * levels + level;
      const before = known.get(pair);
      if (before !== undefined) return before;
      const agreement = isNear(as, values[value]!, key) ? NEAR : DIFFERENT;
      known.set(pair, agreement);
      return agreement;
    },
    compareMine(a, b) {
      if (a < 0 || b < 0) return MISSING;
      if (a === b) return EXACT;
      return isNear(as, values[a]!, values[b]!) ? NEAR : DIFFERENT;
    },
    ...(as === "date" && {
      dayOf: (row: number) => (mine[row]! < 0 ? Number.NaN : Number(values[mine[row]!])),
    }),
    notes: mySide.notes.map((note) => `${column}: ${note}`),
    missing: mine.reduce((sum, place) => sum + Number(place < 0), 0),
  };
}

interface Levels {
  /** One per row. */
  readonly codes: Int32Array;
  /** Normalised, one per code. */
  readonly keys: readonly (Key | undefined)[];
  readonly notes: readonly string[];
  /** For dates: the latest year among them, which settles two-digit years of the other side. */
  readonly latestYear?: number;
}

/** A census is normalised once, however many returns are put to it. */
const remembered = new WeakMap<Column, Map<ComparedAs, Levels>>();

function rememberedLevels(column: Column, as: ComparedAs): Levels {
  const known = remembered.get(column) ?? new Map<ComparedAs, Levels>();
  remembered.set(column, known);
  const levels = known.get(as) ?? levelsOf(column, as);
  known.set(as, levels);
  return levels;
}

function levelsOf(column: Column, as: ComparedAs, latestYear?: number): Levels {
  if (column.kind === "number") return levelsOfNumbers(column, as);
  const counts = new Int32Array(column.levels.length);
  for (const code of column.codes) if (code >= 0) counts[code]!++;
  const notes = new NoteList();
  const keys = column.levels.map((level, code) => keyOf(level, as, latestYear, counts[code]!, notes));
  return { codes: column.codes, keys, notes: notes.all, ...latest(keys, as) };
}

/** Dates and plain numbers: a level for each value, found by its distance from the smallest. */
function levelsOfNumbers(column: Column & { kind: "number" }, as: ComparedAs): Levels {
  const places = new Map<number, number>();
  const keys: Key[] = [];
  const codes = new Int32Array(column.values.length).fill(-1);
  for (let row = 0; row < codes.length; row++) {
    const value = column.values[row]!;
    if (Number.isNaN(value)) continue;
    let place = places.get(value);
    if (place === undefined) {
      place = keys.push(as === "date" ? value : as === "number" ? String(value).padStart(7, "0") : String(value)) - 1;
      places.set(value, place);
    }
    codes[row] = place;
  }
  return { codes, keys, notes: [], ...latest(keys, as) };
}

function latest(keys: readonly (Key | undefined)[], as: ComparedAs): { latestYear?: number } {
  if (as !== "date") return {};
  let last = Number.NEGATIVE_INFINITY;
  for (const key of keys) if (typeof key === "number" && key > last) last = key;
  return Number.isFinite(last) ? { latestYear: Number(printDate(last).slice(0, 4)) } : {};
}

/** Notes of one kind together: how many rows, and up to three examples. */
class NoteList {
  readonly #rows = new Map<string, { rows: number; examples: string[] }>();

  add(what: string, rows: number, example: string): void {
    const note = this.#rows.get(what) ?? { rows: 0, examples: [] };
    note.rows += rows;
    if (note.examples.length < 3) note.examples.push(example);
    this.#rows.set(what, note);
  }

  get all(): readonly string[] {
    return [...this.#rows].map(
      ([what, { rows, examples }]) => `${rows} ${rows === 1 ? "row" : "rows"} ${what} (${examples.join("; ")}).`,
    );
  }
}

function keyOf(
  level: string,
  as: ComparedAs,
  latestYear: number | undefined,
  rows: number,
  notes: NoteList,
): Key | undefined {
  if (as === "name") {
    const name = normaliseName(level);
    if (name === "") notes.add("hold no name", rows, JSON.stringify(level));
    return name === "" ? undefined : name;
  }
  if (as === "text") {
    const text = level.normalize("NFKC").trim().toLowerCase();
    return text === "" ? undefined : text;
  }
  const read = as === "date" ? readWrittenDate(level, latestYear) : readTeacherNumber(level);
  if (read.state === "unreadable") {
    if (level.trim() !== "") notes.add("cannot be read and count as missing", rows, read.reason);
    return undefined;
  }
  if (read.assumed !== undefined) notes.add("needed an assumption", rows, read.assumed);
  return "days" in read ? read.days : read.number;
}

function isNear(as: ComparedAs, mine: Key, theirs: Key): boolean {
  if (typeof mine === "number" || typeof theirs === "number")
    return as === "date" && typeof mine === typeof theirs && compareDates(Number(mine), Number(theirs)) !== "different";
  if (as === "name") return isNearName(mine, theirs);
  // School numbers and the like: one slip; anything that is not a number is near to nothing.
  return /^\d{4,}$/.test(mine) && compareNumbers(mine, theirs) === "near";
}

/** Nicknames, one part of a longer name, an initial, or much alike. Both are normalised. */
function isNearName(a: string, b: string): boolean {
  if (isSameNormalisedForename(a, b) || jaroWinkler(a, b) >= NEAR_NAMES) return true;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length === 1) return long.startsWith(short);
  const parts = long.split(" ");
  if (short.split(" ").every((part) => parts.includes(part))) return true;
  const others = short.split(" ");
  return (
    (parts.length > 1 || others.length > 1) &&
    parts.some((part) => others.some((one) => part.length > 1 && isSameNormalisedForename(part, one)))
  );
}

/** What a cell says, for people to read. */
export function cellText(column: Column, row: number): string {
  if (isMissing(column, row)) return "";
  if (column.kind === "code") return column.levels[column.codes[row]!]!;
  return column.type === "date" ? printDate(column.values[row]!) : String(column.values[row]!);
}
