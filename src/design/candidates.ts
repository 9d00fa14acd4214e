import { type Fault, Faults, printAcademicYear } from "#domain";
import { columnsOf, type EvaluationContext, type Expression, evaluate, inWords } from "#expression";
import { baselineContext, keyRepeatedFault, rowContext, rowsAtYear, type UnitTable } from "#linkage";
import type { ComparisonDeclaration } from "#protocol";
import type { NumberColumn } from "#table";

/** One line of the participant flow: how many left here, by arm, and why. */
export interface FlowStep {
  readonly id: string;
  readonly reason: string;
  readonly treated: number;
  readonly comparison: number;
  /** Of those that left, how many because the condition could not be decided. */
  readonly undecided: number;
}

/** The units that may enter matching, in the order of their identities. */
export interface Candidates {
  readonly unit: UnitTable;
  /** Places in `unit.identities`, ascending. */
  readonly places: Int32Array;
  readonly keys: readonly string[];
  readonly treated: Uint8Array;
  readonly context: EvaluationContext;
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
  refuseRepeatedKeys(unit, comparison);
  const baselineRows = rowsAtYear(unit, unit.yearOf === undefined ? undefined : comparison.baselineYear);
  const present = Int32Array.from([...baselineRows.keys()].filter((place) => baselineRows[place]! >= 0));
  const clock = { baseline: comparison.baselineYear };
  const everyone = baselineContext(unit, present, clock);
  const truth = decide(comparison.treated, everyone);
  const arm = Uint8Array.from(truth, (value) => Number(value === TREATED));
  const undecided = truth.filter(Number.isNaN).length;

  const warnings: Fault[] = [];
  const flow: FlowStep[] = [];
  let kept = Int32Array.from(present.keys());
  const leave = (id: string, reason: string, stays: (i: number) => boolean | undefined): void => {
    const counts = [0, 0];
    let unknown = 0;
    kept = kept.filter((i) => {
      const answer = stays(i);
      if (answer === true) return true;
      counts[arm[i]!]!++;
      if (answer === undefined) unknown++;
      return false;
    });
    flow.push({ id, reason, treated: counts[1]!, comparison: counts[0]!, undecided: unknown });
  };
  const condition = (expression: Expression, keepWhen: 0 | 1, sides: "pool" | "both") => {
    const values = decide(expression, everyone);
    return (i: number): boolean | undefined =>
      sides === "pool" && arm[i] === 1 ? true : Number.isNaN(values[i]) ? undefined : values[i] === keepWhen;
  };

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

  const places = kept.map((i) => present[i]!);
  const treated = Uint8Array.from(kept, (i) => arm[i]!);
  const startTreated = arm.reduce((sum, value) => sum + value, 0);
  const start = {
    treated: startTreated,
    comparison: arm.length - startTreated,
    undecided,
    noBaselineRow: unit.identities.length - present.length,
  };
  const treatedLeft = treated.reduce((sum, value) => sum + value, 0);
  if (treatedLeft === 0) throw new Faults(comparison.place.file, [nobodyTreated(unit, comparison, start, flow)]);
  if (treatedLeft === treated.length)
    throw new Faults(comparison.place.file, [emptyPool(unit, comparison, start, flow)]);
  return {
    unit,
    places,
    keys: Array.from(places, (place) => unit.identities[place]!),
    treated,
    context: baselineContext(unit, places, clock),
    start,
    flow,
    warnings,
  };
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
  const after = start.treated === 0 ? "" : ` ${start.treated} were treated before exclusions: ${stepsInWords(flow)}.`;
  return {
    code: "nobody-treated",
    severity: "fault",
    place: comparison.treated.place,
    message:
      `\`treated\` is true for 0 of ${total.toLocaleString("en-GB")} ${unit.noun}s in ` +
      `${printAcademicYear(comparison.baselineYear)} (${decided.toLocaleString("en-GB")} no, ` +
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
