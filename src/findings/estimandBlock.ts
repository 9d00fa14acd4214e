import { type ComparisonSample, sizesOf } from "#design";
import { printAcademicYear } from "#domain";
import { inWords } from "#expression";
import type { AnalysisDeclaration, Estimand, Study } from "#protocol";
import { printCount, protectedCount } from "./print.ts";

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
export function estimandBlock(study: Study, analysis: AnalysisDeclaration, sample: ComparisonSample): EstimandBlock {
  const { comparison, candidates } = sample;
  const { noun } = candidates.unit;
  const year = (value: number) => printAcademicYear(value, study.about.yearName);
  const eligible = candidates.treated.reduce((sum, value) => sum + value, 0);
  const sizes = sizesOf(sample.draws[0]!, candidates.treated);
  const kept = sizes.treated;
  const shown = (n: number) => protectedCount(n, study.disclosure.minimum);
  const dropped = eligible - kept;
  const withCounterpart =
    dropped > 0 && comparison.estimand === "treated" ? ", for the treated with a counterpart" : "";
  const events = Object.entries(comparison.afterStart).map(([event, done]) => `${event}: ${done}`);
  const outcomes = analysis.outcomes.map((id) => study.outcomes.get(id)!.label);
  const describes =
    dropped === 0
      ? `It describes all ${printCount(kept)} programme ${noun}s that could be compared.`
      : `It describes ${printCount(kept)} of the ${printCount(eligible)} eligible programme ${noun}s. It says nothing about the others (${shown(dropped)}), which lack a usable counterpart or a baseline value.`;
  const excluded = candidates.start.treated - eligible;
  const before =
    excluded === 0
      ? ""
      : ` Of ${printCount(candidates.start.treated)} programme ${noun}s in the data, ${shown(excluded)} were left out before that by the conditions of the study.`;
  return {
    analysis: analysis.id,
    comparison: comparison.id,
    label: outcomes.join(", "),
    describes: `${describes}${before}`,
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
          `${printCount(kept)} programme and ${printCount(sizes.comparison)} comparison ${noun}s matched ` +
          `(${printCount(Math.round(sizes.effective))} comparison ${noun}s in effect); programme ${noun}s dropped: ${shown(dropped)}`,
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
