export { type KenwardRoger, kenwardRoger } from "./kenwardRoger.ts";
export { satterthwaiteDegrees } from "./linearDegrees.ts";
export { fitLinearMixed, type LinearMixedFit, type MixedFit, NotFinite } from "./linearMixedModel.ts";
export { type RandomEffects, randomEffectsOf } from "./randomEffects.ts";
export type { RandomVariance } from "./varianceComponents.ts";
