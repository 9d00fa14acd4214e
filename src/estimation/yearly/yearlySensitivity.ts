import type { SensitivityDeclaration } from "#protocol";
import { type Interval, Matrix, relativeMagnitudes } from "#stats";
import type { EffectBase, Estimable, OutcomeEffect } from "../effect.ts";
import type { SensitivityRow } from "../sensitivity.ts";

/** One row of the sensitivity table for a result of a difference in differences. */
export function yearlyRow(
  effect: OutcomeEffect,
  { id, because }: SensitivityDeclaration,
  changed: string,
  point: Estimable<Interval>,
  base: EffectBase = effect.readings[0]!.base,
): SensitivityRow {
  const declared = effect.readings[0]!;
  return {
    sensitivity: id,
    analysis: effect.analysis,
    outcome: effect.outcome,
    horizon: effect.horizon,
    changed,
    declared: declared.point,
    declaredBase: declared.base,
    point,
    base,
    ...(because !== undefined && { because }),
  };
}

/** As large as the largest change between two years before the start. */
const AS_LARGE = 1;

/**
 * What the effect could be if the gap between the groups, without the programme, had gone on changing by as much from year
 * to year as it did at most before the start (relative magnitudes), and how many times that it would have to change for the
 * interval to hold no effect. Told as an odds ratio against the last year before the start: the scale on which the model
 * takes trends to be parallel.
 */
export function bendTrends(effect: OutcomeEffect, declared: SensitivityDeclaration): SensitivityRow {
  const gaps = effect.yearly?.gaps;
  const say = (changed: string, reason: string) =>
    yearlyRow(effect, declared, changed, { state: "not estimable", reason });
  if (gaps === undefined) return say("trends that are not parallel", "there is no model");
  const last = Math.max(...gaps.periods.filter((period) => period < 0));
  const place = gaps.periods.indexOf(last);
  const others = [...gaps.periods.keys()].filter((i) => i !== place);
  const v = gaps.covariance;
  const covariance = new Matrix(others.length, others.length);
  for (const [a, i] of others.entries()) {
    for (const [b, j] of others.entries())
      covariance.set(a, b, v.get(i, j) - v.get(i, place) - v.get(place, j) + v.get(place, place));
  }
  const found = relativeMagnitudes({
    effects: others.map((i) => ({ period: gaps.periods[i]!, estimate: gaps.estimates[i]! - gaps.estimates[place]! })),
    covariance,
    baseline: last,
    start: Math.min(...gaps.periods.filter((period) => period > 0)),
    period: effect.horizon,
    ratios: [AS_LARGE],
    level: gaps.level,
  });
  if (found.state === "not estimable") return say("trends that are not parallel", found.reason);
  const { low, high } = found.bounds[0]!;
  const odds = (log: number) => Math.exp(log).toFixed(2);
  const breakdown =
    found.breakdown === 0
      ? "an odds ratio of 1 lies inside without any drift"
      : `an odds ratio of 1 comes inside at ${found.breakdown.toFixed(1)} times that`;
  return say(
    `the gap drifting by up to its largest yearly change before the start: odds ratio ${odds(low)} to ${odds(high)}; ${breakdown}`,
    "told as an odds ratio against the last year before the start",
  );
}
