import type { AcademicYear } from "#domain";
import { baselineContext, REPAIRED, rowsAtYear, type UnitTable } from "#linkage";
import type { OutcomeRule } from "#protocol";
import { type Column, isMissing, rowsWhere } from "#table";
import { ruleOutcome } from "./ruleOutcome.ts";

/** Of how many people of a member the outcome holds a year later, and how many there are. */
export interface MemberCount {
  readonly ones: number;
  readonly all: number;
}

/**
 * For each member (a school) its people at one census, and of how many an outcome holds at the next. Rows filled in after
 * the event exist only because somebody stayed: they count nobody. People of whom the outcome is not known, or to whom it
 * does not apply, are left out.
 *
 * @param member  The column that names the member somebody belongs to.
 */
export function memberCounts(
  table: UnitTable,
  rule: OutcomeRule,
  member: string,
  year: AcademicYear,
): ReadonlyMap<string, MemberCount> {
  const rows = rowsAtYear(table, year);
  const filled = table.frame.columns.get(REPAIRED);
  const isDelivered = (row: number) => row >= 0 && !(filled?.kind === "number" && filled.values[row] === 1);
  const places = rowsWhere(rows.length, (place) => isDelivered(rows[place]!));
  const context = baselineContext(table, places, { baseline: year, followup: 1 });
  const { values, applies } = ruleOutcome(rule, context);
  const column = context.column(member, undefined);
  const counts = new Map<number, { ones: number; all: number }>();
  const members = column.kind === "code" ? column.codes : column.values;
  for (let i = 0; i < places.length; i++) {
    if (isMissing(column, i) || applies[i] === 0 || Number.isNaN(values[i]!)) continue;
    const own = counts.get(members[i]!) ?? { ones: 0, all: 0 };
    if (own.all === 0) counts.set(members[i]!, own);
    own.ones += values[i]!;
    own.all++;
  }
  return new Map([...counts].map(([value, own]) => [nameOf(column, value), own]));
}

const nameOf = (column: Column, value: number): string =>
  column.kind === "code" ? column.levels[value]! : String(value);
