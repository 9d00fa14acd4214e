import { normaliseName } from "#domain";
import type { Participant } from "./records.ts";

/** A person's name and date of birth as they are compared; undefined where any of them is missing. */
export function nameKey({ surname, forename, birth }: Participant): string | undefined {
  if (surname === undefined || forename === undefined || birth === undefined) return undefined;
  return `${normaliseName(surname)}\n${normaliseName(forename)}\n${birth}`;
}

/** Rows that name one person, in the order of the file. */
export interface Person {
  readonly rows: readonly Participant[];
}

/**
 * People behind the rows: rows with one teacher number are one person, and so are rows with one name and date of birth
 * unless they have two different numbers. A row without either is a person of its own.
 */
export function peopleOf(participants: readonly Participant[]): readonly Person[] {
  const people: Participant[][] = [];
  const byNumber = new Map<string, Participant[]>();
  const byName = new Map<string, Participant[]>();
  for (const row of participants) {
    const key = nameKey(row);
    const named = key === undefined ? undefined : byName.get(key);
    const isOther = row.trn !== undefined && named?.some(({ trn }) => trn !== undefined && trn !== row.trn) === true;
    const known = (row.trn === undefined ? undefined : byNumber.get(row.trn)) ?? (isOther ? undefined : named);
    const rows = known ?? [];
    if (known === undefined) people.push(rows);
    rows.push(row);
    if (row.trn !== undefined && !byNumber.has(row.trn)) byNumber.set(row.trn, rows);
    if (key !== undefined && !byName.has(key)) byName.set(key, rows);
  }
  return people.map((rows) => ({ rows }));
}
