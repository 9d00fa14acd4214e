import { type ColumnDeclaration, printDate, type WrittenRow, type WrittenTable } from "#domain";
import type { FoundFields } from "./checkHeader.ts";
import { checkText } from "./checkText.ts";
import { type CellUse, type CellValue, readCell } from "./readCell.ts";
import type { Participant, SchoolEntry } from "./records.ts";
import type { RemarkList } from "./remark.ts";
import { formOf, type ReturnFile, readsAs, wordsFor } from "./returnFields.ts";

/** The values of one row by plain name of column. */
export interface ReadRow {
  readonly line: number;
  readonly values: ReadonlyMap<string, CellValue>;
}

/** Reads every cell of a table under its template; what is wrong with a cell goes to the remarks. */
export function readRows(
  table: WrittenTable,
  template: ReturnFile,
  fields: FoundFields,
  key: readonly string[],
  asAt: number,
  remarks: RemarkList,
): readonly ReadRow[] {
  const thisYear = Number(printDate(asAt).slice(0, 4));
  const uses = new Map(
    template.columns.map((column): [string, CellUse] => {
      const reads = readsAs(template, column);
      const use = {
        ...(reads !== undefined && { reads }),
        isKey: column.identifies !== undefined || key.includes(column.name),
        latestYear: column.name === "birth_date" ? thisYear - YOUNGEST : thisYear + 10,
      };
      return [column.name, use];
    }),
  );
  return table.rows.map((row) => {
    const values = new Map<string, CellValue>();
    for (const column of template.columns) {
      const field = fields.get(column.name);
      if (field === undefined) continue;
      const value = readField(row, row.cells[field] ?? null, column, uses.get(column.name)!, template, remarks);
      if (value !== undefined) values.set(column.name, value);
    }
    return { line: row.line, values };
  });
}

/** Nobody younger works in a school: what a two-digit year of birth is read against. */
const YOUNGEST = 16;

function readField(
  { line }: WrittenRow,
  raw: string | null,
  column: ColumnDeclaration,
  use: CellUse,
  template: ReturnFile,
  remarks: RemarkList,
): CellValue | undefined {
  const place = { line, column: column.from };
  const expected = formOf(template, column);
  if (raw === null) {
    if (wordsFor(template, column.name)?.emptyWhen === undefined)
      remarks.add({
        ...place,
        kind: "fault",
        code: "cell-empty",
        found: "",
        message: "The cell is empty",
        expected,
        advice: "Fill it in",
      });
    return undefined;
  }
  const odd = checkText(raw);
  for (const remark of odd) remarks.add({ ...place, ...remark, found: raw, expected: "" });
  const { value, complaint } = readCell(column, raw, use);
  // A cell that holds a formula or hidden marks is said once, not again for its form.
  if (complaint !== undefined && !odd.some(({ kind }) => kind === "fault"))
    remarks.add({ ...place, ...complaint, found: raw, expected });
  return odd.some(({ kind }) => kind === "fault") ? undefined : value;
}

const text = (value: CellValue | undefined): string | undefined => (value === undefined ? undefined : String(value));
const number = (value: CellValue | undefined): number | undefined => (typeof value === "number" ? value : undefined);
const truth = (value: CellValue | undefined): boolean | undefined => (typeof value === "boolean" ? value : undefined);

/** The same object without keys whose value is undefined. */
function present<T extends object>(values: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** A row of the participants file as a record. `role_level` is read where a table already has it. */
export function participantOf({ line, values }: ReadRow): Participant {
  const get = (name: string) => values.get(name);
  return present({
    line,
    row: text(get("mi_row")),
    project: text(get("project")),
    provider: text(get("provider")),
    trn: text(get("trn")),
    surname: text(get("surname")),
    forename: text(get("forename")),
    birth: number(get("birth_date")),
    urn: text(get("urn")),
    roleText: text(get("role_text")),
    roleLevel: text(get("role_level")),
    recruited: number(get("recruited")),
    start: number(get("start_date")),
    end: number(get("end_date")),
    withdrawn: truth(get("withdrawn")),
  }) as Participant;
}

/** A row of the schools file as a record. */
export function schoolEntryOf({ line, values }: ReadRow): SchoolEntry {
  const get = (name: string) => values.get(name);
  return present({
    line,
    urn: text(get("urn")),
    project: text(get("project")),
    cohort: text(get("cohort")),
    agreed: number(get("agreed")),
    withdrawn: truth(get("withdrawn")),
  }) as SchoolEntry;
}
