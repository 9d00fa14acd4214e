export { abadieImbens, type MatchingEstimate } from "./abadieImbens.ts";
export { augmentedWeighting, type DoublyRobust } from "./augmentedWeighting.ts";
export {
  type BalanceSummary,
  balanceSummary,
  effectiveSizes,
  rubinsBAndR,
} from "./balanceSummary.ts";
export { type Balance, type BalanceRow, balanceTable, type Denominator } from "./balanceTable.ts";
export { type CoarsenedMatches, type Coarsening, coarsenedExact } from "./coarsenedExact.ts";
export { commonSupport } from "./commonSupport.ts";
export { distanceWithinStrata } from "./distanceWithinStrata.ts";
export { entropyBalance, withPowers } from "./entropyBalance.ts";
export { estimandWeights } from "./estimandWeights.ts";
export { mahalanobisPoints, type Scaling } from "./mahalanobisPoints.ts";
export { type DistanceMatches, matchByDistance } from "./matchByDistance.ts";
export { type MatchedSet, setNumbers } from "./matchedSets.ts";
export { type FullMatches, matchFull } from "./matchFull.ts";
export { matchedDifference, matchLikePsmatch2, type Psmatch2Matches } from "./matchLikePsmatch2.ts";
export { matchNearest, type NearestMatches, nearestMatcher } from "./matchNearest.ts";
export { matchOptimal, type OptimalMatches } from "./matchOptimal.ts";
export { matchTwoLevels, type TwoLevelMatches } from "./matchTwoLevels.ts";
export { BadScore, type PairRules, type Space } from "./pairDistances.ts";
export { sortRows } from "./sortRows.ts";
export { isDefined, numberOrNaN, type Statistic } from "./statistic.ts";
export { armCounts, type Estimand, strataWeights } from "./strataWeights.ts";
export { type Subclasses, subclassify } from "./subclassify.ts";
export { weightedDifference } from "./weightedDifference.ts";
export { weightedOutcomeModel } from "./weightedOutcomeModel.ts";
