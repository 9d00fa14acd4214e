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
export function readCsv(path: string, levels: Readonly<Record<string, readonly string[]>> = {}): ModelData {
  const rows = cellsOf(path, readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  const header = rows.shift();
  if (header === undefined) throw new BadCsv(`${path}: the file is empty; a header line is expected`);
  for (const row of rows) {
    if (row.cells.length !== header.cells.length) {
      throw new BadCsv(
        `${path}, line ${row.line}: ${row.cells.length} cells where the header names ${header.cells.length}`,
      );
    }
  }
  for (const name of Object.keys(levels)) {
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
        levels[name],
      ),
    ]),
  );
}

interface Cell {
  readonly text: string;
  readonly isQuoted: boolean;
}

function variable(path: string, name: string, cells: readonly Cell[], levels: readonly string[] | undefined): Variable {
  const isNumber = (cell: Cell) => cell.text === "" || (!cell.isQuoted && Number.isFinite(Number(cell.text)));
  if (levels === undefined && cells.every(isNumber)) {
    return {
      kind: "number",
      values: Float64Array.from(cells, ({ text }) => (text === "" ? Number.NaN : Number(text))),
    };
  }
  const used = levels ?? [...new Set(cells.map(({ text }) => text))].filter((text) => text !== "").sort(naturally);
  const codes = Int32Array.from(cells, ({ text }, i) => {
    const code = used.indexOf(text);
    if (code < 0 && text !== "") {
      throw new BadCsv(`${path}, row ${i + 1}, column "${name}": "${text}" is none of the levels ${used.join(", ")}`);
    }
    return code;
  });
  return { kind: "factor", codes, levels: used };
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
        const end = /[,\r\n]|$/g;
        end.lastIndex = at;
        const stop = end.exec(text)!.index;
        own = text.slice(at, stop).trim();
        at = stop;
      }
      row.cells.push({ text: own === "NA" && !isQuoted ? "" : own, isQuoted });
      if (text[at] !== ",") break;
      at++;
    }
    while (text[at] === "\r") at++;
    if (at < text.length && text[at] !== "\n") throw new BadCsv(`${path}, line ${line}: text after a closing quote`);
    at++;
    line++;
    if (row.cells.length > 1 || row.cells[0].text !== "" || row.cells[0].isQuoted) rows.push(row);
  }
  return rows;
}
