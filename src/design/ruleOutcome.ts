import type { EvaluationContext, Moment } from "#expression";
import type { OutcomeRule } from "#protocol";
import { type Column, flagsOf, isMissing, numbersOf } from "#table";

const TIME_ZERO: Moment = { anchor: "timeZero", offset: 0 };
const FOLLOWUP: Moment = { anchor: "followup", offset: 0 };

/** A workforce outcome of every candidate at one horizon, and of whom it can be asked. */
export interface RuleOutcome {
  /** 1, 0, or NaN where it is not known. */
  readonly values: Float64Array;
  /** 0 for those the data do not reach at the horizon: they started too late. */
  readonly isReached: Uint8Array;
  /** 0 for those it does not apply to: on the highest step, nobody can rise. */
  readonly applies: Uint8Array;
}

/**
 * Retention or progression since time zero. Somebody without a row at the horizon has left: not retained, and not
 * progressed. Within a school or area somebody is retained who is in the same one as at time zero; in a challenging school
 * also who moved to one. Somebody progressed who stands higher on the ladder than at time zero, and was retained within
 * the place where that is asked.
 *
 * Source: catalogue, annex 2; methods, section 7 (composite outcomes on the full sample, one rule for both groups).
 */
export function ruleOutcome(rule: OutcomeRule, context: EvaluationContext): RuleOutcome {
  const present = context.exists(FOLLOWUP).values;
  const isReached = flagsOf(present.length, (i) => !Number.isNaN(present[i]!));
  if (rule.rule === "retention") {
    return { values: staying(rule, context, present), isReached, applies: new Uint8Array(context.rows).fill(1) };
  }
  const start = ranks(context.column(rule.role, TIME_ZERO), rule.ladder);
  const later = ranks(context.column(rule.role, FOLLOWUP), rule.ladder);
  const stayed = rule.staying === undefined ? undefined : staying(rule.staying, context, present);
  const top = rule.ladder.length - 1;
  const applies = flagsOf(start.length, (i) => !(rule.topLeftOut && start[i] === top));
  const values = present.map((there, i) => {
    if (Number.isNaN(there) || Number.isNaN(start[i]!)) return Number.NaN;
    if (there === 0 || stayed?.[i] === 0) return 0;
    return Number.isNaN(later[i]!) || Number.isNaN(stayed?.[i] ?? 0) ? Number.NaN : Number(later[i]! > start[i]!);
  });
  return { values, isReached, applies };
}

type Staying = Extract<OutcomeRule, { readonly rule: "retention" }>;

function staying(rule: Staying, context: EvaluationContext, present: Float64Array): Float64Array {
  if (rule.column === undefined) return present;
  if (rule.within !== "challengingSchool") return whilePresent(present, isSame(context, rule.column));
  const moved = context.column(rule.column, FOLLOWUP);
  const isChallenging = moved.kind === "number" ? moved.values : new Float64Array(context.rows).fill(Number.NaN);
  const same = rule.sameSchool === undefined ? undefined : isSame(context, rule.sameSchool);
  return whilePresent(
    present,
    isChallenging.map((value, i) => (same?.[i] === 1 ? 1 : value)),
  );
}

/** Whether a place is the same at the horizon as at time zero; NaN where either is not known. */
function isSame(context: EvaluationContext, name: string): Float64Array {
  const before = context.column(name, TIME_ZERO);
  const after = context.column(name, FOLLOWUP);
  return numbersOf(context.rows, (i) => {
    if (isMissing(before, i) || isMissing(after, i)) return Number.NaN;
    return Number(valueAt(before, i) === valueAt(after, i));
  });
}

const valueAt = (column: Column, row: number): number | string =>
  column.kind === "number" ? column.values[row]! : column.levels[column.codes[row]!]!;

/** A leaver is not retained, whatever else is not known of them. */
const whilePresent = (present: Float64Array, values: Float64Array): Float64Array =>
  present.map((there, i) => (there === 1 ? values[i]! : there));

function ranks(column: Column, ladder: readonly string[]): Float64Array {
  if (column.kind === "number") return column.values.map(() => Number.NaN);
  const rankOf = column.levels.map((level) => (ladder.includes(level) ? ladder.indexOf(level) : Number.NaN));
  return numbersOf(column.codes.length, (row) => (column.codes[row]! < 0 ? Number.NaN : rankOf[column.codes[row]!]!));
}
