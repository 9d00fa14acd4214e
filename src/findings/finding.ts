import type { ComparisonSample } from "#design";
import { printAcademicYear } from "#domain";
import type { EventStudy, OutcomeEffect } from "#estimation";
import type { OutcomeDeclaration, Study } from "#protocol";
import { inWordsSmall, plural, printNumber, printP, roundHalfUp } from "./print.ts";

/** What may be said of a result, in the order of strength a reader should take it. */
export type Claim =
  | "not estimable"
  | "no effect can be claimed"
  | "no clear difference"
  | "changed more"
  | "changed less";

/** An effect read as a claim, in words a head teacher can use and an analyst can check. */
export interface Finding {
  readonly analysis: string;
  readonly comparison: string;
  readonly outcome: string;
  /** The outcome in words. */
  readonly label: string;
  readonly horizon: string;
  readonly isPrimary: boolean;
  readonly claim: Claim;
  readonly headline: string;
  readonly howSure: string;
  /** Sentences that must stand beside it. */
  readonly caveats: readonly string[];
}

/** Decimals of effects in sentences (default D-45). */
const PLACES = 2;

/** Reads the declared reading of an effect as a claim. Matched designs are worded as association, never as proof. */
export function readFinding(
  study: Study,
  effect: OutcomeEffect,
  sample: ComparisonSample,
  event: EventStudy | undefined,
): Finding {
  const outcome = study.outcomes.get(effect.outcome)!;
  const declared = effect.readings[0]!;
  const claim = claimOf(effect, event);
  const horizon = printAcademicYear(effect.horizon, study.about.yearName);
  return {
    analysis: effect.analysis,
    comparison: effect.comparison,
    outcome: effect.outcome,
    label: outcome.label,
    horizon,
    isPrimary: effect.role === "primary",
    claim,
    headline: headlineOf(claim, outcome, effect, horizon, sample, event),
    howSure: howSure(effect, sample),
    caveats: caveatsOf(study, effect, declared.estimate, event),
  };
}

function claimOf(effect: OutcomeEffect, event: EventStudy | undefined): Claim {
  const { point } = effect.readings[0]!;
  if (point.state === "not estimable") return "not estimable";
  if (event !== undefined && (event.before.verdict === "departure" || event.matchedOnADip))
    return "no effect can be claimed";
  const p = effect.adjustedP ?? point.p;
  if (p >= 0.05) return "no clear difference";
  return point.estimate > 0 ? "changed more" : "changed less";
}

function size(value: number, outcome: OutcomeDeclaration): string {
  return `${printNumber(Math.abs(value), PLACES)} ${outcome.measure}`;
}

function direction(value: number): string {
  return value < 0 ? "lower" : "higher";
}

function headlineOf(
  claim: Claim,
  outcome: OutcomeDeclaration,
  effect: OutcomeEffect,
  horizon: string,
  sample: ComparisonSample,
  event: EventStudy | undefined,
): string {
  const declared = effect.readings[0]!;
  const units = `${sample.candidates.unit.noun}s`;
  const name = outcome.label;
  if (claim === "not estimable" && declared.point.state === "not estimable") {
    const shown = Number.isFinite(declared.estimate)
      ? ` The difference itself was ${size(declared.estimate, outcome)} ${direction(declared.estimate)}, but how far it could be chance cannot be said.`
      : "";
    return `${name} in ${horizon}: how sure we are cannot be estimated, because of this: ${declared.point.reason}.${shown}`;
  }
  if (claim === "no effect can be claimed") {
    const why =
      event?.before.verdict === "departure"
        ? `programme ${units} were already moving apart from similar ${units} before the start`
        : `the gap before the start is as large as the gap after it`;
    return `${name} in ${horizon}: no effect can be claimed, because ${why}.`;
  }
  const isNothing = roundHalfUp(declared.estimate, PLACES) === 0;
  const gap = isNothing
    ? `the same as in similar ${units}, to two decimals`
    : `${size(declared.estimate, outcome)} ${direction(declared.estimate)} than in similar ${units}`;
  if (claim === "no clear difference") {
    return `${name} in ${horizon} was ${gap}, which is too close to call: we cannot tell whether programme ${units} changed more or less than the others.`;
  }
  const isGood = outcome.better === "neither" ? "" : goodness(declared.estimate, outcome);
  return `${name} in ${horizon} was ${gap}, more than chance alone would easily produce${isGood}. That is a difference between the two groups, not proof that the programme made it.`;
}

function goodness(estimate: number, outcome: OutcomeDeclaration): string {
  return estimate > 0 === (outcome.better === "higher")
    ? ", in the hoped-for direction"
    : ", against the hoped-for direction";
}

function howSure(effect: OutcomeEffect, sample: ComparisonSample): string {
  const declared = effect.readings[0]!;
  const { base } = declared;
  const noun = sample.candidates.unit.noun;
  const rests =
    base.treatedClusters < base.treated
      ? ` It rests on ${inWordsSmall(base.treatedClusters)} programme ${clusterNoun(effect)} (${base.effectiveTreatedClusters.toFixed(1)} in effect, because some hold many more ${noun}s than others).`
      : "";
  if (declared.point.state === "not estimable") return `No range can be given.${rests}`;
  const { low, high, p } = declared.point;
  const end = (value: number) => `${printNumber(Math.abs(value), PLACES)} ${direction(value)}`;
  const detectable =
    declared.detectable === undefined
      ? ""
      : ` An effect smaller than ${printNumber(declared.detectable, PLACES)} would probably have been missed.`;
  const adjusted =
    effect.adjustment === "Holm" || effect.adjustment === "Benjamini-Hochberg"
      ? `; ${printP(effect.adjustedP!)} after allowing for the other results (${effect.adjustment})`
      : "";
  return `The data fit anything from ${end(low)} to ${end(high)} (95% interval; p ${withEquals(p)}${adjusted}).${rests}${detectable}`;
}

const withEquals = (p: number): string => (p < 0.001 ? printP(p) : `= ${printP(p)}`);

function clusterNoun(effect: OutcomeEffect): string {
  return effect.readings[0]!.base.treatedClusters === 1 ? "cluster" : "clusters";
}

function caveatsOf(
  study: Study,
  effect: OutcomeEffect,
  estimate: number,
  event: EventStudy | undefined,
): readonly string[] {
  const found = study.about.caveats
    .filter(({ on }) => on.some((ref) => ref === "analyses" || ref === effect.analysis || ref === effect.outcome))
    .map((caveat) => caveat.text);
  if (event !== undefined) found.push(event.before.sentence);
  if (event?.matchedOnADip === true) {
    found.push(
      "The two groups differ from the baseline year by a similar amount before and after it: they were matched on a dip, and the return from it looks like an effect.",
    );
  }
  const other = effect.readings[1];
  if (other !== undefined && Number.isFinite(other.estimate) && Math.sign(other.estimate) !== Math.sign(estimate)) {
    found.push(
      "The two readings of the effect (adjusted for the baseline, and change since the baseline) point in different directions.",
    );
  }
  const attrition = effect.readings[0]!.base;
  if (attrition.lostTreated + attrition.lostComparison > 0) {
    found.push(
      `${plural(attrition.lostTreated, "programme unit")} and ${plural(attrition.lostComparison, "comparison unit")} in the matched sample have no result in this year and are left out.`,
    );
  }
  const events = study.about.context.filter((event2) => event2.years.includes(effect.horizon));
  for (const { what } of events) found.push(`During this year: ${what}.`);
  return found;
}
