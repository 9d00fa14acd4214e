import { baselineName, type ComparisonSample } from "#design";
import { horizonInWords, isRelative, printAcademicYear, printHorizon } from "#domain";
import { type EventStudy, type HiddenBias, isClear, type OutcomeEffect } from "#estimation";
import type { OutcomeDeclaration, Study } from "#protocol";
import { endClause, type Gap, gapClause, undecidedClause } from "./gapWords.ts";
import {
  inWordsSmall,
  isFew,
  levelInWords,
  printNumber,
  printP,
  protectedCount,
  roundHalfUp,
  withSign,
} from "./print.ts";

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

/** Decimals of effects in sentences (default D-45): one for differences of rates, two for others. */
const placesOf = ({ rule }: OutcomeDeclaration): number => (rule === undefined ? 2 : 1);

/** Below this share of the clusters, clusters in effect are said to be fewer because some are larger. */
const CLEARLY_UNEQUAL = 0.9;

/** Reads the declared reading of an effect as a claim. Matched designs are worded as association, never as proof. */
export function readFinding(
  study: Study,
  effect: OutcomeEffect,
  sample: ComparisonSample,
  event: EventStudy | undefined,
): Finding {
  const outcome = study.outcomes.get(effect.outcome)!;
  const declared = effect.readings[0]!;
  const level = study.analyses.get(effect.analysis)!.level;
  const restsOnFew = [declared.base.treated, declared.base.comparison].some((n) => isFew(n, study.disclosure.minimum));
  const claim = restsOnFew ? "not estimable" : claimOf(effect, event, level);
  const horizon = printHorizon(effect.horizon, study.about.yearName);
  const when = horizonInWords(effect.horizon, study.about.yearName);
  return {
    analysis: effect.analysis,
    comparison: effect.comparison,
    outcome: effect.outcome,
    label: outcome.label,
    horizon,
    isPrimary: effect.role === "primary",
    claim,
    headline: restsOnFew
      ? `${outcome.label} ${when}: the result is withheld, because it rests on fewer than ${study.disclosure.minimum} ${sample.candidates.unit.noun}s of one group.`
      : headlineOf(claim, outcome, effect, when, gapOf(study, outcome, effect, sample), event),
    howSure: restsOnFew ? "No range can be given." : howSure(effect, sample, outcome, level),
    caveats: caveatsOf(study, effect, declared.estimate, sample, event),
  };
}

function claimOf(effect: OutcomeEffect, event: EventStudy | undefined, level: number): Claim {
  const { point } = effect.readings[0]!;
  if (point.state === "not estimable") return "not estimable";
  if (effect.yearly?.preTrend !== undefined && effect.yearly.preTrend.p < 1 - level) return "no effect can be claimed";
  if (event !== undefined && (event.before.verdict === "departure" || event.matchedOnADip))
    return "no effect can be claimed";
  const p = effect.adjustedP ?? point.p;
  // As the interval: p below 1 − level is an interval without 0.
  if (!isClear(p, level)) return "no clear difference";
  return point.estimate > 0 ? "changed more" : "changed less";
}

/** Decimals that show a difference found: it may be clear and yet vanish at two. */
function placesToShow(value: number, least: number): number {
  let places = least;
  while (places < 6 && roundHalfUp(value, places) === 0) places++;
  return places;
}

/** The declared reading of an effect, ready to be said. */
function gapOf(study: Study, outcome: OutcomeDeclaration, effect: OutcomeEffect, sample: ComparisonSample): Gap {
  const { comparison, candidates } = sample;
  const year = (value: number) => printAcademicYear(value, study.about.yearName);
  const isNamed = comparison.start !== undefined || baselineName(outcome, comparison) !== undefined;
  const from = isNamed ? "the baseline" : year(comparison.baselineYear);
  const { contrast, estimate } = effect.readings[0]!;
  return {
    contrast,
    estimate,
    measure: outcome.measure,
    units: `${candidates.unit.noun}s`,
    span: `from ${from} to ${printHorizon(effect.horizon, study.about.yearName)}`,
    places: placesOf(outcome),
  };
}

