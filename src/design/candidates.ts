import { type AcademicYear, type Fault, Faults, printAcademicYear } from "#domain";
import { columnsOf, type EvaluationContext, type Expression, evaluate, inWords } from "#expression";
import { baselineContext, type Clock, keyRepeatedFault, rowContext, rowsAtYear, type UnitTable } from "#linkage";
import type { ComparisonDeclaration } from "#protocol";
import { allRows, type NumberColumn, rowsWhere } from "#table";
import { stackContexts } from "./stackContexts.ts";

/** One line of the participant flow: how many left here, by arm, and why. */
export interface FlowStep {
  readonly id: string;
  readonly reason: string;
  readonly treated: number;
  readonly comparison: number;
  /** Of those that left, how many because the condition could not be decided. */
  readonly undecided: number;
}

/** The units that may enter matching, in the order of their identities, wave by wave. */
export interface Candidates {
  readonly unit: UnitTable;
  /** Names of the units; where units start in different years, with the year they enter in. */
  readonly keys: readonly string[];
  /** The unit behind each candidate: somebody may be a candidate in several years. */
  readonly identities: readonly string[];
  readonly treated: Uint8Array;
  readonly context: EvaluationContext;
  /** Where units start in different years: the baseline year of each candidate, and how much later time zero is. */
  readonly entry?: { readonly baseline: Float64Array; readonly lag: number };
  /** Units with a row in the baseline year, before anything was left out. */
  readonly start: {
    readonly treated: number;
    readonly comparison: number;
    readonly undecided: number;
    readonly noBaselineRow: number;
  };
  readonly flow: readonly FlowStep[];
  readonly warnings: readonly Fault[];
}

/** When a treated unit starts. */
export interface Start {
  /** The year its covariates are read in. */
  readonly baseline: AcademicYear;
  /** Whether it was there at a census on or after its recruitment: those gone before never start. */
  readonly isInPost: boolean;
  /** Days since 1970. */
  readonly recruited: number;
}

/** One year in which units enter a comparison, seen under the seal of that year. */
export interface Wave {
  readonly baseline: AcademicYear;
  /** Years from baseline to time zero. */
  readonly lag: number;
  readonly unit: UnitTable;
  /** Every treated unit, by identity, whatever year it starts in. */
  readonly starts: ReadonlyMap<string, Start>;
  /** Units there at time zero. */
  readonly present: ReadonlySet<string>;
}

const TREATED = 1;

/**
 * Who is treated and who may be a comparison, each exclusion counted by arm. Reads the baseline year and before only.
 *
 * A unit is treated where `treated` is true. Where it cannot be decided (no date of joining, say) the unit is taken as
 * not treated and counted on its own line. Everywhere else an undecided condition leaves the unit out.
 *
 * @throws Faults  `key-repeated`, `nobody-treated`, `empty-pool`.
 */
export function findCandidates(unit: UnitTable, comparison: ComparisonDeclaration): Candidates {
  const found = gather(unit, comparison);
  refuseEmpty(found, comparison);
  return found;
}

/**
 * The same where units start in different years: a treated unit enters in its own year, another in every year in which a
 * treated one does. A treated unit's other years are never comparison rows; nobody enters who is not there at time zero.
 *
 * @param waves  At least one, by year.
 * @throws Faults  as `findCandidates`, over all waves together.
 */
