import type { ComparisonSample, YearContrast } from "#design";
import { type AcademicYear, printAcademicYear } from "#domain";
import type { EventStudy } from "#estimation";
import type { Study } from "#protocol";
import { aboutComparison, slug } from "./aboutComparison.ts";
import { type Exhibit, type ExhibitRow, left, right, type YearMark } from "./exhibit.ts";
import {
  count,
  interval,
  levelInWords,
  nothing,
  number,
  placesForSe,
  printNumber,
  pValue,
  signed,
  text,
} from "./print.ts";

/** Every year before and after the start, measured from the baseline: the table and chart of one outcome. */
export function yearsExhibit(study: Study, event: EventStudy, sample: ComparisonSample): Exhibit {
  const outcome = study.outcomes.get(event.outcome)!;
  const { level } = study.analyses.get(event.analysis)!;
  const name = (year: AcademicYear) => printAcademicYear(year, study.about.yearName);
  const contrasts = [...event.before.contrasts, ...event.after].sort((a, b) => a.year - b.year);
  const places = placesForSe(contrasts[0]?.se);
  const meansOf = new Map(event.before.means.map((means) => [means.year, means]));
  const isOutcomeYear = new Set(event.after.filter((contrast) => contrast.isHorizon).map((contrast) => contrast.year));
  const phase = (contrast: YearContrast): YearMark["phase"] => {
    if (contrast.year <= event.baselineYear) return contrast.matchedOn ? "matched on" : "before";
    return isOutcomeYear.has(contrast.year) ? "after" : "not an outcome year";
  };
  const rows: ExhibitRow[] = contrasts.map((contrast) => {
    const means = meansOf.get(contrast.year);
    return {
      id: slug(name(contrast.year)),
      cells: {
        year: text(name(contrast.year)),
        phase: text(PHASE_WORDS[phase(contrast)]),
        difference: signed(contrast.estimate, places),
        interval: interval(contrast.low, contrast.high, places),
        se: number(contrast.se, places + 1),
        df: number(contrast.df, 1),
        p: pValue(contrast.p),
        treated: count(contrast.treated),
        comparison: count(contrast.comparison),
        treatedMean: means === undefined ? nothing("shown for years before the start") : number(means.treated, 2),
        comparisonMean: means === undefined ? nothing("shown for years before the start") : number(means.comparison, 2),
        poolMean: means === undefined ? nothing("shown for years before the start") : number(means.pool, 2),
      },
      ...(contrast.matchedOn && { isGrey: true }),
    };
  });
  const shaded = study.about.context.flatMap((context) => context.years).filter((year) => !isOutcomeYear.has(year));
  const verdict =
    event.before.verdict === "cannot be assessed"
      ? "Pre-trend cannot be assessed"
      : `Verdict on the years before: ${event.before.verdict}`;
  return {
    id: `years-${event.comparison}-${event.outcome}`,
    title: `${outcome.label}, year by year: ${event.comparison}`,
    summary: `Programme minus comparison ${sample.candidates.unit.noun}s, as change from ${event.baseline}. ${verdict}.`,
    columns: [
      left("year", "Year"),
      left("phase", "What it is"),
      right("difference", "Difference"),
      right("interval", `${levelInWords(level)} interval`),
      right("se", "SE"),
      right("df", "df"),
      right("p", "p"),
      right("treated", "Programme"),
      right("comparison", "Comparison"),
      right("treatedMean", "Programme mean"),
      right("comparisonMean", "Comparison mean"),
      right("poolMean", "Whole pool mean"),
    ],
    rows,
    notes: [
      event.before.sentence,
      ...(rows.some((row) => row.isGrey)
        ? ["Grey years took part in matching: balanced by design, no evidence about trends."]
        : []),
      ...(event.matchedOnADip
        ? [
            "matched-on-a-dip: before and after differ from the baseline by a similar amount, so the baseline year is a dip.",
          ]
        : []),
      `Each year: the gap between the groups minus their gap in ${event.baseline}, over everybody with a value then (the reading “change since the baseline” needs both values in the same ${sample.candidates.unit.noun}, so it can differ where some are lost); matching weights, CR2 with Satterthwaite df.`,
    ],
    about: aboutComparison(
      study,
      sample,
      `Change since ${event.baseline}, programme minus comparison, by year`,
      "CR2 by year; HTZ joint test of the earlier years that took no part in matching",
    ),
    chart: {
      kind: "years",
      level,
      alt: altOf(contrasts, name, outcome.measure, places, event.baseline),
      unit: outcome.measure,
      baseline: event.baseline,
      shaded: shaded.map(name),
      marks: marksOf(contrasts, event, phase, name),
    },
  };
}

const PHASE_WORDS: Readonly<Record<YearMark["phase"], string>> = {
  before: "before the start",
  baseline: "baseline",
  "matched on": "before the start, matched on",
  after: "outcome year",
  "not an outcome year": "after the start, a check only",
};

function marksOf(
  contrasts: readonly YearContrast[],
  event: EventStudy,
  phase: (contrast: YearContrast) => YearMark["phase"],
  name: (year: AcademicYear) => string,
): readonly YearMark[] {
  const marks = contrasts.map((contrast) => ({
    year: contrast.year,
    mark: {
      label: name(contrast.year),
      estimate: contrast.estimate,
      low: contrast.low,
      high: contrast.high,
      phase: phase(contrast),
    },
  }));
  const hasBaseline = contrasts.some((contrast) => contrast.year === event.baselineYear);
  const baseline: YearMark = { label: name(event.baselineYear), estimate: 0, low: 0, high: 0, phase: "baseline" };
  const all = hasBaseline ? marks : [...marks, { year: event.baselineYear, mark: baseline }];
  return all.sort((a, b) => a.year - b.year).map(({ mark }) => mark);
}

function altOf(
  contrasts: readonly YearContrast[],
  name: (year: AcademicYear) => string,
  measure: string,
  places: number,
  baseline: string,
): string {
  const said = contrasts.map(
    (contrast) =>
      `${name(contrast.year)} ${printNumber(contrast.estimate, places)} (${printNumber(contrast.low, places)} to ${printNumber(contrast.high, places)})`,
  );
  return `Difference in ${measure} between programme and comparison by year, measured from ${baseline}: ${said.join("; ")}.`;
}
