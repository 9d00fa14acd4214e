/** Bits of a key sorted at a time. */
const DIGIT = 16;
const BUCKETS = 1 << DIGIT;

/**
 * Sorts rows by several keys, the first going before the second and so on; rows equal in all keep their order. Radix sort
 * on the bits of the keys, exact: the work is a few passes over the rows, where a comparison sort at national size takes a
 * second.
 *
 * @param rows  Rows to sort; left as they are.
 * @param keys  Each with one number per row, not NaN.
 */
export function sortRows(rows: Int32Array, keys: readonly (Float64Array | Int32Array)[]): Int32Array {
  let order = Int32Array.from(rows);
  let other = new Int32Array(rows.length);
  const counts = new Int32Array(BUCKETS + 1);
  for (const key of [...keys].reverse()) {
    const placed = placedByRank(order, key);
    if (placed !== undefined) {
      order = placed;
      continue;
    }
    const digits = digitsOf(key);
    for (let digit = 0; digit < digits.length; digit++) {
      const own = digits[digit];
      counts.fill(0);
      for (let i = 0; i < order.length; i++) counts[own[order[i]] + 1]++;
      // All rows share this digit: nothing moves.
      if (order.length > 0 && counts[own[order[0]] + 1] === order.length) continue;
      for (let b = 0; b < BUCKETS; b++) counts[b + 1] += counts[b];
      for (let i = 0; i < order.length; i++) other[counts[own[order[i]]]++] = order[i];
      [order, other] = [other, order];
    }
  }
  return order;
}

/** The rows by their rank, where the key is one: whole numbers from 0 on, below the number of rows, all different. */
function placedByRank(rows: Int32Array, key: Float64Array | Int32Array): Int32Array<ArrayBuffer> | undefined {
  const place = new Int32Array(key.length).fill(-1);
  for (let i = 0; i < rows.length; i++) {
    const rank = key[rows[i]];
    if (!(rank >= 0 && rank < key.length && Math.floor(rank) === rank) || place[rank] >= 0) return undefined;
    place[rank] = rows[i];
  }
  const result = new Int32Array(rows.length);
  for (let rank = 0, at = 0; rank < place.length; rank++) if (place[rank] >= 0) result[at++] = place[rank];
  return result;
}

/** The key of every row in digits that sort as unsigned numbers, the least first. */
function digitsOf(key: Float64Array | Int32Array): Uint16Array[] {
  const width = key.BYTES_PER_ELEMENT / 2;
  // Adding 0 turns −0 into 0.
  const copy = key instanceof Float64Array ? key.map((value) => value + 0) : key.slice();
  const words = new Uint16Array(copy.buffer);
  const digits = Array.from({ length: width }, () => new Uint16Array(key.length));
  for (let i = 0, at = 0; i < key.length; i++, at += width) {
    const isNegative = words[at + width - 1] >= 0x8000;
    // A double below zero sorts backwards: all its bits are turned. The sign bit of the others, and of integers, is.
    const turned = isNegative && width === 4 ? 0xffff : 0;
    for (let digit = 0; digit < width; digit++) digits[digit][i] = words[at + digit] ^ turned;
    if (turned === 0) digits[width - 1][i] ^= 0x8000;
  }
  return digits;
}
