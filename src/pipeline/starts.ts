import type { Start } from "#design";
import {
  type AcademicYear,
  academicYearOf,
  censusOnOrAfter,
  censusOnOrBefore,
  type Fault,
  printAcademicYear,
} from "#domain";
import { columnsOf, evaluate } from "#expression";
import { frameContext, rowContext, type UnitTable } from "#linkage";
import type { ComparisonDeclaration, StartRule, Study, UnitDeclaration } from "#protocol";
import { flagsOf, isMissing, type NumberColumn } from "#table";
import { MadeTables, readsInKey, unitInKey } from "./madeTables.ts";
import type { Inputs } from "./openInputs.ts";
import { rosterOf } from "./roster.ts";

/** When each treated unit of a comparison starts, and who is there in which year. */
export interface Starts {
  readonly byIdentity: ReadonlyMap<string, Start>;
  /** Years from baseline to time zero. */
  readonly lag: number;
  /** Baseline years, ascending. */
  readonly baselines: readonly AcademicYear[];
  /** Units with a delivered row in a year: a filled one exists only because somebody stayed. */
  readonly presentIn: (year: AcademicYear) => ReadonlySet<string>;
  readonly warnings: readonly Fault[];
}

/**
 * Finds when the treated units start. Being in post at time zero is eligibility, so presence up to it is read here;
 * nothing of it is passed on but the starts themselves and who is there at time zero.
 */
export async function findStarts(
  study: Study,
  inputs: Inputs,
  comparison: ComparisonDeclaration,
  declaration: UnitDeclaration,
  made = new MadeTables(),
): Promise<Starts> {
  const rule = comparison.start!;
  const ownColumn = rule.source === undefined ? [{ name: rule.column, moment: undefined }] : [];
  const reads = [...columnsOf(comparison.treated), ...ownColumn];
  const roster = await made.once("roster", [...unitInKey(declaration), readsInKey(reads)], () =>
    rosterOf(study, inputs, declaration, reads),
  );
  const dates = rule.source === undefined ? ownDates(roster, rule) : await sourceDates(study, inputs, roster, rule);
  const treated = treatedIdentities(roster, comparison);
  const yearsOf = yearsPresent(roster, treated);
  const byIdentity = new Map<string, Start>();
  let undated = 0;
  for (const identity of treated) {
    const own = dates.get(identity);
    if (own === undefined) undated++;
    else byIdentity.set(identity, startOf(own, rule, yearsOf.get(identity)!));
  }
  const lag = rule.rule === "firstCensusInPost" ? 1 : 0;
  // Where the census of time zero is not held, nobody can be seen to be there: that is no year to start in.
  const isHeld = (year: AcademicYear) => roster.years.includes(year) && roster.years.includes(year + lag);
  const baselines = [...new Set([...byIdentity.values()].map(({ baseline }) => baseline))]
    .filter(isHeld)
    .sort((a, b) => a - b);
  return {
    byIdentity,
    lag,
    baselines,
    presentIn: (year) => presentIn(roster, year),
    warnings: [
      ...undatedWarning(undated, comparison, roster),
      ...outOfReach([...byIdentity.values()], comparison, roster, isHeld),
      ...immortalTime([...byIdentity.values()], comparison),
      ...missingCensus(study, roster, comparison),
    ],
  };
}

/** Identities for which `treated` is true in some row. */
function treatedIdentities(roster: UnitTable, { treated }: ComparisonDeclaration): ReadonlySet<string> {
  const truth = (evaluate(treated, rowContext(roster)) as NumberColumn).values;
  const found = new Set<string>();
  for (let row = 0; row < truth.length; row++)
    if (truth[row] === 1) found.add(roster.identities[roster.identityOf[row]!]!);
  return found;
}

/** The years in which each of some identities has a row, ascending. */
function yearsPresent(
  { frame, identities, identityOf, yearOf }: UnitTable,
  among: ReadonlySet<string>,
): ReadonlyMap<string, readonly AcademicYear[]> {
  const isAsked = flagsOf(identities.length, (place) => among.has(identities[place]!));
  const years = new Map<string, AcademicYear[]>();
  for (let row = 0; row < frame.rows; row++) {
    const place = identityOf[row]!;
    if (isAsked[place] === 0) continue;
    const own = years.get(identities[place]!);
    // Rows are sorted by identity, then year.
    if (own === undefined) years.set(identities[place]!, [yearOf![row]!]);
    else own.push(yearOf![row]!);
  }
  return years;
}

function presentIn({ frame, identities, identityOf, yearOf }: UnitTable, year: AcademicYear): ReadonlySet<string> {
  const found = new Set<string>();
  for (let row = 0; row < frame.rows; row++) if (yearOf![row] === year) found.add(identities[identityOf[row]!]!);
  return found;
}

/** The days of recruitment of each identity, from its own column. */
function ownDates(roster: UnitTable, { column }: StartRule): ReadonlyMap<string, readonly number[]> {
  const { values } = roster.frame.columns.get(column) as NumberColumn;
  const dates = new Map<string, Set<number>>();
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row]!)) continue;
    const identity = roster.identities[roster.identityOf[row]!]!;
    const own = dates.get(identity) ?? new Set();
    dates.set(identity, own.add(values[row]!));
  }
  return new Map([...dates].map(([identity, own]) => [identity, [...own]]));
}

