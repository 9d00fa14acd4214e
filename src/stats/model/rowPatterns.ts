/**
 * Rows that are the same in every column, bit for bit (so that two NaN are equal), taken together.
 *
 * @returns for each row its pattern, and for each pattern its first row; patterns in the order of their first rows.
 */
export function rowPatterns(
  rows: number,
  columns: readonly (Float64Array | Int32Array)[],
): { readonly patternOf: Int32Array; readonly firstRow: Int32Array } {
  const hash = new Int32Array(rows).fill(-2_128_831_035);
  for (const column of columns) {
    if (column instanceof Int32Array) {
      for (let i = 0; i < rows; i++) hash[i] = mix(hash[i] ^ column[i]);
    } else {
      const words = new Int32Array(column.buffer, column.byteOffset, 2 * rows);
      for (let i = 0; i < rows; i++) hash[i] = mix(mix(hash[i] ^ words[2 * i]) ^ words[2 * i + 1]);
    }
  }
  let slots = 16;
  while (slots < 2 * rows) slots *= 2;
  const table = new Int32Array(slots).fill(-1);
  const patternOf = new Int32Array(rows);
  const firstRow: number[] = [];
  for (let i = 0; i < rows; i++) {
    let slot = (hash[i] ^ (hash[i] >>> 15)) & (slots - 1);
    for (;;) {
      const pattern = table[slot];
      if (pattern < 0) {
        table[slot] = firstRow.length;
        patternOf[i] = firstRow.length;
        firstRow.push(i);
        break;
      }
      const first = firstRow[pattern];
      if (hash[first] === hash[i] && columns.every((column) => Object.is(column[first], column[i]))) {
        patternOf[i] = pattern;
        break;
      }
      slot = (slot + 1) & (slots - 1);
    }
  }
  return { patternOf, firstRow: Int32Array.from(firstRow) };
}

function mix(h: number): number {
  const own = Math.imul(h, 16_777_619);
  return own ^ (own >>> 13);
}
