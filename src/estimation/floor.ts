import type { Interval } from "#stats";
import type { EffectBase, Estimable } from "./effect.ts";

/** Below these an interval is not shown (methods, section 6). */
export const FLOOR = { treatedClusters: 6, df: 5 };
/** Below this number of units nothing is estimated. */
export const FEWEST_UNITS = 10;
/** Below these a bootstrap stands beside the interval. */
export const FEW = { treatedClusters: 20, df: 20 };

/** An interval, or why it is too thin to be shown: too few treated clusters, degrees of freedom or treated units. */
export function aboveFloor(interval: Interval, base: EffectBase, minimum: number): Estimable<Interval> {
  const reason = tooFewClusters(base) ?? thinDf(interval) ?? tooFewToReport(base, minimum);
  return reason === undefined ? { state: "estimated", ...interval } : { state: "not estimable", reason };
}

/**
 * Why a result reads "too few to report", or undefined (D-33: 30 people, or 6 treated clusters). A minimum of 0 stands for
 * the rule by clusters, which the protocol resolves where units are schools, areas or alliances.
 */
export function tooFewToReport(
  base: Pick<EffectBase, "treated" | "treatedClusters">,
  minimum: number,
): string | undefined {
  if (minimum > 0) return base.treated < minimum ? `too few to report: fewer than ${minimum} treated` : undefined;
  const reason = tooFewClusters(base);
  return reason === undefined ? undefined : `too few to report: ${reason}`;
}

/**
 * Why no interval can be shown whatever the errors are, known before they are worked out: with few clusters, large as they
 * then are, that is most of the work.
 */
export function tooFewClusters({ treatedClusters }: Pick<EffectBase, "treatedClusters">): string | undefined {
  if (treatedClusters >= FLOOR.treatedClusters) return undefined;
  return `only ${treatedClusters} treated cluster${treatedClusters === 1 ? "" : "s"}, under ${FLOOR.treatedClusters}`;
}

function thinDf({ df }: Interval): string | undefined {
  if (!(df > 0)) return "nothing is left over to estimate its uncertainty from";
  // Rounded down, so that 4.97 does not read as 5.0.
  return df < FLOOR.df ? `${(Math.floor(10 * df) / 10).toFixed(1)} degrees of freedom, under ${FLOOR.df}` : undefined;
}
