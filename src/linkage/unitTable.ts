import { type AcademicYear, type Fault, type Horizon, type Place, printAcademicYear, yearOfHorizon } from "#domain";
import type { ColumnRead, EvaluationContext, Moment } from "#expression";
import { BASELINE_YEAR } from "#protocol";
import { type Column, type Frame, type NumberColumn, numbersOf, takeColumn } from "#table";
import type { RepairRecord } from "./repairGaps.ts";

/** What one join did: rows of the unit without a partner, and rows of the source nobody asked for. */
export interface JoinRecord {
  readonly source: string;
  readonly on: readonly string[];
  readonly unitRows: number;
  readonly sourceRows: number;
  /** 1 for each row of the unit that found no partner, so that the loss can be counted by treatment group. */
  readonly withoutPartner: Uint8Array;
  readonly sourceRowsUnused: number;
  readonly missing: "keep" | "drop";
}

/**
 * One table per kind of unit: a row per unit, or per unit and year, sorted by identity, then year.
 * Every later step speaks of these columns.
 */
export interface UnitTable {
  readonly id: string;
  /** The noun of sentences: school, teacher, … */
  readonly noun: string;
  /** Names of the columns that tell rows apart: the identity and, in a panel, the year. */
  readonly key: readonly string[];
  readonly frame: Frame;
  /** Distinct identities, sorted. */
  readonly identities: readonly string[];
  /** For each row, its place in `identities`. */
  readonly identityOf: Int32Array;
  /** For each row, its academic year; undefined when the unit is not a panel. */
  readonly yearOf: Float64Array | undefined;
  /** Years that occur, ascending. */
  readonly years: readonly AcademicYear[];
  readonly joins: readonly JoinRecord[];
  /** Rows whose identity (and year) another row already has. */
  readonly repeated: Int32Array;
  /** What filling missing years did; left out where nothing was filled. */
  readonly repairs?: RepairRecord;
  /** Records left out because another record of the same identity in the year carries on: schools that merged later. */
  readonly merged?: number;
  /** Rows left out because `where` of the unit is false; and because it is undecided or the key has a gap. */
  readonly where: { readonly refused: number; readonly undecided: number };
  /** For each derived column, the delivered columns (and moments) it was made from, through any number of steps. */
  readonly madeFrom: ReadonlyMap<string, readonly ColumnRead[]>;
  readonly place: Place;
}

/**
 * The delivered columns behind one read, through derived columns. A moment asked of a derived column is the moment of
 * every part of it that names none: `mean_rate at 2013/14` reads the rates of 2013/14.
 */
export function deliveredReads(
  read: ColumnRead,
  madeFrom: ReadonlyMap<string, readonly ColumnRead[]>,
): readonly ColumnRead[] {
  const parts = madeFrom.get(read.name);
  if (parts === undefined) return [read];
  return parts.map((part) => ({ name: part.name, moment: part.moment ?? read.moment }));
}

/** For each identity the row of a year, −1 where there is none. Without years: the one row of the identity. */
export function rowsAtYear(unit: UnitTable, year: AcademicYear | undefined): Int32Array {
  const rows = new Int32Array(unit.identities.length).fill(-1);
  for (let row = 0; row < unit.frame.rows; row++) {
    if (unit.yearOf === undefined || year === undefined || unit.yearOf[row] === year) rows[unit.identityOf[row]!] = row;
  }
  return rows;
}

/** From what moments are counted: the baseline year, how much later time zero is, and the horizon being estimated. */
export interface Clock {
  /** One year for all, or one for each of the identities read. */
  readonly baseline: AcademicYear | Float64Array;
  /** Years from baseline to time zero; 0 when left out. */
  readonly lag?: number;
  readonly followup?: Horizon | undefined;
}

/** The year a moment names for the rows of a clock. */
export function yearOfMoment(moment: Moment, clock: Clock): AcademicYear {
  if (typeof clock.baseline !== "number") throw new RangeError("one year was asked for where each row has its own");
  return yearAt(moment, clock, clock.baseline);
}

function yearAt(moment: Moment, { lag = 0, followup }: Clock, baseline: AcademicYear): AcademicYear {
  if ("year" in moment) return moment.year;
  const timeZero = baseline + lag;
  if (moment.anchor !== "followup") return (moment.anchor === "baseline" ? baseline : timeZero) + moment.offset;
  if (followup === undefined) throw new RangeError("`followup` was read where no horizon is being estimated");
  return yearOfHorizon(followup, timeZero) + moment.offset;
}

/** Reads an expression row by row, as in `units`: a bare column is that row's, `at` looks along the same identity. */
export function rowContext(unit: UnitTable): EvaluationContext {
  const look = lookAlong(unit, (row) => unit.identityOf[row]!, unit.frame.rows);
  return {
    rows: unit.frame.rows,
    column: (name, moment) =>
      moment === undefined ? columnOf(unit, name) : takeColumn(columnOf(unit, name), look(yearOfFixed(moment))),
    exists: (moment) =>
      moment === undefined
        ? { kind: "number", type: "truth", values: new Float64Array(unit.frame.rows).fill(1) }
        : presence(look(yearOfFixed(moment)), unit, yearOfFixed(moment)),
  };
}

