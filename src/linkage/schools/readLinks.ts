import { type Column, type Frame, isMissing } from "#table";
import type { SchoolLink } from "./succession.ts";

/**
 * Links between school records from a table, in either of the two shapes they come in: one row per predecessor with its
 * `successor_urn`, or the register's own, with `link_urn` and a `link_type` of successor or predecessor.
 * `link_date` is read where it is there. Other kinds of link (sixth form, expansion, closure) are no succession.
 */
export function readLinks(frame: Frame): readonly SchoolLink[] {
  const at = (name: string, row: number): string | undefined => textAt(frame.columns.get(name), row);
  const dates = frame.columns.get("link_date");
  const links: SchoolLink[] = [];
  for (let row = 0; row < frame.rows; row++) {
    const urn = at("urn", row);
    const other = at("successor_urn", row) ?? at("link_urn", row);
    const kind = (at("link_type", row) ?? "successor").toLowerCase();
    if (urn === undefined || other === undefined) continue;
    const isBackwards = kind.startsWith("predecessor");
    if (!isBackwards && !kind.startsWith("successor") && !frame.columns.has("successor_urn")) continue;
    const date = dates?.kind === "number" && !isMissing(dates, row) ? { date: dates.values[row]! } : {};
    const ends = isBackwards ? { urn: other, successor: urn } : { urn, successor: other };
    links.push({ ...ends, ...date, isSplit: kind.includes("split") });
  }
  return links;
}

function textAt(column: Column | undefined, row: number): string | undefined {
  if (column === undefined || isMissing(column, row)) return undefined;
  return column.kind === "code" ? column.levels[column.codes[row]!]! : String(column.values[row]);
}
