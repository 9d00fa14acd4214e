import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { type Fault, Faults, type WrittenRow, type WrittenTable } from "#domain";
import { Engine } from "#table";
import { CsvScan } from "./csvScan.ts";
import { CsvText } from "./csvText.ts";
import { passBytes } from "./fileBytes.ts";
import { locateFile } from "./locateFile.ts";
import { readSheet } from "./readSheet.ts";
import { decodeWindows1252 } from "./windows1252.ts";

const DELIMITERS = [",", ";", "\t", "|"] as const;

export interface WrittenOptions {
  /** The folder that `file` is relative to. */
  readonly folder: string;
  /** The sheet of a workbook that is meant; its first one where it has none of that name. */
  readonly sheet?: string;
}

/**
 * Reads a file a person filled in, CSV or workbook, as written: every cell is text, and what is wrong with the file is
 * handed over beside the rows that could still be read. For files of people, not of nations: all rows are held at once.
 *
 * Text that is not UTF-8 is read as Windows-1252, and text divided by semicolons, tabs or bars as such; both are faults.
 * @throws Faults  nothing can be read: the file is missing, empty, UTF-16, damaged, or a quote in it never closes.
 */
export async function readWritten(file: string, options: WrittenOptions): Promise<WrittenTable> {
  const path = locate(options.folder, file);
  return /\.xlsx$/i.test(file) ? await fromSheet(path, file, options.sheet) : await fromText(path, file);
}

/** Whoever names a file by its path has no data folder that it could be missing from. */
function locate(folder: string, file: string): string {
  try {
    return locateFile(folder, file);
  } catch (problem) {
    const fault = problem instanceof Faults ? problem.faults[0]! : undefined;
    if (fault?.code !== "file-missing" && fault?.code !== "data-folder-missing") throw problem;
    const nearest = fault.suggestion?.startsWith("Nearest") === true ? fault.suggestion : "Check the path.";
    const message = `There is no file ${join(folder, file)}.`;
    throw new Faults(file, [{ code: "file-missing", severity: "fault", message, suggestion: nearest }]);
  }
}

async function fromText(path: string, file: string): Promise<WrittenTable> {
  const parts: Buffer[] = [];
  const { sha256 } = await passBytes({ path, file }, (chunk) => parts.push(chunk));
  const bytes = Buffer.concat(parts);
  const delimiter = delimiterOf(bytes);
  const scan = new CsvScan({ file, delimiter, encoding: "utf-8" });
  scan.push(bytes);
  const { faults } = scan.end();
  const unreadable = faults.filter(({ code }) => code === "quote-unclosed" || code === "nul-byte");
  if (unreadable.length > 0) throw new Faults(file, unreadable);

  const isUtf8 = !faults.some(({ code }) => code === "encoding-wrong");
  const records: WrittenRow[] = [];
  const text = new CsvText(
    delimiter,
    (fields, places) => records.push({ line: places[0]!.line, cells: [...fields] }),
    true,
  );
  const decoded = isUtf8 ? new StringDecoder("utf8").write(bytes) : decodeWindows1252(bytes);
  text.push(decoded.startsWith("\ufeff") ? decoded.slice(1) : decoded);
  text.end();
  const [header, ...rows] = records;
  const headers = (header?.cells ?? []).map((cell) => cell ?? "");
  return {
    file,
    headers,
    rows: headers.length > 1 ? rows.filter(({ cells }) => cells.length > 1) : rows,
    placeWord: "line",
    faults: [...(delimiter === "," ? [] : [otherDelimiter(file, delimiter)]), ...faults.map(inWordsOfTheReturn)],
    sha256,
  };
}

/** The sign that divides the header: a comma unless the header has none and has another. */
function delimiterOf(bytes: Buffer): string {
  const end = bytes.findIndex((byte) => byte === 10 || byte === 13);
  const header = bytes.subarray(0, end < 0 ? bytes.length : end).toString("latin1");
  return DELIMITERS.find((mark) => header.includes(mark)) ?? ",";
}

function otherDelimiter(file: string, delimiter: string): Fault {
  const shown = { ";": "semicolons", "\t": "tabs", "|": "vertical bars" }[delimiter];
  return {
    code: "delimiter-other",
    severity: "fault",
    place: { file, line: 1, column: 1 },
    message: `${file} is divided by ${shown}; the template is divided by commas.`,
    suggestion: "Save it as CSV with commas; office programs call that `CSV UTF-8 (comma delimited)`.",
  };
}

const SAVE_AS_UTF8 =
  "Save it as UTF-8; office programs call that `CSV UTF-8`. Accents in names may be lost until then.";

/** Whoever fills in a return has no study to declare an encoding in. */
function inWordsOfTheReturn(fault: Fault): Fault {
  if (fault.code === "encoding-wrong") return { ...fault, suggestion: SAVE_AS_UTF8 };
  if (fault.code !== "row-ragged") return fault;
  const suggestion = 'A value with a comma in it must stand in quotes ("Smith, Ann"); empty cells keep their commas.';
  return { ...fault, suggestion };
}

async function fromSheet(path: string, file: string, sheet: string | undefined): Promise<WrittenTable> {
  const engine = await Engine.open();
  try {
    const source = { ...WORKBOOK, id: file, file };
    const { delivery, stored } = await readSheet(
      engine,
      sheet === undefined ? source : { ...source, sheet },
      path,
    ).catch(async (problem: unknown) => {
      const isUnknown = problem instanceof Faults && problem.faults.some(({ code }) => code === "sheet-unknown");
      if (sheet === undefined || !isUnknown) throw problem;
      return await readSheet(engine, source, path);
    });
    const columns = delivery.headers.map((_, i) => delivery.columnOf(i)).join(", ");
    const rows = await engine.rows(`SELECT ${columns} FROM ${delivery.relation}`);
    return {
      file,
      headers: delivery.headers,
      rows: rows
        .map((cells, i) => ({ line: i + 2, cells: cells.map((cell) => (cell === null ? null : String(cell))) }))
        .filter(({ cells }) => cells.some((cell) => cell !== null)),
      placeWord: "row",
      faults: [],
      sha256: stored.sha256,
    };
  } finally {
    engine.close();
  }
}

const WORKBOOK = {
  format: "xlsx",
  encoding: "utf-8",
  delimiter: ",",
  key: [],
  columns: [],
  confirm: [],
  breaks: [],
} as const;
