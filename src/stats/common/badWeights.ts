/** A weight is negative or not a number, or all of them are zero: a caller's mistake. */
export class BadWeights extends Error {
  override readonly name = "BadWeights";
}

/** Rows that count: those with a weight above 0, or all of them without weights. Throws `BadWeights`. */
export function rowsOfWeight(weights: Float64Array | undefined, n: number): Int32Array {
  const rows = new Int32Array(n);
  let count = 0;
  for (let row = 0; row < n; row++) {
    const weight = weights === undefined ? 1 : weights[row];
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) throw new BadWeights(`weight ${row} is ${weight}`);
    if (weight > 0) rows[count++] = row;
  }
  if (count === 0 && weights !== undefined) throw new BadWeights("no weight is above zero");
  return rows.subarray(0, count);
}

/** The values of some rows; `otherwise` for each when there are none. */
export function valuesOf(values: Float64Array | undefined, rows: Int32Array, otherwise: number): Float64Array {
  const result = new Float64Array(rows.length);
  if (values === undefined) return result.fill(otherwise);
  for (let i = 0; i < result.length; i++) result[i] = values[rows[i]];
  return result;
}
