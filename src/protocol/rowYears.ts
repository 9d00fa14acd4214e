import { posix } from "node:path";
import { type AcademicYear, printAcademicYear } from "#domain";
import { itemAt, placeAt } from "./item.ts";
import type { Reading } from "./reading.ts";
import type { ComparisonDeclaration, StudySource, UnitDeclaration } from "./study.ts";
import type { UnitModel } from "./unitColumns.ts";
import { NO_BASELINE } from "./validate.ts";

/**
 * The column that says which year a row of a source is of, as a unit uses that source: for the source the unit is made
 * from its `year`; for one it joins or summarises the academic year of the source's key, or the only one it has.
 * Undefined where rows have no year, so that those before the start cannot be told from those after it.
 */
export function yearColumnOf(unit: UnitDeclaration, source: StudySource): string | undefined {
  return source.id === unit.from ? unit.year : rowYearOf(source);
}

/** The academic year of a source's key, or the only one it has, whatever a unit makes of it. */
export function rowYearOf(source: StudySource): string | undefined {
  const years = yearsOf(source);
  return source.key.find((name) => years.includes(name)) ?? (years.length === 1 ? years[0] : undefined);
}

const yearsOf = (source: StudySource): readonly string[] =>
  source.columns.filter(({ type }) => type === "academicYear").map(({ name }) => name);

/** A file by its path, however that is written. */
export const fileOf = ({ file }: StudySource): string => posix.normalize(file.replaceAll("\\", "/"));

/** Every source a unit is made from: its own, those it joins, those it summarises. */
export function sourcesOf(unit: UnitDeclaration, sources: ReadonlyMap<string, StudySource>): readonly StudySource[] {
  const summarised = unit.columns.flatMap((column) =>
    column.how === "summary" || (column.how === "quantiles" && column.of !== undefined) ? [column.of!] : [],
  );
  const names = new Set([unit.from, ...unit.join.map(({ source }) => source), ...summarised]);
  return [...names].flatMap((name) => sources.get(name) ?? []);
}

/** A source with several columns of years, of which nothing says which one is the year of its rows. */
export function checkRowYears(
  reading: Reading,
  units: ReadonlyMap<string, UnitModel>,
  sources: ReadonlyMap<string, StudySource>,
): void {
  const headers = panelHeaders(units, sources);
  for (const { declaration } of units.values()) {
    for (const source of sourcesOf(declaration, sources)) {
      checkSameYear(reading, declaration, source, headers.get(fileOf(source)));
      const years = yearsOf(source);
      if (years.length < 2 || years.some((name) => source.key.includes(name))) continue;
      if (yearColumnOf(declaration, source) !== undefined) continue;
      reading.faults.add(
        "year-unclear",
        source.place,
        `${source.id} has ${years.length} columns of years (${years.join(", ")}), and nothing says which one is the year of its rows.`,
        "Put that one in the `key` of the source.",
      );
    }
  }
}

/** For each file a panel is made from, the header of the column that says the year of its rows. */
function panelHeaders(
  units: ReadonlyMap<string, UnitModel>,
  sources: ReadonlyMap<string, StudySource>,
): ReadonlyMap<string, string> {
  return new Map(
    [...units.values()].flatMap(({ declaration: { from, year } }) => {
      const source = sources.get(from);
      const column = source?.columns.find(({ name }) => name === year);
      return source === undefined || column === undefined ? [] : [[fileOf(source), column.from] as const];
    }),
  );
}

/** A second source over a panel's file that takes another column for the year of its rows. */
function checkSameYear(reading: Reading, unit: UnitDeclaration, source: StudySource, header: string | undefined): void {
  const year = yearColumnOf(unit, source) ?? rowYearOf(source);
  const own = source.columns.find(({ name }) => name === year)?.from;
  if (header === undefined || own === undefined || own === header) return;
  reading.faults.add(
    "year-unclear",
    source.place,
    `${source.id} takes ${own} for the year of the rows of ${source.file}; a unit made from that file takes ${header}.`,
    `Declare ${header} as an academic year in ${source.id} and put it in its \`key\`.`,
  );
}

/** Comparisons that look at one file from different baselines: the later one would show what the earlier one seals. */
export function checkBaselines(
  reading: Reading,
  comparisons: ReadonlyMap<string, ComparisonDeclaration>,
  units: ReadonlyMap<string, UnitModel>,
  sources: ReadonlyMap<string, StudySource>,
): void {
  const files = ({ unit }: ComparisonDeclaration): readonly string[] =>
    sourcesOf(units.get(unit)!.declaration, sources).map(fileOf);
  const all = [...comparisons.values()].filter(({ baselineYear }) => baselineYear !== NO_BASELINE);
  for (const [i, own] of all.entries()) {
    for (const other of all.slice(0, i)) {
      const shared = files(own).find((file) => files(other).includes(file));
      if (own.baselineYear === other.baselineYear || shared === undefined) continue;
      const [first, later] = own.baselineYear < other.baselineYear ? [own, other] : [other, own];
      reading.faults.add(
        "baselines-differ",
        placeAt(itemAt(reading.sound, ["design", "comparisons", own.id])!, ["baselineYear"]),
        `${first.id} (baseline ${printAcademicYear(first.baselineYear)}) and ${later.id} (${printAcademicYear(later.baselineYear)}) are both made from ${shared}: choosing ${later.id} would show what is sealed for ${first.id}.`,
        "Declare them as two studies, each registered by itself.",
      );
      break;
    }
  }
}

/** Whether a year lies after a baseline that is known. */
export const isAfter = (year: AcademicYear, baseline: AcademicYear): boolean =>
  baseline !== NO_BASELINE && year > baseline;