function headlineOf(
  claim: Claim,
  outcome: OutcomeDeclaration,
  effect: OutcomeEffect,
  when: string,
  gap: Gap,
  event: EventStudy | undefined,
): string {
  const { point, estimate } = effect.readings[0]!;
  const { units, contrast } = gap;
  // A change names both its years; any other reading is of one year.
  const subject = contrast === "change" ? outcome.label : `${outcome.label} ${when}`;
  if (claim === "not estimable" && point.state === "not estimable") {
    const shown = Number.isFinite(estimate)
      ? ` By itself, it ${gapClause(gap)}, but how far that could be chance cannot be said.`
      : "";
    return `${outcome.label} ${when}: we cannot say how sure we are, because of this: ${point.reason}.${shown}`;
  }
  if (claim === "no effect can be claimed") {
    const why =
      event?.before.verdict === "departure" || effect.yearly !== undefined
        ? `programme ${units} were already on a different path from similar ${units} before the start`
        : `the gap before the start is as large as the gap after it`;
    return `${outcome.label} ${when}: no effect can be claimed, because ${why}. By itself, it ${gapClause(gap)}.`;
  }
  if (claim === "no clear difference") {
    return `${subject} ${gapClause(gap)}, which is too close to call: ${undecidedClause(contrast, units)}.`;
  }
  const found = gapClause({ ...gap, places: placesToShow(estimate, gap.places) });
  const isGood = outcome.better === "neither" ? "" : goodness(estimate, outcome);
  return `${subject} ${found}, more than chance alone would easily produce${isGood}. That is a difference between the two groups, not proof that the programme made it.`;
}

function goodness(estimate: number, outcome: OutcomeDeclaration): string {
  return estimate > 0 === (outcome.better === "higher")
    ? ", in the hoped-for direction"
    : ", against the hoped-for direction";
}

function howSure(effect: OutcomeEffect, sample: ComparisonSample, outcome: OutcomeDeclaration, level: number): string {
  const declared = effect.readings[0]!;
  const { base } = declared;
  const noun = sample.candidates.unit.noun;
  const unequal =
    base.effectiveTreatedClusters < CLEARLY_UNEQUAL * base.treatedClusters
      ? ` (${base.effectiveTreatedClusters.toFixed(1)} in effect, because some hold many more ${noun}s than others)`
      : "";
  const rests =
    base.treatedClusters < base.treated
      ? ` It rests on ${inWordsSmall(base.treatedClusters)} ${base.treatedClusters === 1 ? "group" : "groups"} of ${noun}s that took part together${unequal}.`
      : "";
  if (declared.point.state === "not estimable") return `No range can be given.${rests}`;
  const { low, high, p } = declared.point;
  const end = (value: number) => endClause(value, declared.contrast, placesOf(outcome));
  const detectable =
    declared.detectable === undefined
      ? ""
      : ` A true effect had to be about ${printNumber(declared.detectable, placesOf(outcome))} ${outcome.measure} to have a good chance (80%) of being found.`;
  const adjusted =
    (effect.adjustment === "Holm" || effect.adjustment === "Benjamini-Hochberg") && effect.adjustedP !== undefined
      ? `; ${printP(effect.adjustedP)} after allowing for the other results (${effect.adjustment})`
      : "";
  return `The data fit anything from ${end(low)} to ${end(high)} (${levelInWords(level)} interval; p ${withSign(p)}${adjusted}).${againstImportant(outcome, low, high)}${rests}${detectable}`;
}

/** Where the interval lies against the smallest difference that was called important beforehand. */
function againstImportant(outcome: OutcomeDeclaration, low: number, high: number): string {
  const { smallestImportant } = outcome;
  if (smallestImportant === undefined) return "";
  const said = ` The smallest difference the protocol calls important is ${printNumber(smallestImportant, placesOf(outcome))}:`;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const smallest = low <= 0 && high >= 0 ? 0 : Math.min(Math.abs(low), Math.abs(high));
  if (largest < smallestImportant) return `${said} every difference in this range is smaller.`;
  if (smallest >= smallestImportant) return `${said} every difference in this range is at least that.`;
  return `${said} this range holds smaller and larger differences.`;
}

