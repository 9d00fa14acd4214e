import { academicYearOf, censusOnOrAfter, censusOnOrBefore } from "#domain";
import type { Column, NumberColumn } from "#table";
import type { FunctionRecord } from "./functionRecord.ts";
import { numberOf } from "./valueType.ts";

const MS_PER_DAY = 86_400_000;

function dateFunction(
  shape: string,
  takes: "date" | "academicYear",
  type: "academicYear" | "date",
  make: (value: number) => number,
  words: FunctionRecord["words"],
): FunctionRecord {
  const run = ([column]: readonly Column[]): Column => ({
    kind: "number",
    type,
    values: (column as NumberColumn).values.map((value) => (Number.isNaN(value) ? value : make(value))),
  });
  return { shape, takes: [takes], gives: () => ({ kind: type }), run, words };
}

/** Completed whole months from one day to another; negative when the second comes first. */
function completedMonths(from: number, to: number): number {
  if (to < from) return -completedMonths(to, from);
  const a = new Date(from * MS_PER_DAY);
  const b = new Date(to * MS_PER_DAY);
  const months = 12 * (b.getUTCFullYear() - a.getUTCFullYear()) + b.getUTCMonth() - a.getUTCMonth();
  return b.getUTCDate() < a.getUTCDate() ? months - 1 : months;
}

function elapsed(name: string, unit: string, measure: (months: number) => number): FunctionRecord {
  const run = ([from, to]: readonly Column[], rows: number): Column => {
    const values = new Float64Array(rows).fill(Number.NaN);
    const start = (from as NumberColumn).values;
    const end = (to as NumberColumn).values;
    for (let row = 0; row < rows; row++) {
      if (Number.isNaN(start[row]!) || Number.isNaN(end[row]!)) continue;
      const value = measure(completedMonths(start[row]!, end[row]!));
      values[row] = value === 0 ? 0 : value;
    }
    return { kind: "number", type: "number", values };
  };
  const words = ([from, to]: readonly string[]): string => `completed ${unit} from ${from} to ${to}`;
  return { shape: `${name}(date, date)`, takes: ["date", "date"], gives: () => numberOf("plain", unit), run, words };
}

/** Functions of dates and academic years. */
export const DATE_FUNCTIONS: readonly (readonly [string, FunctionRecord])[] = [
  [
    "academicYear",
    dateFunction("academicYear(date)", "date", "academicYear", academicYearOf, ([d]) => `academic year of ${d}`),
  ],
  [
    "censusBefore",
    dateFunction(
      "censusBefore(date)",
      "date",
      "academicYear",
      censusOnOrBefore,
      ([d]) => `November census on or before ${d}`,
    ),
  ],
  [
    "censusAfter",
    dateFunction(
      "censusAfter(date)",
      "date",
      "academicYear",
      censusOnOrAfter,
      ([d]) => `November census on or after ${d}`,
    ),
  ],
  [
    "startOf",
    dateFunction(
      "startOf(year)",
      "academicYear",
      "date",
      (year) => Date.UTC(year, 8, 1) / MS_PER_DAY,
      ([y]) => `first day of ${y}`,
    ),
  ],
  [
    "endOf",
    dateFunction(
      "endOf(year)",
      "academicYear",
      "date",
      (year) => Date.UTC(year + 1, 7, 31) / MS_PER_DAY,
      ([y]) => `last day of ${y}`,
    ),
  ],
  ["yearsBetween", elapsed("yearsBetween", "years", (months) => Math.trunc(months / 12))],
  ["monthsBetween", elapsed("monthsBetween", "months", (months) => months)],
];
