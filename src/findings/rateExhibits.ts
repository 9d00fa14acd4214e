import { isRelative } from "#domain";
import { isClear, type OutcomeEffect } from "#estimation";
import { slug } from "./aboutComparison.ts";
import { aboutAnalysis, intervalLabel, labelOf, notEstimable, type Shared, yearOf } from "./analysisTable.ts";
import { byOutcome } from "./byOutcome.ts";
import { type Exhibit, type ExhibitCell, type ExhibitRow, left, right, withUniqueIds } from "./exhibit.ts";
import {
  absent,
  count,
  interval,
  isFew,
  levelInWords,
  number,
  printNumber,
  pValue,
  share,
  signed,
  text,
} from "./print.ts";

/** Percentages are printed to one place. */
const PLACES = 1;

/**
 * Rates of each outcome with the programme and without it, by year after the start: one table an outcome, in the shape of
 * published workforce evaluations, with the sentence that says what it shows.
 */
export function rateExhibits(shared: Shared): readonly Exhibit[] {
  return [...byOutcome(shared.effects)].map(([outcome, effects]) => rateExhibit(shared, outcome, effects));
}

function rateExhibit(shared: Shared, outcome: string, effects: readonly OutcomeEffect[]): Exhibit {
  const { analysis, noun } = shared;
  return {
    id: `rates-${analysis.id}-${slug(outcome)}`,
    title: `${labelOf(shared, effects[0]!)}: ${noun}s with the programme and without`,
    summary: effects.map((effect) => sentenceOf(shared, effect)).join(" "),
    columns: [
      left("year", "Years after the start"),
      right("treated", "Programme, %"),
      right("comparison", "Comparison, %"),
      right("difference", "Difference, points"),
      right("interval", intervalLabel(shared)),
      right("p", "p"),
      right("adjusted", "Adjusted p"),
      left("clear", "Clear of chance"),
      right("nTreated", `Programme ${noun}s`),
      right("nComparison", `Comparison ${noun}s`),
    ],
    rows: withUniqueIds(
      effects.map((effect): ExhibitRow => {
        const reading = effect.readings[0]!;
        const reason = notEstimable(reading);
        const point = reading.point.state === "estimated" ? reading.point : undefined;
        return {
          id: slug(yearOf(shared, effect)),
          cells: {
            year: text(yearOf(shared, effect)),
            treated: number(reading.rates?.treated, PLACES),
            comparison: number(reading.rates?.comparison, PLACES),
            difference: signed(reading.estimate, PLACES, reason),
            interval: reason === undefined ? interval(point!.low, point!.high, PLACES) : absent(reason),
            p: pValue(point?.p, reason),
            adjusted: pValue(effect.adjustedP, reason ?? "not adjusted"),
            clear: clearCell(effect.adjustedP ?? point?.p, analysis.level, reason),
            nTreated: count(reading.base.treated),
            nComparison: count(reading.base.comparison),
          },
          keys: effect.rowKeys,
        };
      }),
    ),
    notes: [
      `Clear of chance: the adjusted p, which allows for the other results of the analysis, is below ${levelInWords(1 - analysis.level)}.`,
      ...presenceOf(shared, outcome),
      "Rates are those the model predicts for the programme group with the programme and without it; the difference is rounded by itself.",
      ...(shared.sample.comparison.estimand === "matchedSample"
        ? ["Averaged over programme and comparison alike: the average depends on how many neighbours each has."]
        : []),
    ],
    about: aboutAnalysis(shared, "Standardised rates with and without the programme, and their difference"),
  };
}

/** What being there means, where the study says so. */
function presenceOf({ study }: Shared, outcome: string): readonly string[] {
  const { present } = study.outcomes.get(outcome)!;
  return present === undefined ? [] : [`Being there means ${present}; somebody without one counts as having left.`];
}

function clearCell(p: number | undefined, level: number, reason: string | undefined): ExhibitCell {
  return p === undefined ? absent(reason ?? "not tested") : share(text(isClear(p, level) ? "yes" : "no"));
}

/** What one row shows, worded as association: who took part was not drawn by lot. */
function sentenceOf(shared: Shared, effect: OutcomeEffect): string {
  const { noun, study, analysis } = shared;
  const reading = effect.readings[0]!;
  const when = isRelative(effect.horizon) ? `After ${yearOf(shared, effect)}` : `In ${yearOf(shared, effect)}`;
  const isThin = [reading.base.treated, reading.base.comparison].some((n) => isFew(n, study.disclosure.minimum));
  if (reading.rates === undefined || isThin) return `${when}: too few ${noun}s to show.`;
  const { treated, comparison } = reading.rates;
  const gap = Math.abs(reading.estimate);
  const direction = reading.estimate < 0 ? "fewer" : "more";
  const verdict =
    reading.point.state === "not estimable"
      ? "how far that could be chance cannot be said"
      : isClear(effect.adjustedP ?? reading.point.p, analysis.level)
        ? "a gap that chance alone would not easily produce"
        : "a gap that chance alone could produce";
  return `${when} it holds for ${printNumber(treated, PLACES)}% of ${noun}s who took part and, of similar ${noun}s, for ${printNumber(comparison, PLACES)}%: ${printNumber(gap, PLACES)} points ${direction}, ${verdict}.`;
}

/** Odds ratios of every outcome and horizon, with intervals from the covariance of the differences. */
export function oddsExhibit(shared: Shared): Exhibit {
  const { analysis, effects } = shared;
  const isProfile = effects.some((effect) => effect.readings[0]!.rates?.oddsRatioInterval === "profile");
  return {
    id: `odds-${analysis.id}`,
    title: `Odds ratios: ${analysis.id}`,
    summary:
      "How many times as high the odds of each outcome were with the programme as without it, other things in the model being equal; 1 is no difference.",
    columns: [
      left("outcome", "Outcome"),
      left("year", "Years after the start"),
      right("ratio", "Odds ratio"),
      right("interval", intervalLabel(shared)),
      right("p", "p"),
    ],
    rows: withUniqueIds(
      effects.map((effect) => {
        const { ratio, low, high, p, reason } = oddsOf(effect);
        return {
          id: slug(`${effect.outcome} ${yearOf(shared, effect)}`),
          cells: {
            outcome: text(labelOf(shared, effect)),
            year: text(yearOf(shared, effect)),
            ratio: reason === undefined ? number(ratio, PLACES) : absent(reason),
            interval:
              reason === undefined
                ? {
                    text: `${printNumber(low!, PLACES)} to ${printNumber(high!, PLACES)}`,
                    range: { low: low!, high: high! },
                  }
                : absent(reason),
            p: pValue(p, reason),
          },
        };
      }),
    ),
    notes: [
      isProfile
        ? "Intervals by profile likelihood, which takes rows as independent: odds ratio and difference may disagree."
        : "Intervals on the log-odds scale with the same covariance as the differences, so that the two agree.",
    ],
    about: aboutAnalysis(shared, "exp of the coefficient of treatment, or of its contrast over years"),
  };
}

function oddsOf(effect: OutcomeEffect): {
  readonly ratio?: number;
  readonly low?: number;
  readonly high?: number;
  readonly p?: number;
  readonly reason?: string;
} {
  const yearly = effect.yearly?.readings.find(({ period }) => period === effect.horizon);
  if (yearly !== undefined) return yearly.oddsRatio;
  const odds = effect.readings[0]!.rates?.oddsRatio;
  if (odds === undefined) return { reason: "no odds were modelled" };
  return odds.state === "estimated" ? odds : { reason: odds.reason };
}
