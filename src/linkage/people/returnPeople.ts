import { type ComparedField, DIFFERENT, EXACT, NEAR } from "./comparedField.ts";

/** Rows of a return put together by person: one person may be returned by several projects. */
export interface ReturnPeople {
  /** Row → person, numbered in the order of their first rows. */
  readonly personOf: Int32Array;
  readonly people: number;
  /** Teacher numbers held by rows that are not one person. */
  readonly sharedNumbers: number;
}

/**
 * Which rows of a return are one person. With the same number: they agree on the birth date or a name, and the birth
 * dates do not contradict. Without: the same birth date, at least two names, every one of them the same or near and one the
 * same, and the numbers do not contradict. Twins have different forenames, so they stay two.
 */
export function returnPeople(fields: readonly ComparedField[], rows: number): ReturnPeople {
  const parent = Int32Array.from({ length: rows }, (_, row) => row);
  const root = (row: number): number => {
    let at = row;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  const own = fields.filter(({ as }) => as !== "text");
  const isOne = (a: number, b: number): boolean => isOnePerson(own, a, b);
  for (const field of own.filter(({ as }) => as === "number" || as === "date")) {
    for (const bucket of buckets(field, rows)) {
      for (const [k, b] of bucket.entries())
        for (const a of bucket.slice(0, k)) if (root(a) !== root(b) && isOne(a, b)) parent[root(b)] = root(a);
    }
  }
  const numbers = new Map<number, number>();
  const personOf = Int32Array.from({ length: rows }, (_, row) => {
    const at = root(row);
    const known = numbers.get(at) ?? numbers.size;
    numbers.set(at, known);
    return known;
  });
  const shared = own
    .filter(({ as }) => as === "number")
    .flatMap((field) => buckets(field, rows))
    .filter((bucket) => new Set(bucket.map((row) => personOf[row])).size > 1);
  return { personOf, people: numbers.size, sharedNumbers: shared.length };
}

/** Rows that hold the same value, where more than one does. */
function buckets(field: ComparedField, rows: number): readonly number[][] {
  const held: number[][] = Array.from({ length: field.values }, () => []);
  for (let row = 0; row < rows; row++) if (field.mine[row]! >= 0) held[field.mine[row]!]!.push(row);
  return held.filter((bucket) => bucket.length > 1);
}

function isOnePerson(fields: readonly ComparedField[], a: number, b: number): boolean {
  const on = (as: string) =>
    fields.filter((field) => field.as === as).map((field) => field.compareMine(field.mine[a]!, field.mine[b]!));
  const [numbers, dates, names] = [on("number"), on("date"), on("name")];
  if (numbers.includes(DIFFERENT) || dates.includes(DIFFERENT)) return false;
  if (numbers.includes(EXACT)) return dates.includes(EXACT) || names.includes(EXACT);
  if (!dates.includes(EXACT) || !names.includes(EXACT)) return false;
  // One name alone would make twins one person.
  return names.length > 1 && names.every((name) => name === EXACT || name === NEAR);
}
