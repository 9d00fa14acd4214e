export { type CorrelationKind, correlateItems, type ItemCorrelations } from "./correlateItems.ts";
export { type AlphaItem, type CronbachAlpha, cronbachAlpha, reverseItems } from "./cronbachAlpha.ts";
export {
  type ExtractionMethod,
  type FactorAnalysis,
  factorAnalysis,
  type RotationRequest,
} from "./factorAnalysis.ts";
export type { FactorFit } from "./factorFit.ts";
export { type FactorScores, factorScores } from "./factorScores.ts";
export type { FitMeasures } from "./invariance/fitMeasures.ts";
export type { InvarianceLevel } from "./invariance/invarianceModels.ts";
export {
  type FittedLevel,
  groupInvariance,
  type Invariance,
  type InvarianceStep,
  type LatentMean,
  type NotAssessed,
  type Scale,
  waveInvariance,
} from "./invariance/measurementInvariance.ts";
export { BadItems, chooseItems, completeAnswers, type Items, type MissingAnswers } from "./items.ts";
export { type OneFactorOmega, oneFactorOmega, totalOmega } from "./omega.ts";
export { type ParallelAnalysis, parallelAnalysis } from "./parallelAnalysis.ts";
export { type ItemThresholds, type PolychoricCorrelations, polychoricCorrelations } from "./polychoric.ts";
export { positiveDefinite } from "./positiveDefinite.ts";
export { type SamplingAdequacy, samplingAdequacy } from "./samplingAdequacy.ts";