function caveatsOf(
  study: Study,
  effect: OutcomeEffect,
  estimate: number,
  sample: ComparisonSample,
  event: EventStudy | undefined,
): readonly string[] {
  const found = study.about.caveats
    .filter(({ on }) => on.some((ref) => ref === "analyses" || ref === effect.analysis || ref === effect.outcome))
    .map((caveat) => caveat.text);
  if (effect.role === "exploratory") {
    found.push("This result is exploratory: it was not fixed beforehand as a test, and settles nothing by itself.");
  }
  if (event !== undefined) found.push(event.before.sentence);
  if (event?.matchedOnADip === true) {
    found.push(
      "The two groups differ from the baseline year by a similar amount before and after it: they were matched on a dip, and the return from it looks like an effect.",
    );
  }
  const other = effect.readings[1]?.estimate ?? Number.NaN;
  if (Number.isFinite(other) && Number.isFinite(estimate) && Math.sign(other) !== Math.sign(estimate)) {
    found.push(
      "The two readings of the effect (adjusted for the baseline, and change since the baseline) point in different directions.",
    );
  }
  const { base } = effect.readings[0]!;
  const when = horizonInWords(effect.horizon, study.about.yearName);
  const units = (treated: number, comparison: number): string => {
    const { noun } = sample.candidates.unit;
    const shown = (n: number) => protectedCount(n, study.disclosure.minimum);
    return `${shown(treated)} programme and ${shown(comparison)} comparison ${noun}s`;
  };
  if (base.lostTreated + base.lostComparison > 0) {
    found.push(
      `${units(base.lostTreated, base.lostComparison)} in the matched sample have no result ${when} and are left out.`,
    );
  }
  if (base.incompleteTreated + base.incompleteComparison > 0) {
    found.push(
      `${units(base.incompleteTreated, base.incompleteComparison)} have a result ${when} but lack an earlier value it is compared with, and are left out.`,
    );
  }
  if (effect.hiddenBias !== undefined) found.push(hiddenBiasCaveat(effect.hiddenBias));
  found.push(...contextOf(study, effect, sample), ...rollingCaveats(study, effect, sample));
  return found;
}

/** What a clear result of a matched comparison rests on. */
function hiddenBiasCaveat({ robustnessValue, robustnessValueSignificance }: HiddenBias): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  return `The groups were made alike in what is recorded. Something unrecorded that explains ${percent(robustnessValue)} of what is left over both in who took part and in the outcome would bring the estimate to 0; ${percent(robustnessValueSignificance)} would be enough to make it unclear.`;
}

/** What else happened in the years a result is from. */
function contextOf(study: Study, effect: OutcomeEffect, { candidates }: ComparisonSample): readonly string[] {
  const { context, yearName } = study.about;
  if (!isRelative(effect.horizon)) {
    const during = context.filter(({ years }) => years.includes(effect.horizon));
    return during.map(({ what }) => `In ${printAcademicYear(effect.horizon, yearName)}: ${what}.`);
  }
  const { baseline, lag } = candidates.entry ?? { baseline: [], lag: 0 };
  const reached = new Set(Array.from(new Set(baseline), (year) => year + lag + effect.horizon - 1));
  return context.flatMap(({ what, years }) => {
    const hit = years.filter((year) => reached.has(year)).map((year) => printAcademicYear(year, yearName));
    return hit.length === 0 ? [] : [`${what}: some of the years behind this result (${hit.join(", ")}) fall into it.`];
  });
}

/** What must stand beside results of units that start in different years. */
function rollingCaveats(study: Study, effect: OutcomeEffect, sample: ComparisonSample): readonly string[] {
  const found: string[] = [];
  const { minimum } = study.disclosure;
  const { outOfReach, yearly } = effect;
  if (outOfReach !== undefined && outOfReach.treated + outOfReach.comparison > 0) {
    found.push(
      `${protectedCount(outOfReach.treated, minimum)} programme and ${protectedCount(outOfReach.comparison, minimum)} comparison ${sample.candidates.unit.noun}s started too late to be followed that long and take no part.`,
    );
  }
  if (sample.comparison.restrictTo !== undefined)
    found.push(
      "Among those who stayed, not a causal contrast: who is in the sample was settled by what happened afterwards.",
    );
  if (yearly === undefined) return found;
  const reading = yearly.readings.find(({ period }) => period === effect.horizon);
  if (reading?.signsDiffer === true)
    found.push(
      "The readings of the effect (on the treated, of standardised rates, and on the odds) point in different directions.",
    );
  const { preTrend } = yearly;
  if (preTrend !== undefined) {
    const test = `χ²(${preTrend.df}) = ${preTrend.chiSquared.toFixed(2)}, p ${withSign(preTrend.p)}`;
    found.push(
      preTrend.p < 0.05
        ? `Before the start the gap between the groups was not the same in every year (${test}): a later gap cannot be put down to the programme.`
        : `No departure was found in the gap between the groups in the years before the start (${test}). That is not proof that they would have moved alike.`,
    );
  }
  found.push(...yearly.cautions.map((caution) => `The model warns: ${caution}.`));
  return found;
}
