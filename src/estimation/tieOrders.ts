import { redrawTies } from "#design";
import type { AnalysisDeclaration, OutcomeDeclaration, Study } from "#protocol";
import { ask } from "./estimateAnalysis.ts";
import { intervalOf } from "./reading.ts";
import type { OpenSample } from "./sample.ts";

/** How far an effect moves when candidates with equal scores are taken in another order (methods, section 4). */
export type TieSpread = { readonly analysis: string; readonly outcome: string } & (
  | { readonly state: "no ties" }
  | { readonly state: "not estimable"; readonly reason: string }
  | { readonly state: "redrawn"; readonly orders: number; readonly low: number; readonly high: number }
);

const ORDERS = 20;

/** Twenty re-drawn orders of ties for one outcome at the primary horizon; nothing is redrawn where no scores are equal. */
export function tieSpread(
  study: Study,
  analysis: AnalysisDeclaration,
  open: OpenSample,
  outcome: OutcomeDeclaration,
): TieSpread {
  const named = { analysis: analysis.id, outcome: outcome.id };
  if (!open.draws.some((draw) => draw.hasTies)) return { ...named, state: "no ties" };
  const estimates: number[] = [];
  let reason = "no order of ties gives a matched sample";
  for (let order = 1; order <= ORDERS; order++) {
    const run = redrawTies(study, open.sample, order);
    if (run.state === "not estimable") continue;
    const { point } = intervalOf(
      ask(study, analysis, { ...open, draws: run.draws }, outcome, analysis.primaryHorizon),
      analysis.contrast,
    );
    if (point.state === "estimated") estimates.push(point.estimate);
    else reason = point.reason;
  }
  if (estimates.length === 0) return { ...named, state: "not estimable", reason };
  return {
    ...named,
    state: "redrawn",
    orders: estimates.length,
    low: Math.min(...estimates),
    high: Math.max(...estimates),
  };
}
