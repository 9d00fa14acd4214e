export { BadCounts, chiSquaredTest, crossTable, mcnemarTest } from "./contingency.ts";
export {
  coxIndex,
  type EffectSizeResult,
  type GroupMoments,
  hedgesG,
  smallSampleFactor,
  standardisedMeanChange,
  standardisedMeanDifference,
} from "./effectSize.ts";
export { fisherExactTest, fisherOddsRatio } from "./fisherExact.ts";
export {
  clusterTrialEffectSizes,
  multiSiteEffectSizes,
  simpleTrialEffectSize,
  type TrialEffectSize,
} from "./trialEffectSize.ts";
export { momentsOf, oneSampleT, type TTest, twoSampleT } from "./tTest.ts";
export { type RankTest, rankSumTest, signedRankTest } from "./wilcoxon.ts";
