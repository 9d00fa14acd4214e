import type { AcademicYear } from "./academicYear.ts";

const MS_PER_DAY = 86_400_000;
const THURSDAY = 4;
const NOVEMBER = 10;

/**
 * The day of the school workforce census of an academic year: the first Thursday of November.
 * @returns days since 1 January 1970.
 */
export function censusDay(year: AcademicYear): number {
  const first = new Date(Date.UTC(year, NOVEMBER, 1));
  const wait = (THURSDAY - first.getUTCDay() + 7) % 7;
  return first.getTime() / MS_PER_DAY + wait;
}

/** The year of the first census on or after a day (days since 1 January 1970). */
export function censusOnOrAfter(days: number): AcademicYear {
  const year = new Date(days * MS_PER_DAY).getUTCFullYear();
  return days <= censusDay(year) ? year : year + 1;
}

/** The year of the last census on or before a day. */
export function censusOnOrBefore(days: number): AcademicYear {
  const year = new Date(days * MS_PER_DAY).getUTCFullYear();
  return days >= censusDay(year) ? year : year - 1;
}
