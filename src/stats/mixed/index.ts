export { type KenwardRoger, kenwardRoger } from "./kenwardRoger.ts";
export { satterthwaiteDegrees } from "./linearDegrees.ts";
export { fitLinearMixed, type LinearMixedFit, type MixedFit, NotFinite } from "./linearMixedModel.ts";
export {
  BadProportions,
  fitLogisticMixed,
  type LogisticMixedFit,
  latentVariance,
  QuadratureNotPossible,
} from "./logisticMixedModel.ts";
export {
  BadDifference,
  type DifferenceInDifferences,
  type Effect,
  mixedDifference,
  type PeriodEffect,
} from "./mixedDifference.ts";
export { type RandomEffects, randomEffectsOf } from "./randomEffects.ts";
export type { RandomVariance } from "./varianceComponents.ts";
