import { printAcademicYear } from "#domain";
import type { PeopleLinkage } from "#protocol";
import type { Column, Frame, NumberColumn } from "#table";
import { asTexts } from "./linkSchools.ts";
import type { Census } from "./people/census.ts";
import type { ComparedField } from "./people/comparedField.ts";
import type { PeopleLinks } from "./people/linkPeople.ts";

/** Nobody recruited is younger. */
const YOUNGEST = 16;
const DAYS_A_YEAR = 365.25;

/** Whether there is anybody to look for, and anybody to find. */
export function emptiness(linkage: PeopleLinkage, from: Frame, census: Census): readonly string[] {
  return [
    ...(from.rows === 0 ? [`${linkage.from} is empty: nobody is looked for.`] : []),
    ...(census.people === 0 ? [`${linkage.to} is empty: nobody can be found.`] : []),
  ];
}

/** Decisions that give one person of the census to two people of the return, who then count as one. */
export function decidedTwice(
  linkage: PeopleLinkage,
  { returned }: PeopleLinks,
  same: ReadonlyMap<number, number>,
  keys: readonly Readonly<Record<string, string>>[],
  census: Census,
): readonly string[] {
  const rowsOf = new Map<number, number[]>();
  for (const [row, person] of same) rowsOf.set(person, [...(rowsOf.get(person) ?? []), row]);
  return [...rowsOf].flatMap(([person, rows]) => {
    if (new Set(rows.map((row) => returned.personOf[row])).size < 2) return [];
    const named = rows.map((row) => Object.values(keys[row]!).join("/")).join(", ");
    return [
      `${linkage.decisions.file} decides that rows ${named} of ${linkage.from} are all ${census.identity(person)}, though their names and birth dates are of different people: look again.`,
    ];
  });
}

/** Fields that cannot be read in some rows, each once. */
export function fieldGaps(fields: readonly ComparedField[], rows: number): readonly string[] {
  const seen = new Set<string>();
  return fields.flatMap(({ column, missing }) => {
    if (missing === 0 || rows === 0 || seen.has(column)) return [];
    seen.add(column);
    return [`${column}: ${missing} of ${rows} rows hold nothing that can be read.`];
  });
}

/** Rows that cannot be right, counted; linkage goes on with what they say. */
export function oddRows(
  { returned }: PeopleLinks,
  linkage: PeopleLinkage,
  from: Frame,
  fields: readonly ComparedField[],
): readonly string[] {
  const warnings: string[] = [];
  if (returned.sharedNumbers > 0) {
    const numbers = returned.sharedNumbers === 1 ? "1 number is" : `${returned.sharedNumbers} numbers are`;
    warnings.push(
      `${numbers} given for people of ${linkage.from} who are not one person: names and birth dates decide.`,
    );
  }
  const several = returned.personOf.length - returned.people;
  if (several > 0)
    warnings.push(
      `${plural(several, "row")} of ${linkage.from}: a person of another row again. People are counted once.`,
    );
  const { inYear } = linkage;
  const born = fields.find(({ dayOf }) => dayOf !== undefined);
  if (inYear?.how === "recruitment") {
    const recruited = from.columns.get(inYear.column) as NumberColumn;
    let [unborn, young, undated] = [0, 0, 0];
    for (let row = 0; row < from.rows; row++) {
      const days = recruited.values[row]!;
      const birth = born?.dayOf?.(row) ?? Number.NaN;
      if (Number.isNaN(days)) undated++;
      else if (days < birth) unborn++;
      else if (days < birth + YOUNGEST * DAYS_A_YEAR) young++;
    }
    if (unborn > 0) warnings.push(`${plural(unborn, "row")} of ${linkage.from}: recruited before birth.`);
    if (young > 0)
      warnings.push(`${plural(young, "row")} of ${linkage.from}: recruited before the age of ${YOUNGEST}.`);
    if (undated > 0)
      warnings.push(
        `${plural(undated, "row")} of ${linkage.from}: no date of recruitment, so no year can be asked for, and not usable.`,
      );
  }
  return warnings;
}

/** What is odd in the census: one number for two people, two people who look like one, a year without an authority. */
export function oddCensus(
  linkage: PeopleLinkage,
  to: Frame,
  census: Census,
  links: PeopleLinks,
  fields: readonly ComparedField[],
): readonly string[] {
  const warnings: string[] = [];
  const number = fields.find(({ as }) => as === "number");
  if (number !== undefined) {
    const first = new Int32Array(number.sameAs.length).fill(-1);
    const shared = new Set<number>();
    for (let row = 0; row < census.rows; row++) {
      const [level, person] = [number.theirs[row]!, census.personOf[row]!];
      if (level < 0 || person < 0) continue;
      if (first[level] === -1) first[level] = person;
      else if (first[level] !== person) shared.add(level);
    }
    if (shared.size > 0)
      warnings.push(
        `${shared.size} values of ${number.column} in ${linkage.to} belong to more than one ${linkage.identity}.`,
      );
  }
  if (links.duplicates.length > 0) {
    const pairs = links.duplicates.length;
    const some = links.duplicates.slice(0, 5).map((pair) => pair.map(census.identity).join(" and "));
    warnings.push(
      `${pairs === 1 ? "1 pair" : `${pairs} pairs`} of people in ${linkage.to} ${pairs === 1 ? "looks" : "look"} like one person (${some.join("; ")}): rows that fit both await a decision.`,
    );
  }
  const authority = ["la_code", "authority"].map((name) => to.columns.get(name)).find((column) => column !== undefined);
  if (authority !== undefined && linkage.yearColumn !== undefined)
    warnings.push(...missingYears(to, authority, linkage.yearColumn, linkage.to));
  return warnings;
}

/** Years in which an authority has no record at all, between years in which it has. */
function missingYears(to: Frame, authority: Column, yearColumn: string, source: string): readonly string[] {
  const { codes, levels } = asTexts(authority);
  const { values } = to.columns.get(yearColumn) as NumberColumn;
  const held: Set<number>[] = levels.map(() => new Set<number>());
  let [code, year] = [-1, Number.NaN];
  for (let row = 0; row < to.rows; row++) {
    // Rows of one place and year stand together: ask the set only when one of them changes.
    if (codes[row] === code && values[row] === year) continue;
    [code, year] = [codes[row]!, values[row]!];
    if (code >= 0 && !Number.isNaN(year)) held[code]!.add(year);
  }
  const gaps = held.flatMap((years, one) => {
    const [first, last] = [Math.min(...years), Math.max(...years)];
    const missing: string[] = [];
    for (let at = first + 1; at < last; at++)
      if (!years.has(at)) missing.push(`${levels[one]} in ${printAcademicYear(at)}`);
    return missing;
  });
  if (gaps.length === 0) return [];
  const some = gaps.slice(0, 5).join(", ") + (gaps.length > 5 ? ", …" : "");
  return [
    `${source} holds nobody of a whole authority in ${gaps.length} of its years (${some}): its people are not found in them.`,
  ];
}

/** Job titles no dictionary knows, with the first few. */
export function unmappedInWords(unmapped: readonly { readonly text: string; readonly rows: number }[]): string {
  const rows = unmapped.reduce((sum, one) => sum + one.rows, 0);
  const some = unmapped.slice(0, 5).map(({ text, rows: own }) => `"${text}" ${own}`);
  return `${unmapped.length} job titles (${rows} rows) are in no dictionary and count as unknown: ${some.join(", ")}${unmapped.length > 5 ? ", …" : ""}.`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
