import { checkLength } from "#math";

/**
 * Sum of |score of treated − score of comparison row| over all such pairs within the strata. Sorted within each stratum,
 * so that the work is n log n and not the number of pairs.
 * @param stratum  Number of the stratum per row, −1 for none.
 * @throws ShapeMismatch  the lengths disagree.
 */
export function distanceWithinStrata(score: Float64Array, treated: Uint8Array, stratum: Int32Array): number {
  checkLength("treated", treated.length, score.length);
  checkLength("stratum", stratum.length, score.length);
  const rows = Int32Array.from({ length: score.length }, (_, row) => row)
    .filter((row) => stratum[row] >= 0)
    .sort((a, b) => stratum[a] - stratum[b] || score[a] - score[b]);
  let total = 0;
  // Per arm: rows so far in the stratum, and the sum of their scores above that of its first row.
  const count = [0, 0];
  const sum = [0, 0];
  let origin = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (i === 0 || stratum[row] !== stratum[rows[i - 1]]) {
      count.fill(0);
      sum.fill(0);
      origin = score[row];
    }
    const value = score[row] - origin;
    const other = 1 - treated[row];
    total += count[other] * value - sum[other];
    count[treated[row]]++;
    sum[treated[row]] += value;
  }
  return total;
}
