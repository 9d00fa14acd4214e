/**
 * The E-value: how strongly, as a risk ratio, an unmeasured confounder would have to go with both treatment and outcome to
 * explain a risk ratio away, E = RR + √(RR·(RR − 1)) for RR ≥ 1 and the same of 1/RR below.
 *
 * @param riskRatio  Above 0. Of the end of an interval nearest 1: `eValueOfInterval`.
 * @throws RangeError  it is not above 0.
 *
 * Source: VanderWeele and Ding (2017), Annals of Internal Medicine 167(4).
 */
export function eValue(riskRatio: number): number {
  if (!(riskRatio > 0)) throw new RangeError(`a risk ratio is above 0, not ${riskRatio}`);
  const ratio = riskRatio < 1 ? 1 / riskRatio : riskRatio;
  return ratio + Math.sqrt(ratio * (ratio - 1));
}

/** The E-value of the end of an interval that is nearer to 1; 1 when the interval holds 1. */
export function eValueOfInterval({ low, high }: { readonly low: number; readonly high: number }): number {
  if (low <= 1 && high >= 1) return 1;
  return eValue(low > 1 ? low : high);
}

/** A measure brought to the risk-ratio scale, with what that takes for granted. */
export interface AsRiskRatio {
  readonly riskRatio: number;
  readonly assumes: string;
}

/**
 * Odds ratios and standardised differences on the risk-ratio scale, for the E-value.
 *
 * Source: VanderWeele and Ding (2017), table 2; Chinn (2000), Statistics in Medicine 19, for differences.
 */
export function asRiskRatio(
  measure: "odds ratio, rare outcome" | "odds ratio" | "standardised difference",
  value: number,
): AsRiskRatio {
  if (measure === "odds ratio, rare outcome") return { riskRatio: value, assumes: "the outcome is rarer than 15%" };
  if (measure === "odds ratio") return { riskRatio: Math.sqrt(value), assumes: "the outcome is between 20% and 80%" };
  return { riskRatio: Math.exp(0.91 * value), assumes: "the outcome is normal, and would be cut near its middle" };
}
