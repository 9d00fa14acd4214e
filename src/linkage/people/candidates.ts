import type { Census } from "./census.ts";
import { type ComparedField, EXACT, MISSING } from "./comparedField.ts";

/** Pairs of a row of the return and a person of the census that some step or block brings together. */
export interface Candidates {
  readonly count: number;
  /** Row of the return of each pair; pairs are sorted by row, then person. */
  readonly row: Int32Array;
  readonly person: Int32Array;
  /** Which rules brought the pair together: bit k for rule k. */
  readonly rules: Int32Array;
  /** Distinct patterns of pair c, one for each version of the person: `patterns[versions[c]] …`. */
  readonly versions: Int32Array;
  readonly patterns: Int32Array;
}

/**
 * Finds every pair that agrees exactly on all fields of one of the rules, within one census row. One pass over the
 * census for each rule, over small codes only: a row whose value the return does not hold is left at the first field.
 */
export function findCandidates(
  fields: readonly ComparedField[],
  rules: readonly (readonly ComparedField[])[],
  census: Census,
  returnRows: number,
): Candidates {
  if (rules.length > 31) throw new RangeError("more than 31 exact steps and blocks");
  const found = new Map<number, number>();
  for (const [k, rule] of rules.entries()) {
    scan(rule, census, returnRows, (row, person) => {
      const pair = row * census.people + person;
      found.set(pair, (found.get(pair) ?? 0) | (1 << k));
    });
  }
  const pairs = Float64Array.from(found.keys()).sort();
  const rowOf = Int32Array.from(pairs, (pair) => Math.floor(pair / census.people));
  const personOf = Int32Array.from(pairs, (pair, c) => pair - rowOf[c]! * census.people);
  const versions = new Int32Array(pairs.length + 1);
  const patterns: number[] = [];
  for (let c = 0; c < pairs.length; c++) {
    patterns.push(...patternsOf(fields, census, rowOf[c]!, personOf[c]!));
    versions[c + 1] = patterns.length;
  }
  return {
    count: pairs.length,
    row: rowOf,
    person: personOf,
    rules: Int32Array.from(pairs, (pair) => found.get(pair)!),
    versions,
    patterns: Int32Array.from(patterns),
  };
}

/** Calls `meet` for each row of the return and each person with a census row that agrees on all fields. */
function scan(
  rule: readonly ComparedField[],
  census: Census,
  returnRows: number,
  meet: (row: number, person: number) => void,
): void {
  const mine = new Map<number, number[]>();
  for (let row = 0; row < returnRows; row++) {
    let key = 0;
    for (const field of rule) key = key < 0 || field.mine[row]! < 0 ? -1 : key * field.values + field.mine[row]!;
    if (key < 0) continue;
    const rows = mine.get(key);
    if (rows === undefined) mine.set(key, [row]);
    else rows.push(row);
  }
  if (mine.size === 0) return;
  const { personOf } = census;
  const [first] = rule;
  const { theirs, sameAs } = first!;
  for (let at = 0; at < census.rows; at++) {
    const level = theirs[at]!;
    if (level < 0 || sameAs[level]! < 0 || personOf[at]! < 0) continue;
    let key = 0;
    for (const field of rule) {
      const own = field.theirs[at]!;
      const value = own < 0 ? -1 : field.sameAs[own]!;
      if (value < 0) {
        key = -1;
        break;
      }
      key = key * field.values + value;
    }
    const rows = key < 0 ? undefined : mine.get(key);
    if (rows !== undefined) for (const row of rows) meet(row, personOf[at]!);
  }
}

/**
 * How one row of the return agrees with each distinct version of a person, as patterns: two bits a field, the first
 * field lowest. A person's name, number and school may change over the years; every version is asked.
 */
export function patternsOf(
  fields: readonly ComparedField[],
  census: Census,
  row: number,
  person: number,
): readonly number[] {
  const patterns: number[] = [];
  for (let at = census.start[person]!; at < census.start[person + 1]!; at++) {
    const censusRow = census.order[at]!;
    let pattern = 0;
    for (let f = 0; f < fields.length; f++) {
      const field = fields[f]!;
      pattern |= field.compare(field.mine[row]!, field.theirs[censusRow]!) << (2 * f);
    }
    if (!patterns.includes(pattern)) patterns.push(pattern);
  }
  return patterns;
}

/** The agreement on field f within a pattern. */
export const agreementOn = (pattern: number, f: number): number => (pattern >> (2 * f)) & 3;

/** For each value of the return, how many people of the census hold it in any version. */
export function holders(field: ComparedField, census: Census): Int32Array {
  const counts = new Int32Array(field.values);
  const last = new Int32Array(field.values).fill(-1);
  for (let person = 0; person < census.people; person++) {
    for (let at = census.start[person]!; at < census.start[person + 1]!; at++) {
      const level = field.theirs[census.order[at]!]!;
      const value = level < 0 ? -1 : field.sameAs[level]!;
      if (value < 0 || last[value] === person) continue;
      last[value] = person;
      counts[value]!++;
    }
  }
  return counts;
}

/** For each field the best agreement any version has: exact before near before different; missing when all are. */
export function bestPerField(patterns: readonly number[], fields: number): readonly number[] {
  return Array.from({ length: fields }, (_, f) => {
    let best = -1;
    for (const pattern of patterns) {
      const agreement = agreementOn(pattern, f);
      if (agreement !== MISSING && agreement > best) best = agreement;
      if (best === EXACT) break;
    }
    return best < 0 ? MISSING : best;
  });
}
