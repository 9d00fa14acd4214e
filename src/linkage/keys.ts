import type { Column, Frame } from "#table";
import { isMissing } from "#table";

/** The value of a key cell as text, or undefined when it is missing: a missing key never meets another. */
function keyCell(column: Column, row: number): string | undefined {
  if (isMissing(column, row)) return undefined;
  return column.kind === "number" ? String(column.values[row]) : column.levels[column.codes[row]!]!;
}

/** One text per row that is equal exactly when all named columns are; undefined when any of them is missing. */
export function keysOf(frame: Frame, names: readonly string[]): (string | undefined)[] {
  const columns = names.map((name) => frame.columns.get(name)!);
  const keys: (string | undefined)[] = new Array(frame.rows);
  for (let row = 0; row < frame.rows; row++) {
    let key: string | undefined = "";
    for (const column of columns) {
      const cell = keyCell(column, row);
      if (cell === undefined) {
        key = undefined;
        break;
      }
      // The length in front keeps ("a", "bc") apart from ("ab", "c").
      key += `${cell.length}:${cell}`;
    }
    keys[row] = key;
  }
  return keys;
}
