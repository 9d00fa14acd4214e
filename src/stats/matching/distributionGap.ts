/**
 * Kolmogorov-Smirnov statistic of two weighted samples: the largest gap between their distribution functions.
 *
 *     sup |F₁(x) − F₀(x)|,   Fₐ(x) = Σ w over rows of arm a with value ≤ x, over Σ w of the arm
 *
 * Only the smaller arm is sorted. Between two of its values its own function stands still and the other one rises, so that
 * the largest gap is at one of those values or just before it: one binary search for each row of the larger arm.
 *
 * @param values   NaN for a row without a value: it does not count.
 * @param treated  1 or 0 per row.
 * @param weights  Zero or more per row.
 * @param rows     The rows to look at.
 * @returns NaN where one arm has no weight.
 */
export function distributionGap(
  values: Float64Array,
  treated: Uint8Array,
  weights: Float64Array,
  rows: Int32Array,
): number {
  let inTreated = 0;
  for (let i = 0; i < rows.length; i++) inTreated += treated[rows[i]];
  const smaller = 2 * inTreated <= rows.length ? 1 : 0;

  const points = distinctValues(values, treated, weights, rows, smaller);
  // Own weight at point j; the other arm's weight at it, and between the point before and it.
  const own = new Float64Array(points.length);
  const at = new Float64Array(points.length);
  const before = new Float64Array(points.length + 1);
  let ownTotal = 0;
  let otherTotal = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const value = values[row];
    const weight = weights[row];
    if (Number.isNaN(value) || weight === 0) continue;
    const j = firstAtOrAbove(points, value);
    if (treated[row] === smaller) {
      own[j] += weight;
      ownTotal += weight;
    } else {
      otherTotal += weight;
      if (j < points.length && points[j] === value) at[j] += weight;
      else before[j] += weight;
    }
  }
  if (ownTotal === 0 || otherTotal === 0) return Number.NaN;
  let ownSum = 0;
  let otherSum = 0;
  let largest = 0;
  for (let j = 0; j < points.length; j++) {
    otherSum += before[j];
    largest = Math.max(largest, Math.abs(ownSum / ownTotal - otherSum / otherTotal));
    otherSum += at[j];
    ownSum += own[j];
    largest = Math.max(largest, Math.abs(ownSum / ownTotal - otherSum / otherTotal));
  }
  return largest;
}

/**
 * Mean gap between two weighted distribution functions, over the distinct values of both samples.
 * @returns NaN where one arm has no weight.
 */
export function meanDistributionGap(
  values: Float64Array,
  treated: Uint8Array,
  weights: Float64Array,
  rows: Int32Array,
): number {
  const used = rows.filter((row) => !Number.isNaN(values[row]) && weights[row] > 0);
  const totals = [0, 0];
  for (const row of used) totals[treated[row]] += weights[row];
  if (totals[0] === 0 || totals[1] === 0) return Number.NaN;
  used.sort((a, b) => values[a] - values[b]);
  let gap = 0;
  let sum = 0;
  let points = 0;
  for (let i = 0; i < used.length; i++) {
    const row = used[i];
    gap += treated[row] === 1 ? weights[row] / totals[1] : -weights[row] / totals[0];
    if (i + 1 < used.length && values[used[i + 1]] === values[row]) continue;
    sum += Math.abs(gap);
    points++;
  }
  return sum / points;
}

function distinctValues(
  values: Float64Array,
  treated: Uint8Array,
  weights: Float64Array,
  rows: Int32Array,
  arm: number,
): Float64Array {
  const own = Float64Array.from(
    rows.filter((row) => treated[row] === arm && weights[row] > 0 && !Number.isNaN(values[row])),
    (row) => values[row],
  ).sort();
  return own.filter((value, i) => i === 0 || value !== own[i - 1]);
}

function firstAtOrAbove(points: Float64Array, value: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
