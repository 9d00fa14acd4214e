import type { Column, Frame, NumberColumn } from "#table";
import { asTexts } from "./linkSchools.ts";

/**
 * Schools of a return that a census does not know, or knew in earlier years only: a mistyped number, or a school that
 * closed before the people named there were asked for.
 * @param column  The column that names a school in both: its identity across changes of number, or the number itself.
 * @param years   The year each row of the return is asked for in; NaN where it is not known, which says nothing.
 * @returns Sentences, with the first few of the schools.
 */
export function oddSchools(
  from: { readonly name: string; readonly frame: Frame },
  to: { readonly name: string; readonly frame: Frame; readonly yearColumn: string | undefined },
  column: string,
  years: Float64Array,
): readonly string[] {
  const asked = from.frame.columns.get(column);
  const held = to.frame.columns.get(column);
  if (asked === undefined || held === undefined || from.frame.rows === 0 || to.frame.rows === 0) return [];
  const year = to.yearColumn === undefined ? undefined : (to.frame.columns.get(to.yearColumn) as NumberColumn).values;
  const last = lastYears(held, year);
  const { codes, levels } = asTexts(asked);
  const rowsOf = { unknown: new Map<string, number>(), closed: new Map<string, number>() };
  for (const [row, code] of codes.entries()) {
    if (code < 0) continue;
    const school = levels[code]!;
    const until = last.get(school);
    const rows = until === undefined ? rowsOf.unknown : until < years[row]! ? rowsOf.closed : undefined;
    rows?.set(school, (rows.get(school) ?? 0) + 1);
  }
  return [
    ...sentence(rowsOf.unknown, (rows) => `${rows} of ${from.name} with a school that ${to.name} holds in no year`),
    ...sentence(
      rowsOf.closed,
      (rows) => `${rows} of ${from.name} with a school gone from ${to.name} by the year asked for`,
    ),
  ];
}

/** The last year each school is held in; above every year where a census has no years. */
function lastYears(held: Column, year: Float64Array | undefined): ReadonlyMap<string, number> {
  const { codes, levels } = asTexts(held);
  const last = new Float64Array(levels.length).fill(Number.NaN);
  for (const [row, code] of codes.entries()) {
    if (code < 0) continue;
    const own = year === undefined ? Number.POSITIVE_INFINITY : year[row]!;
    if (!(last[code]! >= own)) last[code] = own;
  }
  return new Map(levels.map((level, code) => [level, last[code]!] as const).filter(([, own]) => !Number.isNaN(own)));
}

function sentence(rowsOf: ReadonlyMap<string, number>, words: (rows: string) => string): readonly string[] {
  if (rowsOf.size === 0) return [];
  const rows = [...rowsOf.values()].reduce((sum, own) => sum + own, 0);
  const some = [...rowsOf].slice(0, 5).map(([school, own]) => `${school} in ${own}`);
  return [`${words(rows === 1 ? "1 row" : `${rows} rows`)}: ${some.join(", ")}${rowsOf.size > 5 ? ", …" : ""}.`];
}
