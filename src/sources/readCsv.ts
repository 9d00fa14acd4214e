import { StringDecoder } from "node:string_decoder";
import { type Fault, Faults } from "#domain";
import { type Engine, quoteName, quotePath, quoteText, type TextRow } from "#table";
import { CsvScan, type CsvStructure } from "./csvScan.ts";
import { CsvText, type FieldPlace } from "./csvText.ts";
import type { CellPlace, Delivery, RecordCell } from "./delivery.ts";
import { isCompressed, passBytes, type StoredBytes } from "./fileBytes.ts";
import { decodeWindows1252 } from "./windows1252.ts";

/** The engine's reader refuses records above two million bytes; longer ones are read here. */
const LONGEST_RECORD = 1_000_000;
const BATCH_ROWS = 8192;

export interface CsvFile {
  readonly path: string;
  /** As the study writes it. */
  readonly file: string;
  readonly delimiter: string;
  readonly encoding: "utf-8" | "windows-1252";
  /** Headers of the declared columns: no other is kept. */
  readonly wanted: readonly string[];
}

/**
 * Makes a delimited file readable. It is walked over once, so that everything wrong with its structure is said with its
 * line; then the engine reads it, by position, in the order of the header as we read it.
 *
 * @throws Faults  `encoding-wrong`, `nul-byte`, `row-ragged`, `quote-unclosed`, `quote-misplaced`, `gzip-damaged`, `no-rows`.
 */
export async function readCsv(engine: Engine, csv: CsvFile): Promise<{ delivery: Delivery; stored: StoredBytes }> {
  const scan = new CsvScan(csv);
  const stored = await passBytes(csv, (chunk) => scan.push(chunk));
  const structure = scan.end();
  const headers = readHeader(structure, csv);
  if (structure.faults.length > 0) throw new Faults(csv.file, structure.faults);
  if (structure.records === 0) throw new Faults(csv.file, [noRows(csv.file)]);

  const columnOf = (header: number): string => quoteName(`c${header}`);
  const names = headers.map((_, header) => `c${header}`);
  const isEngines = csv.encoding === "utf-8" && structure.isRegular && structure.longestRecord < LONGEST_RECORD;
  const relation = isEngines ? engineReader(csv, names, structure) : quoteName("delivered");
  if (!isEngines) await engine.createTextTable("delivered", names, await ownReader(csv, headers));
  return {
    delivery: {
      headers,
      records: structure.records,
      relation,
      columnOf,
      isTyped: false,
      placeWord: "line",
      locate: (cells) => locateCells(csv, cells),
    },
    stored,
  };
}

/** The engine's own reader, set to read what `CsvScan` has read, by position. */
export function engineReader(
  { path, delimiter }: CsvFile,
  names: readonly string[],
  { hasLineBreakInQuotes, lineEnd }: CsvStructure,
): string {
  const columns = names.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(", ");
  const options = [
    `columns = {${columns}}`,
    "auto_detect = false",
    "header = true",
    `delim = ${quoteText(delimiter)}`,
    "quote = '\"'",
    "escape = '\"'",
    `compression = '${isCompressed(path) ? "gzip" : "none"}'`,
    // Said, since the engine would guess it from line breaks in quotes as well.
    `new_line = ${quoteText(JSON.stringify(lineEnd).slice(1, -1))}`,
    // A piece of a file that starts inside a quoted line break would be read wrongly.
    `parallel = ${!hasLineBreakInQuotes}`,
  ];
  return `read_csv(${quotePath(path)}, ${options.join(", ")})`;
}

/** Rows of the file without its header, in batches. */
async function ownReader(csv: CsvFile, headers: readonly string[]): Promise<readonly (readonly TextRow[])[]> {
  const batches: TextRow[][] = [];
  let batch: TextRow[] = [];
  const isWanted = headers.map((header) => csv.wanted.includes(header));
  let isHeader = true;
  const text = new CsvText(csv.delimiter, (fields) => {
    if (isHeader) isHeader = false;
    else if (headers.length > 1 && fields.length === 1) return;
    else {
      batch.push(fields.map((field, i) => (isWanted[i] ? field : null)));
      if (batch.length === BATCH_ROWS) {
        batches.push(batch);
        batch = [];
      }
    }
  });
  await passText(csv, text);
  batches.push(batch);
  return batches;
}

async function passText(csv: CsvFile, text: CsvText): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let isFirst = true;
  await passBytes(csv, (chunk) => {
    let piece = csv.encoding === "utf-8" ? decoder.write(chunk) : decodeWindows1252(chunk);
    if (isFirst && piece.startsWith("\ufeff")) piece = piece.slice(1);
    isFirst = false;
    text.push(piece);
  });
  text.end();
}

function readHeader({ header }: CsvStructure, { encoding, delimiter, file }: CsvFile): readonly string[] {
  const text = encoding === "utf-8" ? header.toString("utf8") : decodeWindows1252(header);
  let headers: TextRow = [];
  const reader = new CsvText(delimiter, (fields) => {
    headers = fields;
  });
  reader.push(text);
  reader.end();
  if (headers.every((name) => name === null)) {
    const fault: Fault = {
      code: "header-empty",
      severity: "fault",
      place: { file, line: 1, column: 1 },
      message: `The first line of ${file} is empty; it must name the columns.`,
      suggestion: "Remove the lines above the header.",
    };
    throw new Faults(file, [fault]);
  }
  return headers.map((name) => name ?? "");
}

export function noRows(file: string): Fault {
  return {
    code: "no-rows",
    severity: "fault",
    message: `${file} has a header and no rows.`,
    suggestion: "Check that the whole file was delivered.",
  };
}

async function locateCells(csv: CsvFile, cells: readonly RecordCell[]): Promise<readonly CellPlace[]> {
  const places: CellPlace[] = cells.map(() => ({ line: 1, column: 1 }));
  const order = [...cells.keys()].sort((a, b) => cells[a]!.record - cells[b]!.record);
  let next = 0;
  let record = -1;
  let width = 0;
  const note = (fields: TextRow, found: readonly FieldPlace[]): void => {
    if (width === 0) width = fields.length;
    if (width > 1 && fields.length === 1) return;
    for (; next < order.length && cells[order[next]!]!.record === record; next++) {
      places[order[next]!] = found[cells[order[next]!]!.field]!;
    }
    record++;
  };
  await passText(csv, new CsvText(csv.delimiter, note, true));
  return places;
}
