import { type MemberCount, memberCounts } from "#design";
import type { AcademicYear } from "#domain";
import type { UnitTable } from "#linkage";
import type { OutcomeRule, YearlyDifference } from "#protocol";
import type { OpenSample } from "../sample.ts";

/** One matched unit in one year from its start: its people, and of how many the outcome holds a year later. */
export interface YearlyRow extends MemberCount {
  /** Row of the open sample. */
  readonly entrant: number;
  readonly school: string;
  readonly isTreated: boolean;
  /** Years from the start: −1 is the interval that ends at baseline, 1 the one that starts at time zero. */
  readonly period: number;
  /** The census the interval begins with. */
  readonly census: AcademicYear;
}

/** The census a period begins with: before the start counted back from baseline, after it on from time zero. */
export function censusOf(period: number, baseline: AcademicYear, lag: number): AcademicYear {
  return period < 0 ? baseline + period : baseline + lag + period - 1;
}

/** Every census some unit of a sample needs, ascending. */
export function censusesOf(open: OpenSample, { before, after }: YearlyDifference): readonly AcademicYear[] {
  const { baseline, lag } = open.entry!;
  const years = new Set<AcademicYear>();
  for (const own of new Set(baseline))
    for (const period of [...before, ...after]) years.add(censusOf(period, own, lag));
  return [...years].sort((a, b) => a - b);
}

/**
 * The rows of a difference in differences: each matched unit of weight above 0 in each period, where the data hold its
 * census and the next one. Units without people in a period have no row in it.
 *
 * @param table  The people, all years readable.
 */
export function yearlyRows(
  open: OpenSample,
  table: UnitTable,
  rule: OutcomeRule,
  difference: YearlyDifference,
): readonly YearlyRow[] {
  const { baseline, lag } = open.entry!;
  const weights = open.draws[0]!.weights;
  const reached = new Set(table.years);
  const byCensus = new Map<AcademicYear, ReadonlyMap<string, MemberCount>>();
  for (const census of censusesOf(open, difference)) {
    if (reached.has(census) && reached.has(census + 1))
      byCensus.set(census, memberCounts(table, rule, difference.carriedBy, census));
  }
  const identities = open.identities;
  const rows: YearlyRow[] = [];
  for (const [entrant, weight] of weights.entries()) {
    if (weight === 0) continue;
    for (const period of [...difference.before, ...difference.after]) {
      const census = censusOf(period, baseline[entrant]!, lag);
      const count = byCensus.get(census)?.get(identities[entrant]!);
      if (count === undefined || count.all === 0) continue;
      rows.push({
        ...count,
        entrant,
        school: identities[entrant]!,
        isTreated: open.treated[entrant] === 1,
        period,
        census,
      });
    }
  }
  return rows;
}
