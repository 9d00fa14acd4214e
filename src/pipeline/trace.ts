import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { SafeExhibit } from "#disclosure";
import { Faults, nearestName } from "#domain";
import type { Publication } from "#report";

/** Where a figure comes from: what it means, what it rests on, which files, which units. */
export interface Trace {
  readonly exhibit: string;
  readonly title: string;
  readonly row?: string;
  readonly column?: string;
  /** The cell as printed and, where it is a number, at full precision. */
  readonly cell?: { readonly text: string; readonly value?: number; readonly reason?: string };
  readonly definition: string;
  readonly base: string;
  readonly set: string;
  readonly date: string;
  readonly filters: readonly string[];
  readonly model: string;
  readonly inputs: readonly {
    readonly source: string;
    readonly file: string;
    readonly sha256: string;
    readonly rows: string;
  }[];
  readonly registration: string;
  readonly program: string;
  /** Up to ten units behind the row. */
  readonly keys: readonly string[];
}

const MOST_KEYS = 10;

/**
 * Traces `exhibit`, `exhibit.row` or `exhibit.row.column`.
 * @throws Faults  `unknown-name` with the nearest name, at the level that is wrong.
 */
export function trace(publication: Publication, path: string): Trace {
  const [exhibitId = "", rowId, columnId, ...more] = path.split(".");
  if (more.length > 0) throw unknown(path, "A figure is named exhibit.row.column; this has more parts.", path, []);
  const exhibit = publication.exhibits.find((one) => one.id === exhibitId);
  if (exhibit === undefined) {
    throw unknown(
      path,
      `There is no exhibit ${exhibitId}.`,
      exhibitId,
      publication.exhibits.map((one) => one.id),
    );
  }
  const row = rowId === undefined ? undefined : exhibit.rows.find((one) => one.id === rowId);
  if (rowId !== undefined && row === undefined) {
    throw unknown(
      path,
      `${exhibitId} has no row ${rowId}.`,
      rowId,
      exhibit.rows.map((one) => one.id),
    );
  }
  if (columnId !== undefined && !exhibit.columns.some((column) => column.id === columnId)) {
    throw unknown(
      path,
      `${exhibitId} has no column ${columnId}.`,
      columnId,
      exhibit.columns.map((column) => column.id),
    );
  }
  const cell = columnId === undefined ? undefined : row!.cells[columnId];
  return {
    exhibit: exhibit.id,
    title: exhibit.title,
    ...(rowId !== undefined && { row: rowId }),
    ...(columnId !== undefined && { column: exhibit.columns.find((column) => column.id === columnId)!.label }),
    ...(cell !== undefined && {
      cell: {
        text: cell.text,
        ...(cell.value !== undefined && { value: cell.value }),
        ...(cell.reason !== undefined && { reason: cell.reason }),
      },
    }),
    definition: exhibit.about.definition,
    base: exhibit.about.base,
    set: exhibit.about.set,
    date: exhibit.about.date,
    filters: exhibit.about.filters,
    model: exhibit.about.model,
    inputs: inputsOf(publication, exhibit),
    registration: registrationOf(publication),
    program: programOf(publication),
    keys: (row?.keys ?? exhibit.about.keys ?? []).slice(0, MOST_KEYS),
  };
}

function inputsOf(publication: Publication, exhibit: SafeExhibit): Trace["inputs"] {
  return publication.sources
    .filter((source) => exhibit.about.sources.includes(source.id))
    .map(({ id, file, sha256, rows }) => ({ source: id, file, sha256, rows }));
}

/** Whether an input is still, in a data folder, the file that was read. */
export async function inputNow(
  dataFolder: string,
  input: Trace["inputs"][number],
): Promise<"unchanged" | "changed since" | "not there"> {
  const path = join(dataFolder, input.file);
  if (!existsSync(path)) return "not there";
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex") === input.sha256 ? "unchanged" : "changed since";
}

function registrationOf({ standing }: Publication): string {
  if (standing.registration === undefined) return "not registered: exploratory";
  return `record ${standing.registration.number}, digest ${standing.registration.meaning}`;
}

const programOf = ({ program, study }: Publication): string =>
  `${program.name} ${program.version}${program.commit === undefined ? "" : ` (${program.commit.slice(0, 12)})`}, grammar and defaults edition ${program.grammar}, seed ${study.seed}`;

function unknown(path: string, message: string, written: string, known: readonly string[]): Faults {
  const nearest = nearestName(written, known);
  const suggestion =
    nearest !== undefined
      ? `Nearest: ${nearest}.`
      : known.length > 0
        ? `There are: ${known.slice(0, 12).join(", ")}${known.length > 12 ? ", …" : ""}.`
        : "Write exhibit, exhibit.row or exhibit.row.column.";
  return new Faults(path, [{ code: "unknown-name", severity: "fault", message, suggestion }]);
}
