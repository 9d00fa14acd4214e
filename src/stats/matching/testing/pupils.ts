import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "..", "test", "reference");
const [HEADER, ...LINES] = readFileSync(join(FOLDER, "matching-pupils.csv"), "utf8")
  .trim()
  .replaceAll('"', "")
  .split("\n");
const COLUMNS = HEADER.split(",");
const CELLS = LINES.map((line) => line.split(","));

/** A column of the simulated pupils. */
export function column(name: string): Float64Array {
  const j = COLUMNS.indexOf(name);
  return Float64Array.from(CELLS, (cells) => Number(cells[j]));
}

/** 0/1 columns of some levels of a category of the simulated pupils. */
export function factorColumns(name: string, levels: readonly string[]): Float64Array[] {
  const j = COLUMNS.indexOf(name);
  return levels.map((level) => Float64Array.from(CELLS, (cells) => Number(cells[j] === level)));
}

/** The expected part of one file in `test/reference/`. */
export function expectedIn<T>(path: string): T {
  return JSON.parse(readFileSync(join(FOLDER, path), "utf8")).expect;
}
