import { readFileSync } from "node:fs";
import type { ModelData, Variable } from "#stats";

/** A CSV file that cannot be read, with the line. */
export class BadCsv extends Error {
  override readonly name = "BadCsv";
}

/**
 * Reads a CSV file as variables. A column is a category when any of its cells is quoted or is no number; its levels stand
 * in the order given, else sorted. Empty cells are missing.
 * @param levels  The order of levels by column; the first is the reference.
 * @throws BadCsv  a line has too few or too many cells, a quote stays open, a value is in no given level, the file is empty.
 */
export function readCsv(path: string, levels: ReadonlyMap<string, readonly string[]> = new Map()): ModelData {
  const rows = cellsOf(path, textOf(path));
  const header = rows.shift();
  if (header === undefined) throw new BadCsv(`${path}: the file is empty; a header line is expected`);
  for (const row of rows) {
    if (row.cells.length !== header.cells.length) {
      throw new BadCsv(
        `${path}, line ${row.line}: ${row.cells.length} cells where the header names ${header.cells.length}`,
      );
    }
  }
  const names = header.cells.map(({ text }) => text);
  const twice = names.find((name, j) => names.indexOf(name) < j);
  if (twice !== undefined) throw new BadCsv(`${path}: two columns are called "${twice}"`);
  if (rows.length === 0) throw new BadCsv(`${path}: there is a header and no row`);
  for (const name of levels.keys()) {
    if (!header.cells.some(({ text }) => text === name)) {
      throw new BadCsv(
        `${path}: levels are given for "${name}", but the columns are ${header.cells.map(({ text }) => text).join(", ")}`,
      );
    }
  }
  return new Map(
    header.cells.map(({ text: name }, j) => [
      name,
      variable(
        path,
        name,
        rows.map(({ cells }) => cells[j]),
        levels.get(name),
      ),
    ]),
  );
}

/** The text of a file, its line ends as "\n". */
function textOf(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new BadCsv(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r\n?/g, "\n");
  } catch (cause) {
    throw new BadCsv(`${path} is not UTF-8: save it as UTF-8`, { cause });
  }
}

interface Cell {
  readonly text: string;
  readonly isQuoted: boolean;
}

function variable(path: string, name: string, cells: readonly Cell[], levels: readonly string[] | undefined): Variable {
  const isNumber = (cell: Cell) => cell.text === "" || (!cell.isQuoted && !Number.isNaN(numberOf(cell.text)));
  if (levels === undefined && cells.every(isNumber)) {
    return {
      kind: "number",
      values: Float64Array.from(cells, ({ text }) => (text === "" ? Number.NaN : numberOf(text))),
    };
  }
  const used = levels ?? [...new Set(cells.map(({ text }) => text))].filter((text) => text !== "").sort(naturally);
  const places = new Map(used.map((level, code) => [level, code]));
  const codes = Int32Array.from(cells, ({ text }, i) => {
    const code = places.get(text) ?? -1;
    if (code < 0 && text !== "") {
      throw new BadCsv(`${path}, row ${i + 1}, column "${name}": "${text}" is none of the levels ${used.join(", ")}`);
    }
    return code;
  });
  return { kind: "factor", codes, levels: used };
}

/** A number as R reads it; NaN for anything else. */
function numberOf(text: string): number {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

/** Numbers by size, words by letter without regard to case, as R sorts the levels of a factor. */
function naturally(a: string, b: string): number {
  const both = Number(a) - Number(b);
  return Number.isNaN(both) ? a.localeCompare(b, "en") : both;
}

interface Row {
  readonly line: number;
  readonly cells: Cell[];
}

function cellsOf(path: string, text: string): Row[] {
  const rows: Row[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const row: Row = { line, cells: [] };
    for (;;) {
      let own = "";
      const isQuoted = text[at] === '"';
      if (isQuoted) {
        at++;
        for (;;) {
          if (at >= text.length) throw new BadCsv(`${path}, line ${row.line}: a quote is opened and not closed`);
          if (text[at] === '"' && text[at + 1] !== '"') break;
          if (text[at] === '"') at++;
          if (text[at] === "\n") line++;
          own += text[at++];
        }
        at++;
      } else {
        const end = /[,\n]|$/g;
        end.lastIndex = at;
        const stop = end.exec(text)!.index;
        own = text.slice(at, stop).trim();
        at = stop;
      }
      row.cells.push({ text: !isQuoted && (own === "NA" || own === "NaN") ? "" : own, isQuoted });
      if (text[at] !== ",") break;
      at++;
    }
    if (at < text.length && text[at] !== "\n") throw new BadCsv(`${path}, line ${line}: text after a closing quote`);
    at++;
    line++;
    if (row.cells.length > 1 || row.cells[0].text !== "" || row.cells[0].isQuoted) rows.push(row);
  }
  return rows;
}
