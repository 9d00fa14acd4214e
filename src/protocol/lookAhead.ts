import { type AcademicYear, academicYearOf, type ColumnDeclaration, type Place, printAcademicYear } from "#domain";
import { columnsOf, type Expression } from "#expression";
import type { DesignScope } from "./designScope.ts";
import type { Reading } from "./reading.ts";
import { ruleColumns } from "./resolveRules.ts";
import { fileOf, isAfter, sourcesOf, yearColumnOf } from "./rowYears.ts";
import type { OutcomeDeclaration, StudySource } from "./study.ts";
import type { UnitColumn, UnitModel } from "./unitColumns.ts";

/** What outcomes hide after baseline, by file and header, so that another name for the same cells hides them too. */
export interface SealedFiles {
  readonly columns: readonly SealedColumn[];
  /** Files whose rows have years: counting all of their rows counts those after baseline. */
  readonly dated: ReadonlySet<string>;
}

interface SealedColumn {
  readonly file: string;
  readonly header: string;
  readonly outcome: string;
  /** The year a column of a `history` holds; left out where rows or the column itself say the year. */
  readonly year?: AcademicYear;
}

export function sealedFiles(
  outcomes: ReadonlyMap<string, OutcomeDeclaration>,
  units: ReadonlyMap<string, UnitModel>,
  sources: ReadonlyMap<string, StudySource>,
): SealedFiles {
  const columns = [...outcomes.values()].flatMap((outcome) => {
    const behind = (name: string, year?: AcademicYear): readonly SealedColumn[] =>
      (units.get(outcome.unit)?.columns.get(name)?.madeFrom ?? []).map(({ source, column }) => ({
        file: fileOf(source),
        header: column.from,
        outcome: outcome.id,
        ...(year !== undefined && { year }),
      }));
    const read = outcome.expression === undefined ? [] : columnsOf(outcome.expression).map(({ name }) => name);
    const own = [
      ...(outcome.column === undefined ? [] : [outcome.column]),
      ...(outcome.rule === undefined ? [] : ruleColumns(outcome.rule)),
      ...read,
      ...outcome.alsoSealed,
    ];
    return [
      ...own.flatMap((name) => behind(name)),
      ...[...outcome.history].flatMap(([year, name]) => behind(name, year)),
    ];
  });
  const dated = [...units.values()].flatMap(({ declaration }) =>
    sourcesOf(declaration, sources)
      .filter((source) => yearColumnOf(declaration, source) !== undefined)
      .map(fileOf),
  );
  return { columns, dated: new Set(dated) };
}

/** Says which columns of an expression look past the baseline through what they are made from. */
export function checkNotAhead(reading: Reading, expression: Expression | undefined, scope: DesignScope): boolean {
  if (expression === undefined) return true;
  const names = [...new Set(columnsOf(expression).map(({ name }) => name))];
  return names.map((name) => checkColumnNotAhead(reading, name, expression.place, scope)).every(Boolean);
}

/** The same of one column by name. True where there is nothing to say. */
export function checkColumnNotAhead(reading: Reading, name: string, place: Place, scope: DesignScope): boolean {
  const column = scope.unit.columns.get(name);
  const reason = column === undefined ? undefined : reasonOf(column, scope);
  if (reason === undefined) return true;
  reading.faults.add(
    "looks-ahead",
    place,
    `${name} ${reason.what}: it cannot be used in design (sealed).`,
    reason.instead,
  );
  return false;
}

interface Reason {
  readonly what: string;
  readonly instead: string;
}

function reasonOf(column: UnitColumn, scope: DesignScope): Reason | undefined {
  const { unit, baselineYear, sealed } = scope;
  const after = `after baseline ${printAcademicYear(baselineYear)}`;
  const year = column.looksAt.find((own) => isAfter(own, baselineYear));
  if (year !== undefined)
    return { what: `looks at ${printAcademicYear(year)}, ${after}`, instead: "Let it look at a year up to baseline." };
  for (const read of column.madeFrom) {
    const hasYears = yearColumnOf(unit.declaration, read.source) !== undefined;
    const hidden = sealed.columns.find(
      (own) =>
        own.file === fileOf(read.source) &&
        own.header === read.column.from &&
        showsLater(own, read.column, { hasYears, isDated: sealed.dated.has(own.file) }, baselineYear),
    );
    if (hidden !== undefined) return sealedReason(hidden, read.column, read.source, hasYears, after);
  }
  const counted = column.counts.find(
    (source) => yearColumnOf(unit.declaration, source) === undefined && sealed.dated.has(fileOf(source)),
  );
  if (counted === undefined) return undefined;
  return {
    what: `summarises rows of every year of ${counted.file}, also those ${after}`,
    instead: yearIn(counted),
  };
}

function showsLater(
  { year }: SealedColumn,
  { measured }: ColumnDeclaration,
  { hasYears, isDated }: { readonly hasYears: boolean; readonly isDated: boolean },
  baseline: AcademicYear,
): boolean {
  if (year !== undefined) return isAfter(year, baseline);
  // Rows of this file have years: whatever a source that leaves them out says of the column, it holds later rows too.
  if (isDated && !hasYears) return true;
  if (measured === undefined || measured.when === "rowYear") return !hasYears;
  return isAfter(measured.when === "year" ? measured.year : academicYearOf(measured.days), baseline);
}

function sealedReason(
  { outcome, year }: SealedColumn,
  { name, measured }: ColumnDeclaration,
  source: StudySource,
  hasYears: boolean,
  after: string,
): Reason {
  if (year !== undefined)
    return { what: `shows outcome ${outcome} in ${printAcademicYear(year)}, ${after}`, instead: "Leave it out here." };
  if (hasYears || (measured !== undefined && measured.when !== "rowYear"))
    return { what: `shows outcome ${outcome} ${after}`, instead: "Leave it out here." };
  return {
    what: `reads ${name} of ${source.id}, which is outcome ${outcome} in ${source.file}, and no column of ${source.id} tells years ${after} from earlier ones`,
    instead: yearIn(source),
  };
}

const yearIn = ({ id }: StudySource): string =>
  `Declare the year of ${id} and put it in its \`key\`: later rows are then left out.`;
