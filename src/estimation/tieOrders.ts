import { redrawTies } from "#design";
import type { AnalysisDeclaration, OutcomeDeclaration, Study } from "#protocol";
import { ask } from "./estimateAnalysis.ts";
import { estimateOf } from "./reading.ts";
import { type OpenSample, openDraws } from "./sample.ts";

/** How far an effect moves when candidates with equal scores are taken in another order (methods, section 4). */
export type TieSpread = { readonly analysis: string; readonly outcome: string } & (
  | { readonly state: "no ties" }
  | { readonly state: "not estimable"; readonly reason: string }
  | { readonly state: "redrawn"; readonly orders: number; readonly low: number; readonly high: number }
);

const ORDERS = 20;

/**
 * Twenty re-drawn orders of ties for each outcome at the primary horizon; nothing is redrawn where no scores are equal.
 * The samples are drawn once and serve every outcome.
 */
export function tieSpreads(
  study: Study,
  analysis: AnalysisDeclaration,
  open: OpenSample,
  outcomes: readonly OutcomeDeclaration[],
): readonly TieSpread[] {
  const named = (outcome: OutcomeDeclaration) => ({ analysis: analysis.id, outcome: outcome.id });
  if (!open.draws.some((draw) => draw.hasTies))
    return outcomes.map((outcome) => ({ ...named(outcome), state: "no ties" }));
  const samples: OpenSample[] = [];
  for (let order = 1; order <= ORDERS; order++) {
    const draws = redrawTies(study, open.sample, order);
    if (draws.length === open.draws.length) samples.push(openDraws(open.sample, open.unit, draws, open.specification));
  }
  return outcomes.map((outcome) => {
    const found = samples.map((sample) =>
      estimateOf(ask(study, analysis, sample, outcome, analysis.primaryHorizon), analysis.contrast),
    );
    const estimates = found.flatMap((one) => (one.state === "estimated" ? [one.estimate] : []));
    if (estimates.length === 0) {
      const reason = found.find((one) => one.state === "not estimable");
      return {
        ...named(outcome),
        state: "not estimable",
        reason: reason?.state === "not estimable" ? reason.reason : "no order of ties gives a matched sample",
      };
    }
    return {
      ...named(outcome),
      state: "redrawn",
      orders: estimates.length,
      low: Math.min(...estimates),
      high: Math.max(...estimates),
    };
  });
}