export function findEntrants(waves: readonly Wave[], comparison: ComparisonDeclaration): Candidates {
  const found = waves.map((wave) => gather(wave.unit, { ...comparison, baselineYear: wave.baseline }, wave));
  const all: Candidates = {
    unit: found.at(-1)!.unit,
    keys: found.flatMap(({ keys }, w) => keys.map((key) => `${key} ${printAcademicYear(waves[w]!.baseline)}`)),
    identities: found.flatMap(({ identities }) => identities),
    treated: joined(found.map(({ treated }) => treated)),
    context: stackContexts(found.map(({ context }) => context)),
    entry: {
      baseline: baselinesOf(found, waves),
      lag: waves[0]!.lag,
    },
    start: {
      treated: sumOf(found, ({ start }) => start.treated),
      comparison: sumOf(found, ({ start }) => start.comparison),
      undecided: sumOf(found, ({ start }) => start.undecided),
      noBaselineRow: 0,
    },
    flow: mergeFlows(found.map(({ flow }) => flow)),
    warnings: found.flatMap(({ warnings }) => warnings),
  };
  refuseEmpty(all, comparison);
  return all;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function baselinesOf(found: readonly Candidates[], waves: readonly Wave[]): Float64Array {
  const baselines = new Float64Array(sumOf(found, ({ treated }) => treated.length));
  let at = 0;
  for (const [w, { treated }] of found.entries()) {
    baselines.fill(waves[w]!.baseline, at, at + treated.length);
    at += treated.length;
  }
  return baselines;
}

const sumOf = <T>(parts: readonly T[], of: (part: T) => number): number =>
  parts.reduce((sum, part) => sum + of(part), 0);

function mergeFlows(flows: readonly (readonly FlowStep[])[]): readonly FlowStep[] {
  const merged = new Map<string, FlowStep>();
  for (const step of flows.flat()) {
    const known = merged.get(step.id);
    merged.set(
      step.id,
      known === undefined
        ? step
        : {
            ...step,
            treated: known.treated + step.treated,
            comparison: known.comparison + step.comparison,
            undecided: known.undecided + step.undecided,
          },
    );
  }
  return [...merged.values()];
}

function gather(unit: UnitTable, comparison: ComparisonDeclaration, wave?: Wave): Candidates {
  refuseRepeatedKeys(unit, comparison);
  const baselineRows = rowsAtYear(unit, unit.yearOf === undefined ? undefined : comparison.baselineYear);
  const clock: Clock = { baseline: comparison.baselineYear, lag: wave?.lag ?? 0 };
  const inYear = rowsWhere(baselineRows.length, (place) => baselineRows[place]! >= 0);
  const isTreated = decide(comparison.treated, baselineContext(unit, inYear, clock));
  // A treated unit that enters in another year is no candidate of this one.
  const own =
    wave === undefined ? undefined : (i: number) => entersIn(unit.identities[inYear[i]!]!, isTreated[i]!, wave);
  const chosen = own === undefined ? allRows(inYear.length) : rowsWhere(inYear.length, own);
  const present = chosen.map((i) => inYear[i]!);
  const everyone = baselineContext(unit, present, clock);
  const arm = new Uint8Array(present.length);
  let undecided = 0;
  for (let i = 0; i < arm.length; i++) {
    const truth = isTreated[chosen[i]!]!;
    arm[i] = Number(truth === TREATED);
    undecided += Number(Number.isNaN(truth));
  }

  const warnings: Fault[] = [];
  const flow: FlowStep[] = [];
  let kept = allRows(present.length);
  const leave = (id: string, reason: string, stays: (i: number) => boolean | undefined): void => {
    const counts = [0, 0];
    let unknown = 0;
    const before = kept;
    const staying = rowsWhere(before.length, (place) => {
      const i = before[place]!;
      const answer = stays(i);
      if (answer === true) return true;
      counts[arm[i]!]!++;
      if (answer === undefined) unknown++;
      return false;
    });
    kept = staying.map((place) => before[place]!);
    flow.push({ id, reason, treated: counts[1]!, comparison: counts[0]!, undecided: unknown });
  };
  const condition = (expression: Expression, keepWhen: 0 | 1, sides: "pool" | "both") => {
    const values = decide(expression, everyone);
    return (i: number): boolean | undefined =>
      sides === "pool" && arm[i] === 1 ? true : Number.isNaN(values[i]) ? undefined : values[i] === keepWhen;
  };

  const without = wave === undefined ? 0 : treatedWithoutRow(unit, present, arm, wave);
  if (wave !== undefined) {
    flow.push({
      id: "no-baseline-row",
      reason: `no ${unit.noun} record in the baseline year`,
      treated: without,
      comparison: 0,
      undecided: 0,
    });
  }
  for (const join of unit.joins) {
    const lost = present.map((place) => join.withoutPartner[baselineRows[place]!]!);
    const share = lossByArm(lost, arm);
    if (share.treated > 0 || share.comparison > 0) warnings.push(joinLoses(join.source, share, unit));
    if (join.missing === "drop") leave(`no-${join.source}`, `no row in ${join.source}`, (i) => lost[i] === 0);
  }
  for (const { id, expression } of comparison.excludeBoth) {
    leave(id, inWords(expression), condition(expression, 0, "both"));
  }
  if (comparison.pool !== undefined)
    leave("pool", `not ${inWords(comparison.pool)}`, condition(comparison.pool, 1, "pool"));
  for (const { id, expression } of comparison.exclude) leave(id, inWords(expression), condition(expression, 0, "pool"));
  if (wave !== undefined && wave.lag > 0) {
    leave("gone", "gone before time zero, the first census on or after the start", (i) => {
      const identity = unit.identities[present[i]!]!;
      return arm[i] === 1 ? wave.starts.get(identity)!.isInPost : wave.present.has(identity);
    });
  }

  const places = kept.map((i) => present[i]!);
  const keys: string[] = [];
  for (const place of places) keys.push(unit.identities[place]!);
  const startTreated = arm.reduce((sum, value) => sum + value, 0);
  return {
    unit,
    keys,
    identities: keys,
    treated: takeArm(arm, kept),
    context: baselineContext(unit, places, clock),
    start: {
      treated: startTreated + without,
      comparison: arm.length - startTreated,
      undecided,
      noBaselineRow: unit.identities.length - present.length,
    },
    flow,
    warnings,
  };
}

/** The arms of some rows. */
export function takeArm(arms: Uint8Array, rows: Int32Array): Uint8Array {
  const own = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) own[i] = arms[rows[i]!]!;
  return own;
}

