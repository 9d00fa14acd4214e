import type { ComparisonSample } from "#design";
import { type Fault, isRelative, printAcademicYear, printHorizon } from "#domain";
import { type EventStudy, isClear, type OutcomeEffect } from "#estimation";
import type { Study } from "#protocol";
import { isFew, plural, protectedCount, protectedPair, withSign } from "./print.ts";

const warning = (code: string, message: string, suggestion: string): Fault => ({
  code,
  severity: "warning",
  message,
  suggestion,
});

/** What an expert would raise on seeing these results, raised by the product. */
export function warningsOf(
  study: Study,
  effects: readonly OutcomeEffect[],
  events: readonly EventStudy[],
  samples: ReadonlyMap<string, ComparisonSample>,
): readonly Fault[] {
  const clusters = [...new Set(effects.map((effect) => effect.analysis))].flatMap((id) =>
    fewClusters(
      study,
      effects.filter((effect) => effect.analysis === id),
    ),
  );
  return [
    ...clusters,
    ...effects.flatMap((effect) => [
      ...earlySelection(study, effect),
      ...tooLateStarters(study, effect, samples),
      ...preTrendDeparture(study, effect),
      ...omittedVariation(study, effect),
      ...matchedOnYearsBefore(study, effect, samples),
    ]),
    ...withoutCounterpart(study, samples),
    ...events.flatMap((event) => [...dips(study, event), ...early(study, event)]),
    ...unassigned(samples),
  ];
}

/** Fewer than 20 treated clusters or degrees of freedom: said of the result of the analysis that rests on fewest. */
function fewClusters(study: Study, effects: readonly OutcomeEffect[]): readonly Fault[] {
  const declared = effects.map((effect) => effect.readings[0]!).filter((reading) => reading.base.treated > 0);
  if (declared.length === 0) return [];
  const { base } = declared.reduce((a, b) => (b.base.treatedClusters < a.base.treatedClusters ? b : a));
  const df = Math.min(
    ...declared.map(({ point }) => (point.state === "estimated" ? point.df : Number.POSITIVE_INFINITY)),
  );
  if (base.treatedClusters >= 20 && df >= 20) return [];
  const { id, errors, fewClusters: beside } = study.analyses.get(effects[0]!.analysis)!;
  const freedom = Number.isFinite(df) ? `, ${df.toFixed(1)} degrees of freedom` : "";
  return [
    warning(
      "too-few-clusters",
      `${id}: ${plural(base.treatedClusters, "treated cluster")}, ${base.effectiveTreatedClusters.toFixed(1)} effective${freedom}: large-sample errors are unreliable.`,
      errors !== "CR2"
        ? `${errors} errors are too narrow with clusters this few: use CR2.`
        : beside === "wildBootstrap"
          ? "CR2 with Satterthwaite df is used; a wild cluster bootstrap stands beside it (default D-28)."
          : "CR2 with Satterthwaite df is used; `fewClusters: wildBootstrap` would put a second method beside it.",
    ),
  ];
}

function dips(study: Study, event: EventStudy): readonly Fault[] {
  if (!event.matchedOnADip) return [];
  const { label } = study.outcomes.get(event.outcome)!;
  return [
    warning(
      "matched-on-a-dip",
      `${label} in ${event.comparison}: before and after differ from ${event.baseline} by the same sign and a similar amount, so the baseline is a dip.`,
      "Match on several years; read the two readings as a bracket.",
    ),
  ];
}

/** A difference already there in a year after the start but before the first outcome year. */
function early(study: Study, event: EventStudy): readonly Fault[] {
  const { label } = study.outcomes.get(event.outcome)!;
  const level = study.analyses.get(event.analysis)?.level ?? 0.95;
  const first = Math.min(...event.after.filter((contrast) => contrast.isHorizon).map((contrast) => contrast.year));
  return event.after
    .filter((contrast) => contrast.year < first && isClear(contrast.p, level))
    .map((contrast) =>
      warning(
        "difference-before-first-horizon",
        `${label} in ${event.comparison}: the groups already differ in ${printAcademicYear(contrast.year, study.about.yearName)}, before the first outcome year (p ${withSign(contrast.p)}).`,
        "A difference that comes this early speaks of selection rather than of the programme.",
      ),
    );
}

/** A clear difference already one year after the start: what selects people works at once, a programme takes its time. */
function earlySelection(study: Study, effect: OutcomeEffect): readonly Fault[] {
  const [declared] = effect.readings;
  const level = study.analyses.get(effect.analysis)!.level;
  const isFirst = isRelative(effect.horizon) && effect.horizon === 1;
  if (!isFirst || declared!.point.state !== "estimated" || !isClear(declared!.point.p, level)) return [];
  // What the tables withhold is not told here either.
  const { treated, comparison } = declared!.base;
  if ([treated, comparison].some((n) => isFew(n, study.disclosure.minimum))) return [];
  const { label } = study.outcomes.get(effect.outcome)!;
  return [
    warning(
      "selection-at-year-one",
      `${label} in ${effect.analysis}: the groups differ clearly one year after the start already (p ${withSign(declared!.point.p)}). A difference that comes this early may be one between the people, not recorded here, and the effect is then likely overstated.`,
      "Read it beside the hidden-bias figure and the analysis of schools: an effect on people without one on their schools may be diluted, or may be selection.",
    ),
  ];
}

