import { type AcademicYear, academicYearOf, type ColumnDeclaration } from "#domain";
import { columnsOf } from "#expression";
import { readsOf } from "#linkage";
import {
  fileOf,
  type OutcomeDeclaration,
  ruleColumns,
  type Study,
  type StudySource,
  type UnitDeclaration,
} from "#protocol";

/**
 * A column of a file that some outcome is read from. It is known by file and header, not by the name a study gives it:
 * a second source over the same file shows the same cells.
 */
interface OutcomeCell {
  readonly file: string;
  readonly header: string;
  /** The year a wide column of a history holds; undefined where rows (or `measured`) say the year. */
  readonly year: AcademicYear | undefined;
}

/** Every column any outcome of the study is read from, for any unit. */
function outcomeCells(study: Study): readonly OutcomeCell[] {
  return [...study.outcomes.values()].flatMap((outcome) => {
    const unit = study.units.get(outcome.unit)!;
    const wide = [...outcome.history].flatMap(([year, name]) => cellsOf(study, unit, name, year));
    return [...wide, ...namesOf(outcome).flatMap((name) => cellsOf(study, unit, name, undefined))];
  });
}

function namesOf(outcome: OutcomeDeclaration): readonly string[] {
  const read = outcome.expression === undefined ? [] : columnsOf(outcome.expression).map(({ name }) => name);
  const ruled = outcome.rule === undefined ? [] : ruleColumns(outcome.rule);
  return [...(outcome.column === undefined ? [] : [outcome.column]), ...ruled, ...read, ...outcome.alsoSealed];
}

/** The columns of files behind a column of a unit: delivered, joined, or read by a derived column. */
function cellsOf(
  study: Study,
  unit: UnitDeclaration,
  name: string,
  year: AcademicYear | undefined,
  seen: ReadonlySet<string> = new Set(),
): readonly OutcomeCell[] {
  if (seen.has(name)) return [];
  const cell = (sourceId: string, own: string): readonly OutcomeCell[] => {
    const source = study.sources.get(sourceId)!;
    const column = source.columns.find((one) => one.name === own);
    return column === undefined ? [] : [{ file: fileOf(source), header: column.from, year }];
  };
  const joined = unit.join.flatMap((join) =>
    join.columns.filter((own) => join.prefix + own === name).flatMap((own) => cell(join.source, own)),
  );
  const derived = unit.columns.find((column) => column.name === name);
  if (derived === undefined) return [...cell(unit.from, name), ...joined];
  const summarised =
    derived.how === "summary" && derived.value !== undefined
      ? columnsOf(derived.value).flatMap((read) => cell(derived.of, read.name))
      : [];
  const reads = derived.how === "summary" ? [] : readsOf(derived);
  return [...summarised, ...reads.flatMap((read) => cellsOf(study, unit, read.name, year, new Set([...seen, name])))];
}

/** Columns of a source that hold cells of outcomes whose year the rows say. */
export function outcomeColumns(study: Study, source: StudySource): readonly string[] {
  const cells = outcomeCells(study).filter((cell) => cell.year === undefined && cell.file === fileOf(source));
  return source.columns.filter((column) => cells.some((cell) => cell.header === column.from)).map(({ name }) => name);
}

/**
 * Columns of a source that could show an outcome after a year. Where rows have years, later rows are absent already, so
 * only wide columns can; elsewhere an outcome's own column can too, unless it is known to be measured by then.
 */
export function columnsAfter(
  study: Study,
  source: StudySource,
  year: AcademicYear,
  hasYears: boolean,
): readonly string[] {
  const cells = outcomeCells(study).filter((cell) => cell.file === fileOf(source));
  return source.columns
    .filter((column) =>
      cells.some(
        (cell) =>
          cell.header === column.from &&
          (cell.year === undefined
            ? isLater(column, year, { hasYears, isDated: isDated(study, source) })
            : cell.year > year),
      ),
    )
    .map(({ name }) => name);
}

/** Whether some unit takes this file for one with a row for each year. */
function isDated(study: Study, source: StudySource): boolean {
  return [...study.units.values()].some(
    ({ from, year }) => year !== undefined && fileOf(study.sources.get(from)!) === fileOf(source),
  );
}

function isLater(
  { measured }: ColumnDeclaration,
  year: AcademicYear,
  { hasYears, isDated: dated }: { readonly hasYears: boolean; readonly isDated: boolean },
): boolean {
  // Rows of this file have years: whatever a source that leaves them out says of the column, it holds later rows too.
  if (dated && !hasYears) return true;
  if (measured === undefined || measured.when === "rowYear") return !hasYears;
  return (measured.when === "year" ? measured.year : academicYearOf(measured.days)) > year;
}
