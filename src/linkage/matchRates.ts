import type { Column, Frame, NumberColumn } from "#table";
import type { MatchRate } from "./linkRecord.ts";
import { asTexts } from "./linkSchools.ts";
import type { PeopleLinks } from "./people/linkPeople.ts";

/** Row by row: whether the person linked is in the census in the year asked for, and whether that record can be used. */
export interface FoundRows {
  readonly links: PeopleLinks;
  readonly inYear: Uint8Array;
  readonly usable: Uint8Array;
}

/** How many people of a return were found, over all of them. */
export const rateOfAll = (found: FoundRows): MatchRate => rateOf("all", peopleOf(found.links), found);

/** Rows of each person of the return. */
function peopleOf({ returned }: PeopleLinks): readonly (readonly number[])[] {
  const rows: number[][] = Array.from({ length: returned.people }, () => []);
  for (const [row, person] of returned.personOf.entries()) rows[person]!.push(row);
  return rows;
}

function rateOf(
  group: string,
  people: readonly (readonly number[])[],
  { links, inYear, usable }: FoundRows,
): MatchRate {
  const count = (holds: (row: number) => boolean) => people.filter((rows) => rows.some(holds)).length;
  return {
    group,
    named: people.length,
    linked: count((row) => links.person[row]! >= 0),
    inYear: count((row) => inYear[row] === 1),
    usable: count((row) => usable[row] === 1),
  };
}

/**
 * The same group by group. A person of several rows belongs to the group of the first row that names one.
 * @param groups  The group of each row of the return; undefined where it is not known.
 */
export function groupRates(groups: readonly (string | undefined)[], found: FoundRows): readonly MatchRate[] {
  const byGroup = new Map<string, (readonly number[])[]>();
  for (const rows of peopleOf(found.links)) {
    const group = rows.map((row) => groups[row]).find((one) => one !== undefined) ?? "not known";
    byGroup.set(group, [...(byGroup.get(group) ?? []), rows]);
  }
  return [...byGroup]
    .sort(([a], [b]) => Number(a === "not known") - Number(b === "not known") || (a < b ? -1 : 1))
    .map(([group, people]) => rateOf(group, people, found));
}

/** The text of each row; undefined where there is none. */
export const textOfRows = (column: Column): readonly (string | undefined)[] => {
  const { codes, levels } = asTexts(column);
  return Array.from(codes, (code) => (code < 0 ? undefined : levels[code]));
};

/** What a source says of the school of each row, in the row's year where it has one, else in the latest. */
export function groupsBySchool(
  from: Frame,
  years: Float64Array,
  schools: Frame,
  column: string,
  yearColumn: string | undefined,
): readonly (string | undefined)[] {
  const urns = textOfRows(schools.columns.get("urn")!);
  const values = textOfRows(schools.columns.get(column)!);
  const year = yearColumn === undefined ? undefined : (schools.columns.get(yearColumn) as NumberColumn).values;
  const wanted = new Set(textOfRows(from.columns.get("urn")!));
  const found = new Map<string, { year: number; value: string | undefined }>();
  for (const [row, urn] of urns.entries()) {
    if (urn === undefined || !wanted.has(urn)) continue;
    const own = { year: year?.[row] ?? 0, value: values[row] };
    found.set(`${urn} ${own.year}`, own);
    if (own.year >= (found.get(urn)?.year ?? Number.NEGATIVE_INFINITY)) found.set(urn, own);
  }
  return textOfRows(from.columns.get("urn")!).map(
    (urn, row) => (found.get(`${urn} ${years[row]}`) ?? found.get(urn ?? ""))?.value,
  );
}