/** Units the data do not follow to the horizon. */
function tooLateStarters(
  study: Study,
  { outcome, outOfReach, horizon, analysis }: OutcomeEffect,
  samples: ReadonlyMap<string, ComparisonSample>,
): readonly Fault[] {
  const first = study.analyses.get(analysis)!.outcomes[0];
  if (outOfReach === undefined || outOfReach.treated === 0 || outcome !== first) return [];
  const noun = samples.get(study.analyses.get(analysis)!.comparison)!.candidates.unit.noun;
  return [
    warning(
      "horizon-beyond-data",
      `${analysis}: ${protectedCount(outOfReach.treated, study.disclosure.minimum)} treated ${noun}s started too late to be followed for ${printHorizon(horizon)}.`,
      "They leave that result; its n is shown.",
    ),
  ];
}

function preTrendDeparture(
  study: Study,
  { analysis, outcome, yearly, isPrimaryHorizon }: OutcomeEffect,
): readonly Fault[] {
  const { preTrend } = yearly ?? {};
  const { level } = study.analyses.get(analysis)!;
  if (!isPrimaryHorizon || preTrend === undefined || !isClear(preTrend.p, level)) return [];
  const { label } = study.outcomes.get(outcome)!;
  return [
    warning(
      "pre-trend-departure",
      `${label} in ${analysis}: the gap between the groups was not the same in the years before the start (p ${withSign(preTrend.p)}).`,
      "No effect can be claimed from a later gap; see how far trends would have to bend (`nonParallel`).",
    ),
  ];
}

/** Rates of the years that a difference is taken against, matched on: what was low by chance rises again. */
function matchedOnYearsBefore(
  study: Study,
  { analysis, outcome, comparison, yearly, isPrimaryHorizon }: OutcomeEffect,
  samples: ReadonlyMap<string, ComparisonSample>,
): readonly Fault[] {
  const sample = samples.get(comparison);
  if (!isPrimaryHorizon || yearly === undefined || sample === undefined) return [];
  const matched = new Set(sample.chosen.tried.specification.covariates.map(({ name }) => name));
  const isRate = study.units
    .get(sample.comparison.unit)!
    .columns.some((column) => column.how === "rateBefore" && column.outcome === outcome && matched.has(column.name));
  if (!isRate) return [];
  const { label } = study.outcomes.get(outcome)!;
  return [
    warning(
      "matched-on-years-before",
      `${label} in ${analysis}: schools were matched on the rates of the years before, and the difference is taken against the same years. Comparison schools whose rates happened to lie near those of the programme move back afterwards, and what they move by is counted against the programme, or for it.`,
      "Match on what moves slowly, and see whether the result holds; the test of the years before says little here.",
    ),
  ];
}

/** Variation between years of a school that a model was asked to leave out. */
function omittedVariation(
  study: Study,
  { analysis, outcome, yearly, isPrimaryHorizon }: OutcomeEffect,
): readonly Fault[] {
  if (!isPrimaryHorizon || yearly?.omitted === undefined || yearly.omitted <= OMITTED) return [];
  const { label } = study.outcomes.get(outcome)!;
  return [
    warning(
      "school-years-left-out",
      `${label} in ${analysis}: \`random: school\` leaves out variation between years of a school (variance ${yearly.omitted.toFixed(3)}): intervals are too narrow.`,
      "Use `random: schoolAndYear`.",
    ),
  ];
}

/** A variance below this is none. */
const OMITTED = 1e-6;

/** Treated units that no comparison unit is like: whom the estimate then describes. */
function withoutCounterpart(study: Study, samples: ReadonlyMap<string, ComparisonSample>): readonly Fault[] {
  return [...samples.values()].flatMap(({ comparison, candidates, draws }) => {
    if (comparison.start === undefined) return [];
    const eligible = candidates.treated.reduce((sum, value) => sum + value, 0);
    const kept = draws[0]!.weights.filter((weight, row) => weight > 0 && candidates.treated[row] === 1).length;
    if (kept === eligible) return [];
    const { minimum } = study.disclosure;
    return [
      warning(
        "without-counterpart",
        `${comparison.id}: ${protectedCount(eligible - kept, minimum)} treated ${candidates.unit.noun}s have nobody like them to be compared with: the estimate describes ${protectedPair(kept, eligible, minimum)}.`,
        "Their profile stands beside those kept, under the disclosure rules.",
      ),
    ];
  });
}

function unassigned(samples: ReadonlyMap<string, ComparisonSample>): readonly Fault[] {
  return [...samples.values()]
    .filter(({ comparison }) => comparison.assignedOver === undefined)
    .map(({ comparison }) =>
      warning(
        "assignment-not-said",
        `${comparison.id} does not say how it was decided who took part.`,
        "Declare `assignedOver`: it limits what the report may claim.",
      ),
    );
}
