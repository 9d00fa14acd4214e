import type { OutcomeEffect } from "#estimation";

/** Effects of one outcome together, outcomes in the order of their first effect. */
export function byOutcome(effects: readonly OutcomeEffect[]): ReadonlyMap<string, readonly OutcomeEffect[]> {
  const groups = new Map<string, OutcomeEffect[]>();
  for (const effect of effects) {
    const group = groups.get(effect.outcome);
    if (group === undefined) groups.set(effect.outcome, [effect]);
    else group.push(effect);
  }
  return groups;
}
