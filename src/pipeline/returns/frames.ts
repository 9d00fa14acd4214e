import { type AcademicYear, readTeacherNumber, readWrittenDate } from "#domain";
import type { Participant, SchoolEntry, SchoolTraits } from "#programme";
import type { CodeColumn, Frame, NumberColumn } from "#table";

/** Reads cells of a table by column and row; a column that is not there has no values. */
class Cells {
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  text(name: string, row: number): string | undefined {
    const column = this.#frame.columns.get(name);
    if (column === undefined) return undefined;
    if (column.kind === "code") return textOf(column, row);
    const value = column.values[row]!;
    return Number.isNaN(value) ? undefined : String(value);
  }

  number(name: string, row: number): number | undefined {
    const column = this.#frame.columns.get(name);
    if (column?.kind !== "number") return undefined;
    const value = column.values[row]!;
    return Number.isNaN(value) ? undefined : value;
  }
}

const textOf = ({ codes, levels }: CodeColumn, row: number): string | undefined =>
  codes[row]! < 0 ? undefined : levels[codes[row]!];

/** The same object without keys whose value is undefined. */
function present<T extends object>(values: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** A teacher number as somebody typed it. */
function numberIn(written: string | undefined): string | undefined {
  const read = written === undefined ? undefined : readTeacherNumber(written);
  return read?.state === "read" ? read.number : undefined;
}

/** A day as somebody typed it. */
function dayIn(written: string | undefined): number | undefined {
  const read = written === undefined ? undefined : readWrittenDate(written);
  return read?.state === "read" ? read.days : undefined;
}

/** Rows of a linked or tidy participants table as records. */
export function participantsOf(frame: Frame, roleOf: (title: string) => string | undefined): readonly Participant[] {
  const cells = new Cells(frame);
  return Array.from({ length: frame.rows }, (_, row): Participant => {
    const title = cells.text("role_text", row);
    const withdrawn = cells.number("withdrawn", row);
    return present({
      line: row + 1,
      row: cells.text("mi_row", row),
      project: cells.text("project", row),
      provider: cells.text("provider", row),
      trn: numberIn(cells.text("trn", row)),
      surname: cells.text("surname", row),
      forename: cells.text("forename", row),
      birth: cells.number("birth_date", row) ?? dayIn(cells.text("birth_date", row)),
      urn: cells.text("urn", row),
      roleText: title,
      roleLevel: cells.text("role_level", row) ?? (title === undefined ? undefined : roleOf(title)),
      recruited: cells.number("recruited", row),
      start: cells.number("start_date", row),
      end: cells.number("end_date", row),
      withdrawn: withdrawn === undefined ? undefined : withdrawn === 1,
    });
  });
}

/** Rows of a schools table as records. */
export function schoolEntriesOf(frame: Frame): readonly SchoolEntry[] {
  const cells = new Cells(frame);
  return Array.from({ length: frame.rows }, (_, row): SchoolEntry => {
    const withdrawn = cells.number("withdrawn", row);
    return present({
      line: row + 1,
      urn: cells.text("urn", row),
      project: cells.text("project", row),
      cohort: cells.text("cohort", row),
      agreed: cells.number("agreed", row),
      withdrawn: withdrawn === undefined ? undefined : withdrawn === 1,
    });
  });
}

/** A register as it stood in one year. */
export interface RegisterYear {
  /** Left out where the register has no years. */
  readonly year?: AcademicYear;
  /** Schools open in that year. */
  readonly schools: readonly SchoolTraits[];
  /** Those, and schools that were only there before, as they last were. */
  readonly known: ReadonlyMap<string, SchoolTraits>;
}

/** What a register says of schools in the last year it holds that is not after `latest`. */
export function traitsOf(frame: Frame, latest: AcademicYear): RegisterYear {
  const years = (frame.columns.get("year") as NumberColumn | undefined)?.values;
  let year: AcademicYear | undefined;
  for (const one of years ?? []) if (one <= latest && (year === undefined || one > year)) year = one;
  const cells = new Cells(frame);
  const schools: SchoolTraits[] = [];
  const known = new Map<string, SchoolTraits>();
  const lastSeen = new Map<string, AcademicYear>();
  for (let row = 0; row < frame.rows; row++) {
    const urn = cells.text("urn", row);
    const own = years?.[row] ?? 0;
    if (urn === undefined || Number.isNaN(own) || (years !== undefined && own > latest)) continue;
    const seen = lastSeen.get(urn);
    if (seen !== undefined && seen >= own) continue;
    const traits = traitsAt(cells, urn, row);
    lastSeen.set(urn, own);
    known.set(urn, traits);
  }
  for (const [urn, traits] of known) if (year === undefined || lastSeen.get(urn) === year) schools.push(traits);
  return { ...(year !== undefined && { year }), schools, known };
}

const traitsAt = (cells: Cells, urn: string, row: number): SchoolTraits =>
  present({
    urn,
    phase: cells.text("phase", row),
    region: cells.text("region", row),
    aea: cells.text("aea_category", row),
    imd: cells.text("imd_decile", row),
    ofsted: cells.text("ofsted_grade", row),
  });
