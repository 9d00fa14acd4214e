import { type Interval, robustnessValue } from "#stats";
import { isClear } from "./alpha.ts";
import type { Effect, Estimable, HiddenBias } from "./effect.ts";

/**
 * How strong something nobody recorded would have to be, beside a result that excludes 0.
 *
 * The share of leftover variance that a regression explains is a matter of its rows, however they cluster: it follows from
 * t over the error that takes rows as independent, with the degrees of freedom of the rows. A few dozen degrees of freedom
 * of clustered errors in their place would make a small difference look as if it took a giant to explain it away. Clusters
 * count in the second figure: it is the share that brings the near end of the declared interval to 0.
 *
 * Source: Cinelli and Hazlett (2020), Journal of the Royal Statistical Society B 82(1), section 4.
 */
export function hiddenBiasOf({ point, unclustered }: Effect, level: number): HiddenBias | undefined {
  if (point.state !== "estimated" || unclustered === undefined || !isClear(point.p, level)) return undefined;
  const nearEnd = Math.min(Math.abs(point.low), Math.abs(point.high));
  return {
    robustnessValue: shareToUndo(point.estimate, unclustered),
    robustnessValueSignificance: point.low * point.high <= 0 ? 0 : shareToUndo(nearEnd, unclustered),
  };
}

/** The same in words, of an estimate and its interval with rows taken as independent. */
export function hiddenBiasWords(point: Estimable<Interval>, unclustered: Estimable<Interval>): string {
  if (point.state !== "estimated" || unclustered.state !== "estimated") return "hidden bias: no interval to weaken";
  const percent = (100 * shareToUndo(point.estimate, unclustered)).toFixed(1);
  return `hidden bias: an unobserved difference explaining ${percent}% of what is left over in treatment and outcome alike would bring the estimate to 0`;
}

/** The share of leftover variance, of treatment and outcome alike, that would undo so much of an estimate. */
const shareToUndo = (amount: number, { se, df }: Pick<Interval, "se" | "df">): number =>
  robustnessValue({ t: amount / se, df });
