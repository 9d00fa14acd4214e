import type { WrittenTable } from "#domain";
import { type CheckDays, checkDates } from "./checkDates.ts";
import { checkHeader } from "./checkHeader.ts";
import { checkPeople, checkSpellings } from "./checkPeople.ts";
import { checkPlaces, checkSchools } from "./checkSchools.ts";
import { participantOf, readRows, schoolEntryOf } from "./readRecords.ts";
import type { Participant, SchoolEntry } from "./records.ts";
import { type Remark, RemarkList } from "./remark.ts";
import type { ReturnFile } from "./returnFields.ts";

/** A table of the return beside the template it is held against, and the columns that together name one row. */
export interface ReturnTable {
  readonly table: WrittenTable;
  readonly template: ReturnFile;
  readonly key: readonly string[];
}

/** What a return is held against besides its template. */
export interface CheckContext extends CheckDays {
  /** Numbers of every school there is, where a register was given. */
  readonly register?: ReadonlySet<string>;
}

/** A return as read: records of what could be read, and everything noticed on the way. */
export interface ReadReturn {
  readonly participants: readonly Participant[];
  readonly schools?: readonly SchoolEntry[];
  readonly remarks: readonly Remark[];
}

/**
 * Reads a return and says everything that is wrong with it at once: file, header, cells, days of one person, people
 * across rows, schools against the schools file and the register. Changes nothing, guesses nothing.
 */
export function checkReturn(people: ReturnTable, places: ReturnTable | undefined, context: CheckContext): ReadReturn {
  const found = readTable(people, context.asAt);
  const participants = found.rows.map(participantOf);
  for (const person of participants) checkDates(person, context, found.remarks);
  checkPeople(participants, found.remarks);
  checkSpellings(participants, found.remarks);

  const placed = places === undefined ? undefined : readTable(places, context.asAt);
  const schools = placed?.rows.map(schoolEntryOf);
  if (placed !== undefined) checkSchools(schools!, context.register, context.asAt, placed.remarks);
  checkPlaces(participants, schools, context.register, { participants: found.remarks, schools: placed?.remarks });
  return {
    participants,
    ...(schools !== undefined && { schools }),
    remarks: [...found.remarks.all, ...(placed?.remarks.all ?? [])],
  };
}

function readTable({ table, template, key }: ReturnTable, asAt: number) {
  const remarks = new RemarkList(table.file);
  for (const fault of table.faults) remarks.addFault(fault);
  const fields = checkHeader(table, template, remarks);
  if (table.rows.length === 0)
    remarks.add({
      kind: "fault",
      code: "no-rows",
      line: 1,
      column: "",
      found: "",
      message: `${table.file} has a header and no rows`,
      expected: "",
      advice: "Fill in one row for each entry, or check that the whole file was sent",
    });
  return { remarks, rows: readRows(table, template, fields, key, asAt, remarks) };
}
