/**
 * Sample quantiles by linear interpolation between the order statistics (R's type 7).
 * @param values         Without NaN, at least one.
 * @param probabilities  Each from 0 to 1.
 */
export function quantiles(values: Float64Array, probabilities: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  return probabilities.map((p) => {
    const place = p * (sorted.length - 1);
    // A place meant to be whole may lie a rounding beside it.
    const low = Math.floor(place + 4 * Number.EPSILON * Math.max(1, place));
    const share = place - low;
    if (Math.abs(share) < 1e-12 || low + 1 >= sorted.length) return sorted[Math.min(low, sorted.length - 1)];
    return sorted[low] + share * (sorted[low + 1] - sorted[low]);
  });
}
