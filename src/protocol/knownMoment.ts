import type { Place } from "#domain";
import type { DesignScope } from "./designScope.ts";
import type { Reading } from "./reading.ts";
import { yearColumnOf } from "./rowYears.ts";
import type { DeliveredRead } from "./unitColumns.ts";

/**
 * A covariate of which nobody can tell whether it comes after the start: no `measured`, and rows without a year.
 * Keys, identities, clusters and the treatment itself need no moment.
 */
export function checkMomentKnown(
  reading: Reading,
  name: string,
  place: Place,
  reads: readonly DeliveredRead[],
  scope: DesignScope,
): void {
  const unknown = new Map(
    reads.filter((read) => isMomentUnknown(read, scope)).map((read) => [`${read.source.id}.${read.column.name}`, read]),
  );
  for (const { source, column } of unknown.values()) {
    const through =
      column.name === name || name.startsWith(`${column.name} `) ? name : `${name} reads ${column.name}, and`;
    const why =
      column.measured === undefined
        ? `nobody can tell whether ${through === name ? name : "that"} comes after the start`
        : `\`measured: row year\` says nothing, since rows of ${source.id} have no year`;
    reading.faults.add(
      "measured-missing",
      place,
      through === name ? `${name}: ${why}.` : `${through} ${why}.`,
      `Say in ${source.id} when it was measured (\`measured: 2014/15\`), or \`stable: yes\` with a \`because\`.`,
    );
  }
}

function isMomentUnknown({ source, column }: DeliveredRead, { unit, exempt }: DesignScope): boolean {
  const { measured } = column;
  if (column.stable === true || exempt.has(`${source.id}.${column.name}`)) return false;
  if (column.identifies !== undefined || column.type === "academicYear" || source.key.includes(column.name))
    return false;
  const { from, identity } = unit.declaration;
  if (source.id === from && column.name === identity) return false;
  const isSaid = measured === undefined ? source.snapshot !== undefined : measured.when !== "rowYear";
  return !isSaid && yearColumnOf(unit.declaration, source) === undefined;
}
