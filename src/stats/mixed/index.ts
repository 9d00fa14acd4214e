export {
  type ExplainedVariance,
  explainedByLevel,
  explainedVariance,
  LevelsDiffer,
} from "./explainedVariance.ts";
export { type KenwardRoger, kenwardRoger } from "./kenwardRoger.ts";
export { type LikelihoodRatioTest, likelihoodRatioTest, NotNested } from "./likelihoodRatioTest.ts";
export { satterthwaiteDegrees } from "./linearDegrees.ts";
export { fitLinearMixed, type LinearMixedFit } from "./linearMixedModel.ts";
export { latentVariance } from "./logisticCautions.ts";
export {
  BadProportions,
  fitLogisticMixed,
  type LogisticMixedFit,
  QuadratureNotPossible,
} from "./logisticMixedModel.ts";
export {
  BadDifference,
  type DifferenceInDifferences,
  type Effect,
  mixedDifference,
  type PeriodEffect,
} from "./mixedDifference.ts";
export type { MixedFit } from "./mixedFit.ts";
export { type OmittedVariance, omittedVariance } from "./omittedVariance.ts";
export { type MixedPredictions, predictMixed } from "./predictMixed.ts";
export { type RandomEffects, randomEffectsOf } from "./randomEffects.ts";
export type { RandomVariance } from "./varianceComponents.ts";
