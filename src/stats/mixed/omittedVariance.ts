import type { NotEstimable } from "../common/notEstimable.ts";
import { type LikelihoodRatioTest, likelihoodRatioTest } from "./likelihoodRatioTest.ts";
import { fitLogisticMixed, type LogisticMixedFit } from "./logisticMixedModel.ts";
import { inOrderOfSize, type RandomEffects } from "./randomEffects.ts";

/** What a random intercept that a model leaves out would hold. */
export interface OmittedVariance {
  readonly state: "estimated";
  /** Its variance on the scale of the linear predictor; 0 when nothing is left out. */
  readonly variance: number;
  /** Of the model with it against the one without; `pBoundary` is the one to read. */
  readonly test: LikelihoodRatioTest;
  /** The model with it. */
  readonly fit: LogisticMixedFit;
}

/**
 * Fits a logistic mixed model once more with a further random intercept, such as school by year beside school. Where its
 * variance is above 0, the standard errors of the smaller model take rows of one group as more independent than they are.
 *
 * @param request  What `fit` was fitted from, by Laplace's method (quadrature is for one random term).
 * @param extra    A random intercept (`randomEffectsOf`).
 * @throws NotNested  the larger fit has the lower likelihood: it contains what the smaller one does not.
 */
export function omittedVariance(
  request: Parameters<typeof fitLogisticMixed>[0],
  fit: LogisticMixedFit,
  extra: RandomEffects,
): OmittedVariance | NotEstimable {
  const larger = fitLogisticMixed({ ...request, effects: inOrderOfSize([...request.effects, extra]) });
  if (larger.state === "not estimable") return larger;
  const place = larger.effects.findIndex(({ group }) => group === extra.group);
  const variance = larger.variances[place].covariance.get(0, 0);
  return { state: "estimated", variance, test: likelihoodRatioTest(fit, larger), fit: larger };
}
