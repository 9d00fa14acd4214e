import { checkLength } from "#math";

/**
 * Weights that make the comparison rows resemble the treated (effect on the treated): 1 for a treated row, the odds of
 * being treated, exp(logit), for a comparison row.
 * @throws ShapeMismatch  the arrays differ in length.
 */
export function inverseProbabilityWeights({
  logit,
  treated,
}: {
  readonly logit: Float64Array;
  readonly treated: Uint8Array;
}): Float64Array {
  checkLength("treated", treated.length, logit.length);
  return logit.map((value, row) => (treated[row] === 1 ? 1 : Math.exp(value)));
}
