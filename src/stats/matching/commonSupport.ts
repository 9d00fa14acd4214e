/**
 * 1 for each row whose score lies outside the range of the other arm's scores, for the arms asked about. The ends of the
 * range are inside it.
 */
export function commonSupport(
  score: Float64Array,
  treated: Uint8Array,
  discard: "treated" | "control" | "both" | "none",
): Uint8Array {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < score.length; row++) {
    low[treated[row]] = Math.min(low[treated[row]], score[row]);
    high[treated[row]] = Math.max(high[treated[row]], score[row]);
  }
  const asked = [discard === "control" || discard === "both", discard === "treated" || discard === "both"];
  return treated.map((arm, row) => {
    const other = 1 - arm;
    return Number(asked[arm] && (score[row] < low[other] || score[row] > high[other]));
  });
}