/** The same from the rows of a source that carries the identity: one day for each row, so that the most frequent counts. */
async function sourceDates(
  study: Study,
  inputs: Inputs,
  roster: UnitTable,
  rule: StartRule,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const { frame } = await inputs.view(rule.source!);
  const identity = frame.columns.get(roster.key[0]!);
  const { values } = frame.columns.get(rule.column) as NumberColumn;
  const kept =
    rule.where === undefined ? undefined : (evaluate(rule.where, frameContext(frame)) as NumberColumn).values;
  const dates = new Map<string, number[]>();
  if (identity === undefined)
    throw new RangeError(`source ${rule.source} does not carry ${roster.key[0]} (${study.file})`);
  for (let row = 0; row < frame.rows; row++) {
    if (isMissing(identity, row) || Number.isNaN(values[row]!) || (kept !== undefined && kept[row] !== 1)) continue;
    const name = identity.kind === "code" ? identity.levels[identity.codes[row]!]! : String(identity.values[row]);
    const own = dates.get(name);
    if (own === undefined) dates.set(name, [values[row]!]);
    else own.push(values[row]!);
  }
  return dates;
}

function startOf(days: readonly number[], { rule, pick }: StartRule, present: readonly AcademicYear[]): Start {
  const sorted = [...days].sort((a, b) => a - b);
  const found = (pick === "firstRecruitment" ? sorted.slice(0, 1) : sorted).map((day) => ({
    day,
    ...zeroOf(day, rule, present),
  }));
  const times = new Map<AcademicYear, number>();
  for (const { baseline } of found) times.set(baseline, (times.get(baseline) ?? 0) + 1);
  const [baseline] = [...times].sort(([a, timesA], [b, timesB]) => timesB - timesA || a - b)[0]!;
  const chosen = found.find((one) => one.baseline === baseline)!;
  return { baseline, isInPost: chosen.isInPost, recruited: chosen.day };
}

/** The baseline year that a day of recruitment gives. */
function zeroOf(
  day: number,
  rule: StartRule["rule"],
  present: readonly AcademicYear[],
): { readonly baseline: AcademicYear; readonly isInPost: boolean } {
  if (rule === "yearOfRecruitment") return { baseline: academicYearOf(day), isInPost: true };
  if (rule === "censusBefore") return { baseline: censusOnOrBefore(day), isInPost: true };
  const first = censusOnOrAfter(day);
  const inPost = present.find((year) => year >= first);
  return inPost === undefined ? { baseline: first - 1, isInPost: false } : { baseline: inPost - 1, isInPost: true };
}

function undatedWarning(undated: number, comparison: ComparisonDeclaration, { noun }: UnitTable): readonly Fault[] {
  if (undated === 0) return [];
  return [
    {
      code: "no-recruitment-date",
      severity: "warning",
      place: comparison.start!.place,
      message: `${undated} treated ${noun}${undated === 1 ? " has" : "s have"} no date of recruitment: nobody knows when they start, and they are left out.`,
      suggestion: "Complete the dates in the return.",
    },
  ];
}

/** Treated units whose baseline census, or that of their time zero, is not in the data at all. */
function outOfReach(
  starts: readonly Start[],
  comparison: ComparisonDeclaration,
  { noun }: UnitTable,
  isHeld: (baseline: AcademicYear) => boolean,
): readonly Fault[] {
  const lost = starts.filter(({ baseline }) => !isHeld(baseline)).length;
  if (lost === 0) return [];
  return [
    {
      code: "no-baseline-year",
      severity: "warning",
      place: comparison.start!.place,
      message: `${lost} treated ${noun}${lost === 1 ? " has a" : "s have their"} baseline census, or that of time zero, outside the years of the data: they are left out.`,
      suggestion: "Give the censuses of the year before their recruitment and of the one after it.",
    },
  ];
}

/** Years without a single row between the first and the last: whoever is in post then looks as if they had left. */
function missingCensus(
  { about }: Study,
  { years, noun }: UnitTable,
  { start }: ComparisonDeclaration,
): readonly Fault[] {
  const [first, last] = [years[0] ?? 0, years.at(-1) ?? -1];
  const missing: string[] = [];
  for (let year = first + 1; year < last; year++)
    if (!years.includes(year)) missing.push(printAcademicYear(year, about.yearName));
  if (missing.length === 0) return [];
  return [
    {
      code: "missing-census",
      severity: "warning",
      place: start!.place,
      message: `The data hold no ${noun} at all in ${missing.join(", ")}, between ${printAcademicYear(first, about.yearName)} and ${printAcademicYear(last, about.yearName)}. Starts and horizons that need such a year cannot be told, and are said to lie beyond the data.`,
      suggestion: "Ask for the missing census; check the year column of the file.",
    },
  ];
}

const DAYS_A_MONTH = 30.4;

/** Participants had to stay until they were recruited; comparison units only until the census before. */
function immortalTime(starts: readonly Start[], comparison: ComparisonDeclaration): readonly Fault[] {
  const { rule, place } = comparison.start!;
  if (rule === "firstCensusInPost" || starts.length === 0) return [];
  const waits = starts
    .map(({ baseline, recruited }) => (recruited - Date.UTC(baseline, 10, 1) / 86_400_000) / DAYS_A_MONTH)
    .sort((a, b) => a - b);
  const months = Math.max(0, waits[Math.floor(waits.length / 2)]!);
  return [
    {
      code: "immortal-time",
      severity: "warning",
      place,
      message: `${comparison.id}: half of the treated were recruited ${months.toFixed(0)} months or more after the census their follow-up is counted from. They had to stay in post until then and comparison units did not, so an early gap is built in.`,
      suggestion: "Use `timeZero: { rule: firstCensusInPost }`.",
    },
  ];
}
