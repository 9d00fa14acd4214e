import type { ComparisonSample } from "#design";
import { type Fault, printAcademicYear } from "#domain";
import type { EventStudy, OutcomeEffect } from "#estimation";
import type { Study } from "#protocol";
import { printP } from "./print.ts";

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
    fewClusters(effects.filter((e) => e.analysis === id)),
  );
  return [
    ...clusters,
    ...events.flatMap((event) => [...dips(study, event), ...early(study, event)]),
    ...unassigned(samples),
  ];
}

function fewClusters(effects: readonly OutcomeEffect[]): readonly Fault[] {
  const { base } = effects[0]!.readings[0]!;
  const dfs = effects.flatMap((effect) =>
    effect.readings[0]!.point.state === "estimated" ? [effect.readings[0]!.point.df] : [],
  );
  const df = Math.min(...dfs);
  if (base.treatedClusters >= 20 && df >= 20) return [];
  return [
    warning(
      "too-few-clusters",
      `${effects[0]!.analysis}: ${base.treatedClusters} treated clusters, ${base.effectiveTreatedClusters.toFixed(1)} effective: large-sample errors are unreliable.`,
      "CR2 with Satterthwaite df is used; a wild cluster bootstrap stands beside it (default D-28).",
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

/** A difference already there in a year that is after the start but declared to be no outcome year. */
function early(study: Study, event: EventStudy): readonly Fault[] {
  const { label } = study.outcomes.get(event.outcome)!;
  return event.after
    .filter((contrast) => !contrast.isHorizon && contrast.p < 0.05)
    .map((contrast) =>
      warning(
        "difference-before-delivery",
        `${label} in ${event.comparison}: the groups already differ in ${printAcademicYear(contrast.year, study.about.yearName)}, a year that is no outcome year (p ${printP(contrast.p)}).`,
        "A difference that comes before delivery speaks of selection, not of the programme.",
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
