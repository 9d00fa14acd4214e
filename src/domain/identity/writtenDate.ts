import { printDate, readDate } from "../academicYear.ts";

/** A date as somebody wrote it, read: the day, and what had to be assumed. */
export type WrittenDate =
  | {
      readonly state: "read";
      /** Days since 1970. */
      readonly days: number;
      /** In words, where the writing left something open: the century, the order of day and month. */
      readonly assumed?: string;
    }
  | { readonly state: "unreadable"; readonly reason: string };

const MONTHS = "january february march april may june july august september october november december".split(" ");
/** Day 1 of a spreadsheet is 1 January 1900, and it believes in a 29 February 1900. */
const SPREADSHEET_START = -25_569;

/**
 * Reads a date in the ways people in England write one: 03/04/1980, 3.4.80, 3-4-1980, 3 April 1980, 3rd Apr 80,
 * April 3, 1980, 1980-04-03, 19800403, with or without a time behind it, or a spreadsheet's day number (29314).
 *
 * Day before month. Only where the second number cannot be a month is it read as the day, and that is said.
 * **Two-digit years** are the latest year that is not after `latestYear`: with 2004, 80 is 1980, 04 is 2004, 05 is 1905.
 *
 * @param latestYear  The latest year the date can lie in; for birth dates of teachers the year of the youngest.
 */
export function readWrittenDate(text: string, latestYear = 2010): WrittenDate {
  const written = text
    .normalize("NFKC")
    .trim()
    .toLowerCase()
    .replace(/[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(z|am|pm)?$/i, "")
    .replace(/[\u2010-\u2015\u2212]/g, "-");
  if (written === "") return { state: "unreadable", reason: "nothing is written" };
  return numbersOnly(written, latestYear) ?? inWords(written, latestYear) ?? notADate(text);
}

const notADate = (text: string): WrittenDate => ({
  state: "unreadable",
  reason: `“${text.trim().slice(0, 30)}” is not a date`,
});

function numbersOnly(written: string, latestYear: number): WrittenDate | undefined {
  const whole = /^\d+$/.test(written) ? written : undefined;
  if (whole?.length === 5) {
    const days = Number(whole) + SPREADSHEET_START;
    return { state: "read", days, assumed: `the spreadsheet day ${whole} is ${printDate(days)}` };
  }
  if (whole?.length === 8) {
    const yearFirst = /^(19|20)/.test(whole) && Number(whole.slice(4, 6)) <= 12;
    const parts = yearFirst
      ? [whole.slice(0, 4), whole.slice(4, 6), whole.slice(6)]
      : [whole.slice(4), whole.slice(2, 4), whole.slice(0, 2)];
    return ofParts(parts[0]!, parts[1]!, parts[2]!, written, latestYear);
  }
  const yearFirst = /^(\d{4})[-/. ]+(\d{1,2})[-/. ]+(\d{1,2})$/.exec(written);
  if (yearFirst !== null) return ofParts(yearFirst[1]!, yearFirst[2]!, yearFirst[3]!, written, latestYear);
  const yearLast = /^(\d{1,2})[-/.\\ ]+(\d{1,2})[-/.\\ ]+(\d{4}|\d{2})$/.exec(written);
  if (yearLast === null) return undefined;
  return ofParts(yearLast[3]!, yearLast[2]!, yearLast[1]!, written, latestYear);
}

function inWords(written: string, latestYear: number): WrittenDate | undefined {
  const words = written.replace(/(\d)(st|nd|rd|th)\b/g, "$1").match(/\d+|[a-z]+/g) ?? [];
  const parts = words.filter((word) => !/^(of|mon|tue|wed|thu|fri|sat|sun)(s|nes|rs|ur)?(day)?$/.test(word));
  if (parts.length !== 3) return undefined;
  const monthOf = (word: string) => (word.length < 3 ? 0 : MONTHS.findIndex((name) => name.startsWith(word)) + 1);
  const at = parts.findIndex((word) => monthOf(word) > 0);
  if (at < 0) return undefined;
  const month = String(monthOf(parts[at]!));
  const [first, second] = parts.filter((_, i) => i !== at);
  if (!/^\d+$/.test(first!) || !/^\d+$/.test(second!)) return undefined;
  return first!.length === 4
    ? ofParts(first!, month, second!, written, latestYear)
    : ofParts(second!, month, first!, written, latestYear);
}

function ofParts(
  yearText: string,
  monthText: string,
  dayText: string,
  written: string,
  latestYear: number,
): WrittenDate {
  if (yearText.length !== 4 && yearText.length !== 2) return notADate(written);
  const [year, century] = yearText.length === 4 ? [Number(yearText), ""] : withCentury(yearText, latestYear);
  const [month, day] = [Number(monthText), Number(dayText)];
  const days = dayOf(year, month, day);
  const turned = days === undefined && month > 12 ? dayOf(year, day, month) : undefined;
  const found = days ?? turned;
  if (found === undefined) return { state: "unreadable", reason: `“${written}” names a day that does not exist` };
  const order = turned === undefined ? "" : "the month stands before the day";
  const assumed = [century, order].filter((part) => part !== "").join("; ");
  return { state: "read", days: found, ...(assumed !== "" && { assumed }) };
}

function withCentury(twoDigits: string, latestYear: number): [number, string] {
  const century = latestYear - (latestYear % 100);
  const year =
    century + Number(twoDigits) <= latestYear ? century + Number(twoDigits) : century - 100 + Number(twoDigits);
  return [year, `the year ${twoDigits} is ${year}`];
}

function dayOf(year: number, month: number, day: number): number | undefined {
  const two = (part: number) => String(part).padStart(2, "0");
  return readDate(`${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`);
}

/** How near two dates are: `swapped` has day and month in each other's place, `slip` is one digit or one step off. */
export type DateAgreement = "exact" | "swapped" | "slip" | "different";

/**
 * Compares two days since 1970 as dates somebody typed.
 * `slip`: written as DDMMYYYY they differ in one digit or two neighbours are transposed; or only the year differs, by
 * one or ten years. Symmetric.
 */
export function compareDates(a: number, b: number): DateAgreement {
  if (a === b) return "exact";
  const [mine, theirs] = [digitsOf(a), digitsOf(b)];
  const [date, year] = [mine.slice(0, 4), mine.slice(4)];
  const [otherDate, otherYear] = [theirs.slice(0, 4), theirs.slice(4)];
  if (year === otherYear && date === otherDate.slice(2) + otherDate.slice(0, 2)) return "swapped";
  const yearsApart = Math.abs(Number(year) - Number(otherYear));
  if (date === otherDate && (yearsApart === 1 || yearsApart === 10)) return "slip";
  return isOneSlipApart(mine, theirs) ? "slip" : "different";
}

/** DDMMYYYY of days met before: a census compares the same few thousand birth dates over and over. */
const digitsMet = new Map<number, string>();
const MOST_DAYS_KEPT = 50_000;

function digitsOf(days: number): string {
  const known = digitsMet.get(days);
  if (known !== undefined) return known;
  const [year, month, day] = printDate(days).split("-") as [string, string, string];
  const digits = day + month + year;
  if (digitsMet.size < MOST_DAYS_KEPT) digitsMet.set(days, digits);
  return digits;
}

/** Whether two digit strings of one length differ in one place, or in two neighbouring places that are transposed. */
export function isOneSlipApart(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let first = -1;
  let differences = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    if (first < 0) first = i;
    differences++;
    if (differences > 2) return false;
  }
  if (differences === 1) return true;
  return differences === 2 && a[first] === b[first + 1] && a[first + 1] === b[first];
}
