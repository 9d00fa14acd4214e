import { readFile } from "node:fs/promises";
import type { CellValue, Sheet } from "hucre/xlsx";
import { type Fault, Faults, nearestName, type SourceDeclaration } from "#domain";
import { type Engine, quoteName, type TextRow } from "#table";
import type { Delivery } from "./delivery.ts";
import { digestFile, type StoredBytes } from "./fileBytes.ts";
import { noRows } from "./readCsv.ts";

const MIDNIGHT = "T00:00:00.000Z";

/**
 * Makes one sheet of a workbook readable: the declared sheet, or the first, within the declared range. The first row is
 * the header; rows without any value at the end are not rows. Dates, truth values and numbers come as such.
 *
 * A cell shown as a percentage is held as a fraction; under a column declared `percent` it is read as it is shown.
 *
 * @throws Faults  `workbook-damaged`, `sheet-unknown`, `range-wrong`, `header-empty`, `no-rows`.
 */
export async function readSheet(
  engine: Engine,
  source: SourceDeclaration,
  path: string,
): Promise<{ delivery: Delivery; stored: StoredBytes }> {
  const stored = await digestFile(path);
  const box = readRange(source);
  const sheet = await openSheet(source, path);
  const left = box?.left ?? 0;
  const right = box?.right ?? widthOf(sheet) - 1;
  const top = box?.top ?? 0;
  const cell = (row: number, column: number): CellValue => sheet.rows[row]?.[column] ?? null;

  const headers = Array.from({ length: right - left + 1 }, (_, c) => asText(cell(top, left + c)) ?? "");
  if (headers.every((header) => header === "")) throw new Faults(source.file, [headerEmpty(source, top)]);
  const isPercent = headers.map((header) =>
    source.columns.some(({ from, type }) => from === header && type === "percent"),
  );

  const rows: TextRow[] = [];
  for (let row = top + 1; row <= Math.min(box?.bottom ?? sheet.rows.length - 1, sheet.rows.length - 1); row++) {
    rows.push(
      headers.map((_, c) => {
        const value = cell(row, left + c);
        return isPercent[c] && typeof value === "number" && isShownAsPercent(sheet, row, left + c)
          ? percentText(value)
          : asText(value);
      }),
    );
  }
  while (rows.at(-1)?.every((text) => text === null)) rows.pop();
  if (rows.length === 0) throw new Faults(source.file, [noRows(source.file)]);

  const names = headers.map((_, c) => `c${c}`);
  await engine.createTextTable("delivered", names, [rows]);
  return {
    delivery: {
      headers,
      records: rows.length,
      relation: quoteName("delivered"),
      columnOf: (header) => quoteName(`c${header}`),
      isTyped: true,
      placeWord: "row",
      locate: async (cells) => cells.map(({ record, field }) => ({ line: top + 2 + record, column: left + field + 1 })),
    },
    stored,
  };
}

async function openSheet(source: SourceDeclaration, path: string): Promise<Sheet> {
  // Loaded when first needed: most studies hold no workbook.
  const { readXlsx } = await import("hucre/xlsx");
  const names: string[] = [];
  let sheets: readonly Sheet[];
  try {
    const workbook = await readXlsx(await readFile(path), {
      readStyles: true,
      sheets: (info, index) => {
        names.push(info.name);
        return source.sheet === undefined ? index === 0 : info.name === source.sheet;
      },
    });
    sheets = workbook.sheets;
  } catch (problem) {
    const fault: Fault = {
      code: "workbook-damaged",
      severity: "fault",
      message: `${source.file} cannot be read as a workbook.`,
      suggestion: "Save it again as .xlsx without a password, or declare the `format` it has.",
    };
    throw Object.assign(new Faults(source.file, [fault]), { cause: problem });
  }
  const sheet = sheets[0];
  if (sheet !== undefined) return sheet;
  const nearest = nearestName(source.sheet ?? "", names);
  const fault: Fault = {
    code: "sheet-unknown",
    severity: "fault",
    message: `${source.file} has no sheet "${source.sheet}". Its sheets: ${names.map((name) => `"${name}"`).join(", ")}.`,
    ...(nearest !== undefined && { suggestion: `Nearest: "${nearest}".` }),
  };
  throw new Faults(source.file, [fault]);
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function readRange(source: SourceDeclaration): Box | undefined {
  if (source.range === undefined) return undefined;
  const parts = /^([A-Z]{1,3})([1-9]\d*):([A-Z]{1,3})([1-9]\d*)$/.exec(source.range);
  const box = parts && {
    left: columnNumber(parts[1]!),
    top: Number(parts[2]) - 1,
    right: columnNumber(parts[3]!),
    bottom: Number(parts[4]) - 1,
  };
  if (box !== null && box.left <= box.right && box.top <= box.bottom) return box;
  const fault: Fault = {
    code: "range-wrong",
    severity: "fault",
    message: `\`range: ${source.range}\` names no cells.`,
    suggestion: "Write the first and the last cell, as in `B3:H200`.",
  };
  throw new Faults(source.file, [fault]);
}

/** `A` is 0, `Z` 25, `AA` 26. */
function columnNumber(letters: string): number {
  let number = 0;
  for (const letter of letters) number = number * 26 + letter.charCodeAt(0) - 64;
  return number - 1;
}

const widthOf = (sheet: Sheet): number => sheet.rows.reduce((width, row) => Math.max(width, row.length), 1);

function asText(value: CellValue): string | null {
  if (value === null || value === "") return null;
  if (!(value instanceof Date)) return String(value);
  const iso = value.toISOString();
  return iso.endsWith(MIDNIGHT) ? iso.slice(0, 10) : iso.slice(0, 19).replace("T", " ");
}

const isShownAsPercent = (sheet: Sheet, row: number, column: number): boolean =>
  sheet.cells?.get(`${row},${column}`)?.style?.numFmt?.includes("%") === true;

/** Fifteen digits are what a workbook holds: 0.57 × 100 would otherwise be 56.99999999999999. */
const percentText = (fraction: number): string => `${Number((fraction * 100).toPrecision(15))}%`;

function headerEmpty(source: SourceDeclaration, top: number): Fault {
  return {
    code: "header-empty",
    severity: "fault",
    message: `Row ${top + 1} of the sheet in ${source.file} is empty; it must name the columns.`,
    suggestion: "Declare `range` so that it begins at the header, for example `A3:H200`.",
  };
}
