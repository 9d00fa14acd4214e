/**
 * 1 for each row whose score lies outside the range of the other arm's scores, for the arms asked about. The ends of the
 * range are inside it.
 */
export function commonSupport(
  score: Float64Array,
  treated: Uint8Array,
  discard: "treated" | "control" | "both" | "none",
): Uint8Array {
  const isDiscarded = new Uint8Array(score.length);
  if (discard === "none") return isDiscarded;
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < score.length; row++) {
    low[treated[row]] = Math.min(low[treated[row]], score[row]);
    high[treated[row]] = Math.max(high[treated[row]], score[row]);
  }
  const asked = [discard === "control" || discard === "both", discard === "treated" || discard === "both"];
  for (let row = 0; row < score.length; row++) {
    const other = 1 - treated[row];
    if (asked[treated[row]] && (score[row] < low[other] || score[row] > high[other])) isDiscarded[row] = 1;
  }
  return isDiscarded;
}
