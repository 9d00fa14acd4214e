import { checkLength } from "#math";
import type { Estimand } from "./strataWeights.ts";

/**
 * Weights from the logit of a propensity score e:
 *
 * | | treated | comparison |
 * |---|---|---|
 * | ATT | 1 | e/(1 − e) |
 * | ATC | (1 − e)/e | 1 |
 * | ATE | 1/e | 1/(1 − e) |
 * | overlap | 1 − e | e |
 *
 * Taken from the logit, so that a score near 0 or 1 loses no digits.
 *
 * @throws ShapeMismatch  the arrays differ in length.
 *
 * Source: Li, Morgan and Zaslavsky (2018), JASA 113, table 1.
 */
export function estimandWeights({
  logit,
  treated,
  estimand,
}: {
  readonly logit: Float64Array;
  readonly treated: Uint8Array;
  readonly estimand: Estimand;
}): Float64Array {
  checkLength("treated", treated.length, logit.length);
  return logit.map((value, row) => {
    // The odds of being in the other arm.
    const odds = Math.exp(treated[row] === 1 ? -value : value);
    if (estimand === "ATE") return 1 + odds;
    if (estimand === "overlap") return odds === Number.POSITIVE_INFINITY ? 1 : odds / (1 + odds);
    return (estimand === "ATT") === (treated[row] === 1) ? 1 : odds;
  });
}
