import { type ComparisonSample, type MatchedDraw, redrawTies } from "#design";
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

/** The chosen specification in twenty re-drawn orders of ties; none where no scores are equal. Needs no outcome. */
export function drawOrders(study: Study, sample: ComparisonSample): readonly (readonly MatchedDraw[])[] {
  if (!sample.draws.some((draw) => draw.hasTies)) return [];
  return redrawTies(study, sample, ORDERS);
}

/**
 * How far each outcome of an analysis moves at the primary horizon from one order of ties to another.
 * @param orders  The samples drawn; they serve every outcome.
 */
export function tieSpreads(
  study: Study,
  analysis: AnalysisDeclaration,
  open: OpenSample,
  orders: readonly (readonly MatchedDraw[])[] = drawOrders(study, open.sample),
): readonly TieSpread[] {
  const outcomes = analysis.outcomes.map((id) => study.outcomes.get(id)!);
  const named = (outcome: OutcomeDeclaration) => ({ analysis: analysis.id, outcome: outcome.id });
  if (!open.draws.some((draw) => draw.hasTies))
    return outcomes.map((outcome) => ({ ...named(outcome), state: "no ties" }));
  const samples = orders
    .filter((draws) => draws.length === open.draws.length)
    .map((draws) => openDraws(open.sample, open.unit, draws, open.specification));
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
