import { type ComparisonSample, designAmong, takeCandidates } from "#design";
import { type EvaluationContext, evaluate } from "#expression";
import { baselineContext, type UnitTable } from "#linkage";
import type { Study } from "#protocol";
import { type NumberColumn, rowsWhere } from "#table";
import { placesIn } from "./sample.ts";

/** Years over which a stayer must not be seen to leave. */
const FOLLOWED = 3;

/** Those not observed to leave within three years of time zero: later starters are not seen that long, and count as staying. */
export function notSeenToLeave(context: EvaluationContext): Float64Array {
  const stays = new Float64Array(context.rows).fill(1);
  for (let years = 1; years <= FOLLOWED; years++) {
    const there = context.exists({ anchor: "timeZero", offset: years }).values;
    for (let row = 0; row < stays.length; row++) if (there[row] === 0) stays[row] = 0;
  }
  return stays;
}

/** Those for whom the comparison's own `restrictTo` holds. */
export const restrictedTo =
  (study: Study, { comparison }: ComparisonSample) =>
  (context: EvaluationContext): Float64Array => {
    const { restrictTo } = study.comparisons.get(comparison.id) ?? comparison;
    return restrictTo === undefined
      ? new Float64Array(context.rows).fill(1)
      : (evaluate(restrictTo, context) as NumberColumn).values;
  };

/**
 * A comparison among those who stayed: the same candidates less those seen to leave, matched anew by the specification that
 * was chosen before any outcome was seen. It is settled by what happened after the start, so it is a sensitivity and never a
 * causal contrast.
 *
 * @param unit  Who is there in which year, of all candidates, with what `stay` reads.
 * @param stay  1 for those who stay, of a context of all candidates.
 * @throws Faults  nobody of one arm stayed.
 */
export function amongStayers(
  study: Study,
  sample: ComparisonSample,
  unit: UnitTable,
  stay: (context: EvaluationContext) => Float64Array,
): ComparisonSample {
  const { candidates, comparison, chosen } = sample;
  const clock = candidates.entry ?? { baseline: comparison.baselineYear };
  const stays = stay(baselineContext(unit, placesIn(unit, candidates.identities), clock));
  const rows = rowsWhere(stays.length, (row) => stays[row] === 1);
  const { specification } = chosen.tried;
  const match = { ...comparison.match, specifications: [specification], choose: { use: specification.id } };
  const { restrictTo: _restrictTo, ...plain } = comparison;
  return designAmong(study, takeCandidates(candidates, rows), { ...plain, match });
}
