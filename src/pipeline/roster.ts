import type { ColumnRead } from "#expression";
import { buildUnit, type UnitTable } from "#linkage";
import { type Study, sourcesOf, type UnitDeclaration } from "#protocol";
import type { TidyTable } from "#sources";
import { deliveredNames, withOnly } from "./designReads.ts";
import type { Inputs } from "./openInputs.ts";

/**
 * Who is there in which year, with what some reads need and nothing else: every row of the unit, unsealed and narrow.
 * @param repair  Whether missing years are filled, for whom it matters who is seen to leave.
 */
export async function rosterOf(
  study: Study,
  inputs: Inputs,
  unit: UnitDeclaration,
  reads: readonly ColumnRead[],
  { repair = false }: { readonly repair?: boolean } = {},
): Promise<UnitTable> {
  const bare = withOnly({ ...unit, join: [] }, reads);
  const names = deliveredNames(bare, reads);
  const tables = new Map<string, TidyTable>();
  for (const { id } of sourcesOf(bare, study.sources))
    tables.set(id, id === unit.from ? await inputs.columnsOf(id, names) : await inputs.view(id));
  return buildUnit(bare, tables, { repair });
}
