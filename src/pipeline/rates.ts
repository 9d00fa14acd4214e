import { memberCounts } from "#design";
import type { AcademicYear } from "#domain";
import type { ColumnRead } from "#expression";
import { buildUnit, type RateOf, type UnitTable } from "#linkage";
import {
  type DerivedColumn,
  type OutcomeRule,
  ruleColumns,
  type Study,
  sourcesOf,
  type UnitDeclaration,
  yearColumnOf,
} from "#protocol";
import type { TidyTable } from "#sources";
import { deliveredNames, withOnly } from "./designReads.ts";
import type { Inputs } from "./openInputs.ts";

type RateColumn = Extract<DerivedColumn, { readonly how: "rateBefore" }>;

/**
 * The yearly rates that columns of a unit ask for (`rateBefore`), for one baseline: each from rows up to it and from
 * nothing else, so that what they count is sealed for nobody.
 */
export async function ratesFor(
  study: Study,
  inputs: Inputs,
  unit: UnitDeclaration,
  baseline: AcademicYear,
): Promise<ReadonlyMap<string, RateOf>> {
  const columns = unit.columns.filter((column): column is RateColumn => column.how === "rateBefore");
  const rates = new Map<string, RateOf>();
  for (const group of groupsOf(columns)) {
    const { of, outcome } = group[0]!;
    const rule = study.outcomes.get(outcome)!.rule!;
    const member = memberOf(study.units.get(of)!, unit);
    const back = Math.min(...group.map(({ interval }) => interval));
    const table = await rowsBefore(study, inputs, study.units.get(of)!, rule, member, baseline, baseline + back);
    const yearly = new Map<AcademicYear, ReadonlyMap<string, number>>();
    for (let end = baseline + back + 1; end <= baseline; end++) {
      const counts = [...memberCounts(table, rule, member, end - 1)];
      yearly.set(end, new Map(counts.map(([name, { ones, all }]) => [name, ones / all])));
    }
    for (const { name } of group) rates.set(name, (identity, end) => yearly.get(end)?.get(identity) ?? Number.NaN);
  }
  return rates;
}

/** Columns that count the same outcome of the same unit together: they are counted in one go. */
function groupsOf(columns: readonly RateColumn[]): readonly (readonly RateColumn[])[] {
  const groups = new Map<string, RateColumn[]>();
  for (const column of columns) {
    const key = `${column.of} ${column.outcome}`;
    groups.set(key, [...(groups.get(key) ?? []), column]);
  }
  return [...groups.values()];
}

/** The column by which rows of one unit belong to another: the member whose column carries the other's identity. */
function memberOf(of: UnitDeclaration, unit: UnitDeclaration): string {
  return Object.values(of.member).find((column) => column === unit.identity) ?? of.member[unit.is] ?? unit.identity;
}

async function rowsBefore(
  study: Study,
  inputs: Inputs,
  of: UnitDeclaration,
  rule: OutcomeRule,
  member: string,
  upTo: AcademicYear,
  since: AcademicYear,
): Promise<UnitTable> {
  const reads: readonly ColumnRead[] = [member, ...ruleColumns(rule)].map((name) => ({ name, moment: undefined }));
  const bare = withOnly(of, reads);
  const isJoinNeeded = bare.columns.length > 0;
  const declaration: UnitDeclaration = { ...bare, join: isJoinNeeded ? bare.join : [] };
  const tables = new Map<string, TidyTable>();
  for (const source of sourcesOf(declaration, study.sources)) {
    const yearColumn = yearColumnOf(declaration, source);
    const table =
      yearColumn === undefined
        ? await inputs.view(source.id)
        : await inputs.rowsOf(
            source.id,
            { yearColumn, upTo, without: [] },
            { since: { yearColumn, year: since } },
            source.id === declaration.from ? deliveredNames(declaration, reads) : undefined,
          );
    tables.set(source.id, table);
  }
  return buildUnit(declaration, tables, { repair: true });
}
