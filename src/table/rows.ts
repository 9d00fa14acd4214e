/** Every row, in order. */
export function allRows(rows: number): Int32Array<ArrayBuffer> {
  const all = new Int32Array(rows);
  for (let row = 0; row < rows; row++) all[row] = row;
  return all;
}

/** The rows that meet a condition, ascending. Lists of millions of numbers, as `filter` over keys makes, take ten times as long. */
export function rowsWhere(rows: number, holds: (row: number) => boolean): Int32Array<ArrayBuffer> {
  const found = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) if (holds(row)) found[count++] = row;
  return found.slice(0, count);
}

/**
 * One number a row, from the row. A panel passes through here for every column: `from` with a function takes several times
 * as long.
 */
export function numbersOf(rows: number, of: (row: number) => number): Float64Array<ArrayBuffer> {
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) values[row] = of(row);
  return values;
}

/** One whole number a row, in the same way. */
export function wholesOf(rows: number, of: (row: number) => number): Int32Array<ArrayBuffer> {
  const values = new Int32Array(rows);
  for (let row = 0; row < rows; row++) values[row] = of(row);
  return values;
}

/** 1 for the rows that meet a condition. */
export function flagsOf(rows: number, holds: (row: number) => boolean): Uint8Array<ArrayBuffer> {
  const flags = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) if (holds(row)) flags[row] = 1;
  return flags;
}
