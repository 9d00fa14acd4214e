import { benjaminiHochberg, holm } from "#stats";
import type { OutcomeEffect } from "./effect.ts";

/**
 * Adjusts the p-values of one analysis, which is one family: a single primary result is tested as it is, two or more
 * by Holm, secondary results by Benjamini-Hochberg, the rest is labelled exploratory and not adjusted.
 */
export function adjustFamily(effects: readonly OutcomeEffect[]): readonly OutcomeEffect[] {
  const pOf = (effect: OutcomeEffect): number | undefined => {
    const point = effect.readings[0]!.point;
    return point.state === "estimated" ? point.p : undefined;
  };
  const adjusted = new Map<OutcomeEffect, number>();
  const adjust = (role: OutcomeEffect["role"], method: (p: readonly number[]) => readonly number[]): number => {
    const family = effects.filter((effect) => effect.role === role && pOf(effect) !== undefined);
    for (const [i, p] of method(family.map((effect) => pOf(effect)!)).entries()) adjusted.set(family[i]!, p);
    return family.length;
  };
  const primaries = adjust("primary", holm);
  adjust("secondary", benjaminiHochberg);
  return effects.map((effect) => {
    if (effect.role === "exploratory") return { ...effect, adjustment: "exploratory" };
    if (effect.role === "primary" && primaries < 2) return { ...effect, adjustedP: pOf(effect), adjustment: "none" };
    const adjustment = effect.role === "primary" ? "Holm" : "Benjamini-Hochberg";
    return { ...effect, adjustedP: adjusted.get(effect), adjustment };
  });
}
