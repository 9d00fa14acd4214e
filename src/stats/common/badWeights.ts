/** A weight is negative or not a number, or all of them are zero: a caller's mistake. */
export class BadWeights extends Error {
  override readonly name = "BadWeights";
}

/** Rows that count: those with a weight above 0, or all of them without weights. Throws `BadWeights`. */
export function rowsOfWeight(weights: Float64Array | undefined, n: number): Int32Array {
  if (weights === undefined) return Int32Array.from({ length: n }, (_, row) => row);
  const rows: number[] = [];
  for (let row = 0; row < n; row++) {
    const weight = weights[row];
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) throw new BadWeights(`weight ${row} is ${weight}`);
    if (weight > 0) rows.push(row);
  }
  if (rows.length === 0) throw new BadWeights("no weight is above zero");
  return Int32Array.from(rows);
}
