import type { ComparisonSample } from "#design";
import { printAcademicYear } from "#domain";
import type { EffectBase } from "#estimation";
import { inWords } from "#expression";
import type { AnalysisDeclaration, Estimand, Study } from "#protocol";
import { plural, printCount } from "./print.ts";

/** Who, what, when and for whom: printed on page one for every analysis. */
export interface EstimandBlock {
  readonly analysis: string;
  readonly comparison: string;
  /** The outcomes in words. */
  readonly label: string;
  readonly rows: readonly { readonly label: string; readonly value: string }[];
  /** One sentence: whom the estimate describes. */
  readonly describes: string;
}

const ESTIMANDS: Readonly<Record<Estimand, string>> = {
  treated: "average effect on the treated (ATT)",
  everyone: "average effect on everyone (ATE)",
  untreated: "average effect on the untreated (ATC)",
  overlap: "average effect where the groups overlap",
  matchedSample: "average over all matched rows (neither ATT nor ATE: it depends on the number of neighbours)",
};

/** The estimand block of one analysis, with what matching left out and whom the estimate therefore describes. */
export function estimandBlock(
  study: Study,
  analysis: AnalysisDeclaration,
  sample: ComparisonSample,
  base: EffectBase,
): EstimandBlock {
  const { comparison, candidates } = sample;
  const { noun } = candidates.unit;
  const year = (value: number) => printAcademicYear(value, study.about.yearName);
  const eligible = candidates.treated.reduce((sum, value) => sum + value, 0);
  const kept = treatedKept(sample);
  const dropped = eligible - kept;
  const withCounterpart =
    dropped > 0 && comparison.estimand === "treated" ? ", for the treated with a counterpart" : "";
  const events = Object.entries(comparison.afterStart).map(([event, done]) => `${event}: ${done}`);
  const outcomes = analysis.outcomes.map((id) => study.outcomes.get(id)!.label);
  const describes =
    dropped === 0
      ? `It describes all ${printCount(kept)} programme ${noun}s that could be compared.`
      : `It describes ${printCount(kept)} of the ${plural(eligible, `eligible programme ${noun}`)}; the other ${printCount(dropped)} had no usable counterpart or a missing baseline value, and it says nothing about them.`;
  return {
    analysis: analysis.id,
    comparison: comparison.id,
    label: outcomes.join(", "),
    describes,
    rows: [
      { label: "Unit", value: `${noun}; ${weightInWords(analysis, comparison, noun)}` },
      { label: "Programme", value: inWords(comparison.treated) },
      { label: "How it was decided", value: comparison.assignedOver ?? "not declared" },
      { label: "Contrast", value: `with the programme, against similar ${noun}s without it` },
      {
        label: "Start (time zero)",
        value: `end of ${year(comparison.baselineYear)}, the same for both groups; everything later was sealed until registration`,
      },
      { label: "Outcomes", value: outcomes.join(", ") },
      {
        label: "Horizons",
        value: `${analysis.horizons.map(year).join(", ")} (primary: ${year(analysis.primaryHorizon)})`,
      },
      {
        label: "Events after the start",
        value: events.length === 0 ? "every unit is followed whatever happens" : events.join("; "),
      },
      { label: "Estimand", value: `${ESTIMANDS[comparison.estimand]}${withCounterpart}` },
      {
        label: "Size",
        value:
          `${printCount(kept)} programme and ${printCount(comparisonUsed(sample))} comparison ${noun}s ` +
          `(${base.effectiveComparison.toFixed(0)} in effect); ${printCount(dropped)} programme ${noun}s dropped`,
      },
    ],
  };
}

function weightInWords(
  { weights }: AnalysisDeclaration,
  { unitWeight }: ComparisonSample["comparison"],
  noun: string,
): string {
  return typeof weights === "object"
    ? `each ${noun} counts by its ${weights.column} at baseline`
    : `each ${noun} counts once (${unitWeight} weighted)`;
}

const treatedKept = (sample: ComparisonSample): number =>
  sample.draws[0]!.weights.reduce(
    (sum, weight, row) => sum + Number(weight > 0 && sample.candidates.treated[row] === 1),
    0,
  );

const comparisonUsed = (sample: ComparisonSample): number =>
  sample.draws[0]!.weights.reduce(
    (sum, weight, row) => sum + Number(weight > 0 && sample.candidates.treated[row] === 0),
    0,
  );
