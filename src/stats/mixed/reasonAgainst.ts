import type { RandomEffects } from "./randomEffects.ts";

/**
 * Why no mixed model can be fitted to these groups, or undefined when there is no such reason.
 * @param rows  How many rows; for counts of several trials a level per row is no obstacle (`isPerRowAllowed`).
 */
export function reasonAgainst(
  effects: readonly RandomEffects[],
  rows: number,
  isPerRowAllowed = false,
): string | undefined {
  if (effects.length === 0) return "no random term is given; an ordinary regression answers this";
  for (const { group, levels, columns } of effects) {
    if (levels.length < 2) return `"${group}" has one group only: how much groups differ cannot be seen in one`;
    const most = isPerRowAllowed ? rows : rows - 1;
    if (levels.length > most) {
      return `"${group}" has a group for every row: its variance cannot be told from that between rows`;
    }
    if (levels.length * columns.length > most) {
      return `"${group}" asks for ${levels.length * columns.length} random effects from ${rows} rows`;
    }
  }
  return undefined;
}
