import { type AcademicYear, type Horizon, isRelative } from "#domain";
import { type ColumnRead, type EvaluationContext, evaluate, type Moment } from "#expression";
import { columnOf, deliveredReads, type UnitTable, yearOfMoment } from "#linkage";
import type { ComparisonDeclaration, OutcomeDeclaration } from "#protocol";
import type { NumberColumn } from "#table";
import { ruleOutcome } from "./ruleOutcome.ts";

/**
 * An outcome at a horizon, for the units of a context that reads that horizon as `followup`: from the wide column of its
 * history where it has one, else by its rule or expression, else from the panel row of that year. NaN where there is no
 * value.
 */
export function outcomeAt(outcome: OutcomeDeclaration, year: Horizon, context: EvaluationContext): Float64Array {
  if (outcome.rule !== undefined) return ruleOutcome(outcome.rule, context).values;
  const wide = outcome.history.get(year);
  if (wide !== undefined) return (context.column(wide, undefined) as NumberColumn).values;
  if (outcome.expression !== undefined) return (evaluate(outcome.expression, context) as NumberColumn).values;
  if (outcome.column === undefined) return new Float64Array(context.rows).fill(Number.NaN);
  const moment: Moment = isRelative(year) ? { anchor: "followup", offset: 0 } : { year };
  return (context.column(outcome.column, moment) as NumberColumn).values;
}

/**
 * What an outcome is compared with: its own value at baseline, or what the comparison's `baselineOf` says. An outcome
 * that is an expression has no value of its own at baseline (it says itself what it measures from): all are missing.
 */
export function baselineValue(
  outcome: OutcomeDeclaration,
  comparison: ComparisonDeclaration,
  context: EvaluationContext,
  unit: UnitTable,
): Float64Array {
  const declared = comparison.baselineOf[outcome.id];
  if (declared !== undefined) return (evaluate(declared, context) as NumberColumn).values;
  if (!hasOwnBaseline(outcome, comparison.baselineYear, unit)) return new Float64Array(context.rows).fill(Number.NaN);
  return outcomeAt(outcome, comparison.baselineYear, context);
}

/**
 * Whether an outcome has a value of its own at baseline: listed in its history, or read from the row of that year. A
 * column of a unit without years is the outcome at one time only, and so is an expression.
 */
export function hasOwnBaseline(outcome: OutcomeDeclaration, baselineYear: AcademicYear, unit: UnitTable): boolean {
  return (
    outcome.history.has(baselineYear) ||
    (outcome.column !== undefined && unit.yearOf !== undefined && unit.frame.columns.has(outcome.column))
  );
}

/** How the baseline is named in tables: `2015/16` or the declared expression. */
export function baselineName(outcome: OutcomeDeclaration, comparison: ComparisonDeclaration): string | undefined {
  return comparison.baselineOf[outcome.id]?.text;
}

/**
 * Years up to baseline in which an outcome can be read: those of its history and those of the panel.
 * Later years are sealed while the comparison is designed.
 */
export function yearsBefore(
  outcome: OutcomeDeclaration,
  unit: UnitTable,
  baselineYear: AcademicYear,
): readonly AcademicYear[] {
  const years = new Set<AcademicYear>([...outcome.history.keys()].filter((year) => year <= baselineYear));
  // A column that is sealed as a whole is not in the table at all.
  if (outcome.column !== undefined && unit.frame.columns.has(outcome.column)) {
    const column = columnOf(unit, outcome.column);
    if (column.kind === "number" && unit.yearOf !== undefined) {
      for (const [row, year] of unit.yearOf.entries()) {
        if (year <= baselineYear && !Number.isNaN(column.values[row]!)) years.add(year);
      }
    }
  }
  return [...years].sort((a, b) => a - b);
}

/**
 * Years of an outcome that some reads touch, directly or through derived columns. For what is matched on these are the
 * years balanced by design, and so no evidence about trends.
 */
export function yearsRead(
  outcome: OutcomeDeclaration,
  unit: UnitTable,
  comparison: ComparisonDeclaration,
  reads: readonly ColumnRead[],
): ReadonlySet<AcademicYear> {
  const years = new Set<AcademicYear>();
  const wideYear = new Map([...outcome.history].map(([year, column]) => [column, year]));
  const clock = { baseline: comparison.baselineYear };
  for (const { name, moment } of reads.flatMap((read) => deliveredReads(read, unit.madeFrom))) {
    const wide = wideYear.get(name);
    if (wide !== undefined) years.add(wide);
    if (name === outcome.column) years.add(moment === undefined ? clock.baseline : yearOfMoment(moment, clock));
  }
  return years;
}
