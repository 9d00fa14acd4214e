export { Matrix, RandomStream } from "#math";
export { BadWeights } from "./badWeights.ts";
export {
  type ChainedImputation,
  type CompletedColumn,
  chainedImputation,
  type IncompleteColumn,
} from "./chainedImputation.ts";
export { type JointTest, jointTest, testContrast } from "./contrastTests.ts";
export { effectiveClusters, effectiveSampleSize } from "./effectiveSize.ts";
export { type EntropyBalance, entropyBalance } from "./entropyBalance.ts";
export { type Interval, smallestDetectable, tInterval } from "./interval.ts";
export { inverseProbabilityWeights } from "./inverseProbabilityWeights.ts";
export { ContrastNotEstimable, fitLinear, type LinearFit } from "./linearFit.ts";
export { fitLogistic, type LogisticFit, OutcomeNotBinary } from "./logisticFit.ts";
export { matchNearest, type NearestMatches, type NearestRequest } from "./matchNearest.ts";
export { benjaminiHochberg, holm } from "./multiplicity.ts";
export { poolContrasts } from "./poolContrasts.ts";
export { type CovarianceKind, type RobustCovariance, robustCovariance } from "./robustCovariance.ts";
export { robustnessValue } from "./robustnessValue.ts";
export { coxIndex, type GroupMoments, hedgesG } from "./standardisedDifference.ts";
export { weightedMoments } from "./weightedMoments.ts";
export { type WildBootstrap, wildClusterBootstrap } from "./wildClusterBootstrap.ts";
