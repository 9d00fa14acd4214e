import { type Fault, Faults } from "#domain";
import type { JoinDeclaration } from "#protocol";
import type { TidyTable } from "#sources";
import { type Column, type Frame, flagsOf, takeColumn, wholesOf } from "#table";
import { meetingKeys } from "./keys.ts";
import type { JoinRecord } from "./unitTable.ts";

/**
 * Joins columns of a source to the rows of a unit. Never multiplies rows: a source with two rows for one key is a fault.
 * Never loses rows either: those without a partner are marked, and `missing: drop` is carried out by `design` as a
 * counted step of the flow, where the loss can be seen by treatment group.
 * @throws Faults  `join-multiplies`, or `wrong-kind` when a key is of another kind on the other side, such as text and number.
 */
export function joinSource(
  frame: Frame,
  join: JoinDeclaration,
  table: TidyTable,
): { frame: Frame; record: JoinRecord } {
  checkKinds(frame, join, table);
  const { ours, theirs } = meetingKeys(frame, table.frame, join.on);
  const sourceRowByKey = new Map<number, number>();
  let repeated = 0;
  for (let row = 0; row < theirs.length; row++) {
    const key = theirs[row]!;
    if (key < 0) continue;
    if (sourceRowByKey.has(key)) repeated++;
    else sourceRowByKey.set(key, row);
  }
  if (repeated > 0) throw new Faults(join.place.file, [multiplies(frame, join, table, repeated)]);

  const partner = wholesOf(ours.length, (row) => (ours[row]! < 0 ? -1 : (sourceRowByKey.get(ours[row]!) ?? -1)));
  const columns = new Map<string, Column>(frame.columns);
  for (const name of join.columns) columns.set(join.prefix + name, takeColumn(table.frame.columns.get(name)!, partner));

  const withoutPartner = flagsOf(partner.length, (row) => partner[row]! < 0);
  const isUsed = new Uint8Array(table.frame.rows);
  for (let row = 0; row < partner.length; row++) if (partner[row]! >= 0) isUsed[partner[row]!] = 1;
  const record: JoinRecord = {
    source: join.source,
    on: join.on,
    unitRows: frame.rows,
    sourceRows: table.frame.rows,
    withoutPartner,
    sourceRowsUnused: isUsed.reduce((unused, own) => unused + 1 - own, 0),
    missing: join.missing,
  };
  return { frame: { rows: frame.rows, columns }, record };
}

function checkKinds(frame: Frame, join: JoinDeclaration, table: TidyTable): void {
  const faults: Fault[] = [];
  for (const name of join.on) {
    const ours = frame.columns.get(name)!;
    const theirs = table.frame.columns.get(name)!;
    if (natureOf(ours) === natureOf(theirs)) continue;
    faults.push({
      code: "wrong-kind",
      severity: "fault",
      place: join.place,
      message: `The key ${name} is ${natureOf(ours)} in the unit and ${natureOf(theirs)} in ${join.source}: no row could ever meet.`,
      suggestion: "Declare the same type for it in both sources.",
    });
  }
  if (faults.length > 0) throw new Faults(join.place.file, faults);
}

/** What a key is, in words. Text and category meet by their value; a year and a plain number never mean the same. */
function natureOf(column: Column): string {
  if (column.kind === "code") return "text";
  return { number: "a number", truth: "yes or no", date: "a date", academicYear: "an academic year" }[column.type];
}

function multiplies(frame: Frame, join: JoinDeclaration, table: TidyTable, repeated: number): Fault {
  return {
    code: "join-multiplies",
    severity: "fault",
    place: join.place,
    message:
      `${join.source} has ${repeated} more rows than keys (${join.on.join(" × ")}): joining it would turn ` +
      `${frame.rows.toLocaleString("en-GB")} rows into more, ${table.frame.rows.toLocaleString("en-GB")} being offered.`,
    suggestion: "Use a `summary` column, or add the column that tells the rows apart to `on`.",
  };
}
