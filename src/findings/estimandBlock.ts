import { type ComparisonSample, sizesOf } from "#design";
import { printHorizon } from "#domain";
import { inWords } from "#expression";
import type { AnalysisDeclaration, Estimand, Study } from "#protocol";
import { inShort } from "./inShort.ts";
import { isFew, printCount, protectedCount, protectedPair } from "./print.ts";
import { distinctMatched, startInWords } from "./startWords.ts";

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
  const year = (value: number) => printHorizon(value, study.about.yearName);
  const eligible = candidates.treated.reduce((sum, value) => sum + value, 0);
  const sizes = sizesOf(sample.draws[0]!, candidates.treated);
  const kept = sizes.treated;
  const { minimum } = study.disclosure;
  const shown = (n: number) => protectedCount(n, minimum);
  const dropped = eligible - kept;
  const withCounterpart =
    dropped > 0 && comparison.estimand === "treated" ? ", for the treated with a counterpart" : "";
  const events = Object.entries(comparison.afterStart).map(([event, done]) => `${event}: ${done}`);
  const outcomes = analysis.outcomes.map((id) => study.outcomes.get(id)!.label);
  const describes =
    dropped === 0
      ? `It describes all ${shown(kept)} programme ${noun}s that could be compared.`
      : `It describes ${protectedPair(kept, eligible, minimum)} eligible programme ${noun}s. It says nothing about the others (${shown(dropped)}), which lack a usable counterpart or a baseline value.`;
  const excluded = candidates.start.treated - eligible;
  return {
    analysis: analysis.id,
    comparison: comparison.id,
    label: inShort(outcomes),
    describes: `${describes}${leftOutBefore(excluded, [kept, dropped], noun, minimum)}`,
    rows: [
      { label: "Unit", value: `${noun}; ${weightInWords(analysis, comparison, noun)}` },
      { label: "Programme", value: inWords(comparison.treated) },
      { label: "How it was decided", value: comparison.assignedOver ?? "not declared" },
      { label: "Contrast", value: `with the programme, against similar ${noun}s without it` },
      {
        label: "Start (time zero)",
        value: startInWords(comparison, study.about.yearName),
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
          `${shown(kept)} programme and ${shown(sizes.comparison)} comparison ${noun}s matched ` +
          `(${shown(Math.round(sizes.effective))} comparison ${noun}s in effect); programme ${noun}s dropped: ${shown(dropped)}`,
      },
      ...(candidates.entry === undefined
        ? []
        : [
            {
              label: "Different units",
              value: `${shown(distinctMatched(sample, 1))} programme and ${shown(distinctMatched(sample, 0))} comparison ${noun}s: a comparison ${noun} may enter in several years`,
            },
          ]),
    ],
  };
}

/** Who had left before; the number in the data is said only where every part of it may be. */
function leftOutBefore(excluded: number, eligible: readonly number[], noun: string, minimum: number): string {
  if (excluded === 0) return "";
  const parts = [excluded, ...eligible];
  const left = `left out before that by the conditions of the study.`;
  if (parts.some((part) => isFew(part, minimum)))
    return ` Other programme ${noun}s (${protectedCount(excluded, minimum)}) were ${left}`;
  const all = parts.reduce((sum, part) => sum + part, 0);
  return ` Of ${printCount(all)} programme ${noun}s in the data, ${printCount(excluded)} were ${left}`;
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