/** Whether somebody is a candidate of this year: a comparison unit always, a treated one in its own year. */
function entersIn(identity: string, isTreated: number, { starts, baseline }: Wave): boolean {
  const start = starts.get(identity);
  if (start !== undefined) return start.baseline === baseline && isTreated === TREATED;
  // Treated without a date of recruitment: nobody knows when they start.
  return isTreated !== TREATED;
}

/** Treated units of this year without a row in it. */
function treatedWithoutRow(unit: UnitTable, present: Int32Array, arm: Uint8Array, { starts, baseline }: Wave): number {
  let expected = 0;
  for (const start of starts.values()) if (start.baseline === baseline) expected++;
  let found = 0;
  for (let i = 0; i < present.length; i++) {
    if (arm[i] === 1 && starts.has(unit.identities[present[i]!]!)) found++;
  }
  return expected - found;
}

function refuseEmpty({ unit, treated, start, flow }: Candidates, comparison: ComparisonDeclaration): void {
  const treatedLeft = treated.reduce((sum, value) => sum + value, 0);
  if (treatedLeft === 0) throw new Faults(comparison.place.file, [nobodyTreated(unit, comparison, start, flow)]);
  if (treatedLeft === treated.length)
    throw new Faults(comparison.place.file, [emptyPool(unit, comparison, start, flow)]);
}

function decide(expression: Expression, context: EvaluationContext): Float64Array {
  return (evaluate(expression, context) as NumberColumn).values;
}

function refuseRepeatedKeys(unit: UnitTable, comparison: ComparisonDeclaration): void {
  if (unit.repeated.length === 0) return;
  // A row by itself knows no baseline: who is treated can only be counted where no moment is counted from it.
  const isByRow = columnsOf(comparison.treated).every(({ moment }) => moment === undefined || "year" in moment);
  const treated = isByRow ? decide(comparison.treated, rowContext(unit)) : undefined;
  const among = treated === undefined ? undefined : unit.repeated.filter((row) => treated[row] === TREATED).length;
  throw new Faults(comparison.place.file, [keyRepeatedFault(unit, among)]);
}

function lossByArm(lost: Int32Array, arm: Uint8Array): { treated: number; comparison: number } {
  const total = [0, 0];
  const without = [0, 0];
  for (let i = 0; i < arm.length; i++) {
    total[arm[i]!]!++;
    without[arm[i]!]! += lost[i]!;
  }
  return { treated: without[1]! / Math.max(1, total[1]!), comparison: without[0]! / Math.max(1, total[0]!) };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

function joinLoses(source: string, share: { treated: number; comparison: number }, unit: UnitTable): Fault {
  return {
    code: "join-loses",
    severity: "warning",
    place: unit.place,
    message: `${percent(share.treated)} of programme ${unit.noun}s and ${percent(share.comparison)} of others have no row in ${source}.`,
    suggestion: "If schools change their number on conversion, declare a chain; otherwise say why they are missing.",
  };
}

function stepsInWords(flow: readonly FlowStep[]): string {
  return flow
    .filter((step) => step.treated + step.comparison > 0)
    .map((step) => `${step.id} removed ${step.treated} treated and ${step.comparison} others`)
    .join("; ");
}

function nobodyTreated(
  unit: UnitTable,
  comparison: ComparisonDeclaration,
  start: Candidates["start"],
  flow: readonly FlowStep[],
): Fault {
  const total = start.treated + start.comparison;
  const decided = total - start.treated - start.undecided;
  const after = start.treated === 0 ? "" : ` None of them is left: ${stepsInWords(flow)}.`;
  return {
    code: "nobody-treated",
    severity: "fault",
    place: comparison.treated.place,
    message:
      `\`treated\` is true for ${start.treated} of ${total.toLocaleString("en-GB")} ${unit.noun}s in ` +
      `${comparison.start === undefined ? printAcademicYear(comparison.baselineYear) : "any baseline year"} (${decided.toLocaleString("en-GB")} no, ` +
      `${start.undecided.toLocaleString("en-GB")} undecided).${after}`,
    suggestion: "Check the dates and the levels that mark the programme; undecided rows lack a value it reads.",
  };
}

function emptyPool(
  unit: UnitTable,
  comparison: ComparisonDeclaration,
  start: Candidates["start"],
  flow: readonly FlowStep[],
): Fault {
  const last = flow.findLast((step) => step.comparison > 0);
  const removed = last === undefined ? "" : `: \`${last.id}\` removed the last ${last.comparison}`;
  const steps = stepsInWords(flow);
  return {
    code: "empty-pool",
    severity: "fault",
    place: comparison.place,
    message:
      `The pool has 0 ${unit.noun}s${removed}. ${start.treated} are treated and ${start.comparison} are not, before exclusions.` +
      (steps === "" ? "" : ` ${steps}.`),
    suggestion:
      start.comparison === 0
        ? "Every unit is treated: a treatment coded 1/2 needs `treated: column = 2`, and a comparison needs units without the programme."
        : "Loosen one of the conditions.",
  };
}
