import type { EventStudy, OutcomeEffect } from "#estimation";
import type { Study } from "#protocol";
import type { EstimatedStudy } from "./estimateStudy.ts";

/**
 * What must be read before any number: for primary results, that the groups were already moving apart, or that they were
 * matched on a dip, with the joint test. Empty when nothing of the kind was found.
 */
export function firstLines(study: Study, estimated: EstimatedStudy): readonly string[] {
  return estimated.events
    .filter((event) => isPrimary(estimated.effects, event))
    .flatMap((event) => linesOf(study, event));
}

function isPrimary(effects: readonly OutcomeEffect[], event: EventStudy): boolean {
  return effects.some(
    (effect) => effect.comparison === event.comparison && effect.outcome === event.outcome && effect.role === "primary",
  );
}

function linesOf(study: Study, event: EventStudy): readonly string[] {
  const { label } = study.outcomes.get(event.outcome)!;
  const noun = study.units.get(study.comparisons.get(event.comparison)!.unit)!.is;
  const lines: string[] = [];
  if (event.before.verdict === "departure") {
    lines.push(
      `${label}: programme ${noun}s were already on a different path before the start, so no effect can be claimed. ${event.before.sentence}`,
    );
  }
  if (event.matchedOnADip) {
    lines.push(
      `${label}: the gap before the start is as large as the gap after it (matched on ${event.baseline}). No effect can be claimed.`,
    );
  }
  return lines;
}
