import { type ColumnDeclaration, nearestName, type WrittenTable } from "#domain";
import type { Remark, RemarkList } from "./remark.ts";
import type { ReturnFile } from "./returnFields.ts";

/** Which field of the file holds each column of the template that is there. */
export type FoundFields = ReadonlyMap<string, number>;

/**
 * Holds the header against the template: columns that are missing or renamed, with the nearest header; twice there; not
 * asked for; in another order. Columns are found by name, so another order harms nothing and is a query.
 */
export function checkHeader(table: WrittenTable, template: ReturnFile, remarks: RemarkList): FoundFields {
  const { headers } = table;
  const say = (code: string, column: string, message: string, advice: string, kind: "fault" | "query" = "fault") =>
    remarks.add({ kind, code, line: 1, column, found: column, message, expected: "", advice });
  const wanted = template.columns;
  const free = headers.filter((header) => !wanted.some(({ from }) => from === header));
  const fields = new Map<string, number>();
  const taken = new Set<string>();
  if (!wanted.some(({ from }) => headers.some((header) => bare(header) === bare(from)))) {
    remarks.add(notTheTemplate(table, template));
    return fields;
  }
  for (const column of wanted) {
    const count = headers.filter((header) => header === column.from).length;
    if (count > 1)
      say(
        "column-repeated",
        column.from,
        `${count} columns are headed ${column.from}, so it could be any of them`,
        "Keep the right one",
      );
    if (count === 1) fields.set(column.name, headers.indexOf(column.from));
    if (count > 0) continue;
    const nearest = nearestHeader(
      column,
      free.filter((header) => !taken.has(header)),
    );
    if (nearest !== undefined) taken.add(nearest);
    // Only written differently (`Birth date`): its cells are checked as well, so that everything is said at once.
    if (nearest !== undefined && bare(nearest) === bare(column.from)) fields.set(column.name, headers.indexOf(nearest));
    say(
      "column-missing",
      column.from,
      nearest === undefined
        ? `The column ${column.from} is missing`
        : `The column ${column.from} is missing; the nearest header is "${nearest}"`,
      nearest === undefined
        ? "Add it with that header; leave its cells empty only where the template allows it"
        : `If that is the column, head it ${column.from}`,
    );
  }
  for (const header of free.filter((name) => !taken.has(name)))
    say(
      "column-not-asked",
      header,
      header === "" ? "A column has no header" : `The column "${header}" is not in the template and is not read`,
      "Take it out: what is not asked for should not be sent",
      "query",
    );
  checkOrder(template, headers, fields, say);
  return fields;
}

function notTheTemplate({ file, headers }: WrittenTable, { title, columns }: ReturnFile): Omit<Remark, "file"> {
  const shown = headers.filter((header) => header !== "").slice(0, SHOWN_HEADERS);
  const found = shown.length === 0 ? "its first line is empty" : `it begins with ${shown.join(", ")}`;
  return {
    kind: "fault",
    code: "not-the-template",
    line: 1,
    column: "",
    found: shown.join(", "),
    message: `${file} has none of the columns of the file "${title}": ${found}`,
    expected: columns.map(({ from }) => from).join(", "),
    advice: "Check that it is the file meant, and that no line stands above the header",
  };
}

const SHOWN_HEADERS = 6;

type Say = (code: string, column: string, message: string, advice: string, kind?: "fault" | "query") => void;

function checkOrder(template: ReturnFile, headers: readonly string[], fields: FoundFields, say: Say): void {
  const expected = template.columns.filter(({ name }) => fields.has(name));
  const moved = expected.find(({ name }, i) => i > 0 && fields.get(name)! < fields.get(expected[i - 1]!.name)!);
  if (moved === undefined) return;
  say(
    "columns-reordered",
    moved.from,
    `The columns stand in another order than in the template, first ${moved.from} (column ${headers.indexOf(moved.from) + 1})`,
    "They are found by name, so nothing is wrong; use the template's order so that pasted rows cannot slip",
    "query",
  );
}

const bare = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** The same letters in other writing (`Birth date`, `birthDate `), else the nearest by letters. */
function nearestHeader({ from, name, label }: ColumnDeclaration, headers: readonly string[]): string | undefined {
  const own = [from, name, label ?? ""].map(bare).filter((text) => text !== "");
  return (
    headers.find((header) => own.includes(bare(header))) ??
    headers.find((header) => bare(header).length > 3 && own.some((text) => text.includes(bare(header)))) ??
    nearestName(
      from,
      headers.filter((header) => header !== ""),
    )
  );
}