/**
 * Reads an expression for chosen identities, as in `design`, `outcomes` and `analyses`: a bare column is the value at
 * the baseline year.
 * @param identities  Places in `unit.identities`; −1 for one the table does not hold, who has no value anywhere.
 */
export function baselineContext(unit: UnitTable, identities: Int32Array, clock: Clock): EvaluationContext {
  const { baseline } = clock;
  const look = lookAlong(unit, (i) => identities[i]!, identities.length);
  const starts = typeof baseline === "number" ? [baseline] : [...new Set(baseline)];
  const rowsAt = (moment: Moment): Int32Array => {
    if (typeof baseline === "number") return look(yearAt(moment, clock, baseline));
    const found = new Int32Array(identities.length);
    for (const start of starts) {
      const rows = look(yearAt(moment, clock, start));
      for (let i = 0; i < found.length; i++) if (baseline[i] === start) found[i] = rows[i]!;
    }
    return found;
  };
  const known = new Map<string, Int32Array>();
  const at = (moment: Moment = { anchor: "baseline", offset: 0 }): Int32Array => {
    const key = JSON.stringify(moment);
    const rows = known.get(key) ?? rowsAt(moment);
    known.set(key, rows);
    return rows;
  };
  const isReached = (moment: Moment, i: number): boolean =>
    unit.yearOf === undefined ||
    unit.years.includes(yearAt(moment, clock, typeof baseline === "number" ? baseline : baseline[i]!));
  return {
    rows: identities.length,
    column: (name, moment) => {
      if (name === BASELINE_YEAR && !unit.frame.columns.has(name)) return baselineYears(baseline, identities.length);
      return takeColumn(columnOf(unit, name), at(moment));
    },
    exists: (moment = { anchor: "baseline", offset: 0 }) => {
      const rows = at(moment);
      const values = numbersOf(rows.length, (i) => (isReached(moment, i) ? Number(rows[i]! >= 0) : Number.NaN));
      return { kind: "number", type: "truth", values };
    },
  };
}

const baselineYears = (baseline: Clock["baseline"], rows: number): NumberColumn => ({
  kind: "number",
  type: "academicYear",
  values: typeof baseline === "number" ? new Float64Array(rows).fill(baseline) : baseline,
});

/** The column of a unit; asking for one it does not have is a fault of the program, since the protocol was checked. */
export function columnOf(unit: UnitTable, name: string): Column {
  const column = unit.frame.columns.get(name);
  if (column === undefined) throw new RangeError(`unit ${unit.id} has no column ${name}`);
  return column;
}

/** Says which key occurs twice, in the words of the protocol's fault table. */
export function keyRepeatedFault(unit: UnitTable, treatedAmongRepeated?: number): Fault {
  const { repeated, yearOf } = unit;
  const examples = Array.from(repeated.subarray(0, 5), (row) => {
    const identity = unit.identities[unit.identityOf[row]!]!;
    return yearOf === undefined ? identity : `${identity} in ${printAcademicYear(yearOf[row]!)}`;
  });
  const times = `${repeated.length.toLocaleString("en-GB")} time${repeated.length === 1 ? "" : "s"}`;
  const treated = treatedAmongRepeated === undefined ? "" : ` (${treatedAmongRepeated} treated)`;
  return {
    code: "key-repeated",
    severity: "fault",
    place: unit.place,
    message: `${unit.key.join(" × ")} occurs twice ${times}${treated}, for example ${examples.join(", ")}.`,
    suggestion: unit.frame.columns.has("use_row")
      ? "Did you mean `where: use_row = yes`?"
      : "Say in `where` which of the rows to keep, or add the column that tells them apart to the key.",
  };
}

function yearOfFixed(moment: Moment): AcademicYear {
  if ("year" in moment) return moment.year;
  throw new RangeError("a derived column of a unit can only look at a fixed year: baseline is not known there");
}

function lookAlong(
  unit: UnitTable,
  identityOfRow: (row: number) => number,
  rows: number,
): (year: AcademicYear) => Int32Array {
  const known = new Map<AcademicYear, Int32Array>();
  return (year) => {
    const cached = known.get(year);
    if (cached !== undefined) return cached;
    const byIdentity = rowsAtYear(unit, year);
    const found = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const identity = identityOfRow(row);
      found[row] = identity < 0 ? -1 : byIdentity[identity]!;
    }
    known.set(year, found);
    return found;
  };
}

/** `no` where there is no row, missing where the data do not reach that year at all. */
function presence(rows: Int32Array, unit: UnitTable, year: AcademicYear): NumberColumn {
  const reached = unit.yearOf === undefined || unit.years.includes(year);
  return {
    kind: "number",
    type: "truth",
    values: numbersOf(rows.length, (i) => (reached ? Number(rows[i]! >= 0) : Number.NaN)),
  };
}
