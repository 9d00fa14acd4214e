import type { ComparisonSample } from "#design";
import { type Fault, printAcademicYear } from "#domain";
import { type EventStudy, isClear, type OutcomeEffect } from "#estimation";
import type { Study } from "#protocol";
import { plural, withSign } from "./print.ts";

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
