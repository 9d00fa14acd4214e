/**
 * Places of the values in ascending order, equal values in the order given. Radix sort on the values as 32-bit floats:
 * values that differ by less than that (a part in ten million) count as equal.
 */
export function argsort(values: Float64Array): Int32Array {
  const n = values.length;
  const keys = new Uint32Array(new Float32Array(values).buffer);
  // Bits of a float sort like an unsigned number once negative ones are inverted and positive ones moved above them.
  for (let i = 0; i < n; i++) keys[i] = (keys[i] & 0x8000_0000) !== 0 ? ~keys[i] : keys[i] | 0x8000_0000;
  let order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  let other = new Int32Array(n);
  for (let shift = 0; shift < 33; shift += 11) {
    const start = new Int32Array(2049);
    for (let i = 0; i < n; i++) start[((keys[i] >>> shift) & 2047) + 1]++;
    for (let b = 0; b < 2048; b++) start[b + 1] += start[b];
    for (let i = 0; i < n; i++) {
      const place = order[i];
      other[start[(keys[place] >>> shift) & 2047]++] = place;
    }
    [order, other] = [other, order];
  }
  return order;
}
