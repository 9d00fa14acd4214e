import { type AcademicYear, printAcademicYear, readAcademicYear, type YearName } from "./academicYear.ts";

/**
 * When an outcome is read: in an academic year that is the same for all, or a number of whole years after each unit's own
 * time zero. One number holds both, since nobody is followed for a hundred years: below 100 it counts years.
 */
export type Horizon = number & { readonly kind?: "AcademicYear" };

/** Whether a horizon counts years from time zero. */
export const isRelative = (horizon: Horizon): boolean => horizon < 100;

/** Reads `2017/18`, `1 year` or `2 years`; undefined for anything else. */
export function readHorizon(text: string): Horizon | undefined {
  const years = /^([1-9]\d?) years?$/.exec(text.trim());
  return years === null ? readAcademicYear(text) : Number(years[1]);
}

/** `2017/18`, or `1 year`, `2 years`: the head of a row. */
export function printHorizon(horizon: Horizon, name: YearName = "slash"): string {
  if (!isRelative(horizon)) return printAcademicYear(horizon, name);
  return `${horizon} year${horizon === 1 ? "" : "s"}`;
}

/** `in 2017/18`, or `after 1 year`: inside a sentence. */
export function horizonInWords(horizon: Horizon, name: YearName = "slash"): string {
  return isRelative(horizon) ? `after ${printHorizon(horizon)}` : `in ${printAcademicYear(horizon, name)}`;
}

/** The academic year a horizon falls in for a unit whose follow-up starts in `timeZero`. */
export const yearOfHorizon = (horizon: Horizon, timeZero: AcademicYear): AcademicYear =>
  isRelative(horizon) ? timeZero + horizon : horizon;
