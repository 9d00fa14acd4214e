/**
 * An academic year, from 1 September to 31 August, held as the calendar year it starts in: 2015/16 is 2015.
 * Years are ordered, and a year plus a whole number is a year.
 */
export type AcademicYear = number & { readonly kind?: "AcademicYear" };

/** How a file may write an academic year. `end`: 2016 = 2015/16; `start`: 2015; `long`: 2015-2016; `run`: 201516. */
export type YearWritten = "slash" | "end" | "start" | "long" | "run";

/** How reports print years: 2017/18, 2017 or 2018. */
export type YearName = "slash" | "start" | "end";

const MS_PER_DAY = 86_400_000;

/**
 * Reads an academic year written as declared.
 * @returns the year, or undefined when the text is not one (for example 2015/17, whose halves do not follow each other).
 */
export function readAcademicYear(text: string, written: YearWritten = "slash"): AcademicYear | undefined {
  if (written === "end" || written === "start") {
    if (!/^\d{4}$/.test(text)) return undefined;
    return written === "end" ? Number(text) - 1 : Number(text);
  }
  const pattern = { slash: /^(\d{4})\/(\d{2})$/, run: /^(\d{4})(\d{2})$/, long: /^(\d{4})-(\d{4})$/ }[written];
  const parts = pattern.exec(text);
  if (parts === null) return undefined;
  const start = Number(parts[1]);
  const follows = written === "long" ? Number(parts[2]) === start + 1 : Number(parts[2]) === (start + 1) % 100;
  return follows ? start : undefined;
}

/** 2015 → "2015/16", or as the study's `yearName` asks. */
export function printAcademicYear(year: AcademicYear, name: YearName = "slash"): string {
  if (name === "start") return String(year);
  if (name === "end") return String(year + 1);
  return `${year}/${String((year + 1) % 100).padStart(2, "0")}`;
}

/** Days since 1 January 1970 of a date written YYYY-MM-DD; undefined when there is no such day. */
export function readDate(text: string): number | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return undefined;
  const time = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]));
  return printDate(time / MS_PER_DAY) === text ? time / MS_PER_DAY : undefined;
}

/** YYYY-MM-DD of a count of days since 1 January 1970. */
export function printDate(days: number): string {
  return new Date(days * MS_PER_DAY).toISOString().slice(0, 10);
}

/** The academic year that holds a day (days since 1 January 1970): 1 September 2016 and 31 August 2017 are in 2016/17. */
export function academicYearOf(days: number): AcademicYear {
  const date = new Date(days * MS_PER_DAY);
  return date.getUTCMonth() >= 8 ? date.getUTCFullYear() : date.getUTCFullYear() - 1;
}
