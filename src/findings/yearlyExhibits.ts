import { isClear, type OutcomeEffect, type YearlyDetail } from "#estimation";
import { slug } from "./aboutComparison.ts";
import { aboutAnalysis, intervalLabel, labelOf, type Shared } from "./analysisTable.ts";
import { byOutcome } from "./byOutcome.ts";
import { type Exhibit, type ExhibitRow, left, right } from "./exhibit.ts";
import {
  interval,
  isFew,
  levelInWords,
  nothing,
  number,
  printCount,
  printNumber,
  pValue,
  signed,
  text,
  withSign,
} from "./print.ts";

const PLACES = 1;

/** Rates by year from the start with the three readings of the effect: one table an outcome. */
export function yearlyExhibits(shared: Shared): readonly Exhibit[] {
  return [...byOutcome(shared.effects)].flatMap(([outcome, effects]) => {
    const { yearly } = effects[0]!;
    return yearly === undefined ? [] : [yearlyExhibit(shared, outcome, effects, yearly)];
  });
}

function yearlyExhibit(
  shared: Shared,
  outcome: string,
  effects: readonly OutcomeEffect[],
  yearly: YearlyDetail,
): Exhibit {
  const { analysis, noun } = shared;
  const adjustedOf = (period: number) => effects.find(({ horizon }) => horizon === period)?.adjustedP;
  const readingOf = (period: number) => yearly.readings.find((own) => own.period === period);
  return {
    id: `years-${analysis.id}-${slug(outcome)}`,
    title: `${labelOf(shared, effects[0]!)}, year by year: programme and comparison ${noun}s`,
    summary: effects.map((effect) => sentenceOf(shared, effect, yearly)).join(" "),
    columns: [
      left("year", "Year from the start"),
      right("treated", "Programme, %"),
      right("comparison", "Comparison, %"),
      right("difference", "Difference, points"),
      right("effect", "Effect on programme schools"),
      right("interval", intervalLabel(shared)),
      right("p", "p"),
      right("adjusted", "Adjusted p"),
      left("clear", "Clear of chance"),
      right("did", "Difference in differences"),
    ],
    rows: yearly.years.map(({ period, treated, comparison, difference }): ExhibitRow => {
      const reading = readingOf(period);
      const before = "a year before the start";
      const own = reading?.onTreated;
      return {
        id: `year-${period < 0 ? "before" : "after"}-${Math.abs(period)}`,
        cells: {
          year: text(period < 0 ? `−${-period}` : `+${period}`),
          treated: number(treated, PLACES),
          comparison: number(comparison, PLACES),
          difference: signed(difference, PLACES),
          effect: own === undefined ? nothing(before) : signed(own.estimate, PLACES),
          interval: own === undefined ? nothing(before) : interval(own.low, own.high, PLACES),
          p: own === undefined ? nothing(before) : pValue(own.p),
          adjusted: own === undefined ? nothing(before) : pValue(adjustedOf(period)),
          clear:
            own === undefined
              ? nothing(before)
              : text(isClear(adjustedOf(period) ?? own.p, analysis.level) ? "yes" : "no"),
          did: reading === undefined ? nothing(before) : signed(reading.standardised.estimate, PLACES),
        },
        ...(period < 0 && { isGrey: true as const }),
      };
    }),
    notes: notesOf(shared, effects[0]!, yearly),
    about: aboutAnalysis(
      shared,
      "Rates with everybody treated and untreated in each year; effect on the treated (Puhani), and the difference less the mean difference before the start",
    ),
  };
}

function notesOf(shared: Shared, effect: OutcomeEffect, yearly: YearlyDetail): readonly string[] {
  const { base } = effect.readings[0]!;
  const { minimum } = shared.study.disclosure;
  const shown = (n: number) => (isFew(n, minimum) ? `fewer than ${minimum}` : printCount(n));
  const spreads = yearly.spreads.map(
    ({ group, sd }) => `${group === "school" ? "between schools" : "between years of a school"} ${printNumber(sd, 2)}`,
  );
  const readings = yearly.readings.map(
    ({ period, standardised, atZero, atModes }) =>
      `year +${period}: ${printNumber(standardised.estimate, 2)} (${levelInWords(shared.analysis.level)} interval ${printNumber(standardised.low, 2)} to ${printNumber(standardised.high, 2)}; with school effects at 0 ${printNumber(atZero, 2)}, at their modes ${printNumber(atModes, 2)})`,
  );
  return [
    `${shown(base.treated)} programme and ${shown(base.comparison)} comparison schools; ${shown(yearly.treatedRows)} and ${shown(yearly.comparisonRows)} people in years.`,
    `Clear of chance: the adjusted p, which allows for the other results of the analysis, is below ${levelInWords(1 - shared.analysis.level)}.`,
    "Year −1 is the yearly interval that ends at the baseline census, year +1 the one that starts at time zero. The effect on programme schools takes trends to be parallel on the log-odds scale, the difference in differences in percentage points.",
    `Difference in differences of rates integrated over the school effects, ${readings.join("; ")}.`,
    `Standard deviation of the intercepts on the log-odds scale: ${spreads.join(", ")}.`,
    ...(yearly.preTrend === undefined
      ? ["There is only one year before the start: whether the groups were already moving apart cannot be assessed."]
      : [
          `Gap between the groups in the years before the start, one test that it was the same: χ²(${yearly.preTrend.df}) = ${printNumber(yearly.preTrend.chiSquared, 2)}, p ${withSign(yearly.preTrend.p)}.`,
        ]),
    ...(yearly.hasCalendar
      ? []
      : ["All schools start in the same year, so calendar years have no level of their own."]),
    ...(yearly.omitted !== undefined && yearly.omitted > 1e-6
      ? [
          `Left out of the model, as asked: variation between years of a school (variance ${printNumber(yearly.omitted, 3)}). Intervals are too narrow.`,
        ]
      : []),
  ];
}

function sentenceOf({ study, analysis }: Shared, effect: OutcomeEffect, yearly: YearlyDetail): string {
  const year = `In year ${effect.horizon} after the start`;
  const reading = effect.readings[0]!;
  const found = yearly.years.find(({ period }) => period === effect.horizon);
  const isThin = [reading.base.treated, reading.base.comparison].some((n) => isFew(n, study.disclosure.minimum));
  if (found === undefined || isThin) return `${year}: too few schools to show.`;
  const gap = `${printNumber(Math.abs(reading.estimate), PLACES)} points ${reading.estimate < 0 ? "lower" : "higher"}`;
  const verdict =
    reading.point.state === "not estimable"
      ? "how far that could be chance cannot be said"
      : isClear(effect.adjustedP ?? reading.point.p, analysis.level)
        ? "more than chance alone would easily produce"
        : "which chance alone could produce";
  return `${year} the rate in programme schools was ${gap} than their earlier gap to similar schools would suggest, ${verdict}.`;
}
