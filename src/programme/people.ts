import { isSameForename, normaliseName } from "#domain";
import type { Participant } from "./records.ts";

/** A person's name and date of birth as they are compared; undefined where any of them is missing. */
export function nameKey({ surname, forename, birth }: Participant): string | undefined {
  if (surname === undefined || forename === undefined || birth === undefined) return undefined;
  return `${normaliseName(surname)}\n${normaliseName(forename)}\n${birth}`;
}

/** What two rows say differently of a person. What one of them leaves empty is no difference. */
export function differencesOf(one: Participant, other: Participant): readonly string[] {
  const [mine, theirs] = [normaliseName(one.surname ?? ""), normaliseName(other.surname ?? "")];
  const isForenameOther =
    one.forename !== undefined && other.forename !== undefined && !isSameForename(one.forename, other.forename);
  const isBirthOther = one.birth !== undefined && other.birth !== undefined && one.birth !== other.birth;
  return [
    ...(mine !== "" && theirs !== "" && mine !== theirs ? ["surname"] : []),
    ...(isForenameOther ? ["forename"] : []),
    ...(isBirthOther ? ["date of birth"] : []),
  ];
}

/** Two rows of one teacher number name two people when two of surname, forename and date of birth differ. */
export const areTwoPeople = (one: Participant, other: Participant): boolean => differencesOf(one, other).length >= 2;

/** Rows that name one person, in the order of the file. */
export interface Person {
  readonly rows: readonly Participant[];
}

/**
 * People behind the rows: rows with one teacher number are one person, unless names and dates say otherwise
 * (`areTwoPeople`), and so are rows with one name and date of birth, unless they have two different numbers. A row without
 * either is a person of its own.
 */
export function peopleOf(participants: readonly Participant[]): readonly Person[] {
  const people: Participant[][] = [];
  const byNumber = new Map<string, Participant[][]>();
  const byName = new Map<string, Participant[][]>();
  for (const row of participants) {
    const key = nameKey(row);
    const numbered = (row.trn === undefined ? undefined : byNumber.get(row.trn)) ?? [];
    const named = (key === undefined ? undefined : byName.get(key)) ?? [];
    const rows =
      numbered.find(([first]) => !areTwoPeople(first!, row)) ??
      named.find((own) => row.trn === undefined || own.every(({ trn }) => trn === undefined || trn === row.trn)) ??
      [];
    if (rows.length === 0) people.push(rows);
    rows.push(row);
    if (row.trn !== undefined) file(byNumber, row.trn, rows);
    if (key !== undefined) file(byName, key, rows);
  }
  return people.map((rows) => ({ rows }));
}

function file(into: Map<string, Participant[][]>, key: string, rows: Participant[]): void {
  const known = into.get(key);
  if (known === undefined) into.set(key, [rows]);
  else if (!known.includes(rows)) known.push(rows);
}
