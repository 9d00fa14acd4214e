export type { ArmMoments } from "./armMoments.ts";
export type { BalanceRow, WwcBaseline } from "./balance.ts";
export { balanceTable } from "./balance.ts";
export {
  type Candidates,
  type FlowStep,
  findCandidates,
  findEntrants,
  type Start,
  type Wave,
} from "./candidates.ts";
export type { TriedSpecification } from "./chooseSpecification.ts";
export { clusterCodes, coarsestLevel, MATCHED_SET } from "./clusters.ts";
export { type CovariateColumn, modelColumns, readCovariates, takeCovariates } from "./covariates.ts";
export {
  analysesOf,
  type ComparisonSample,
  clustersOf,
  designAmong,
  designComparison,
  redrawTies,
} from "./designComparison.ts";
export { hashedKey } from "./hashedKeys.ts";
export { type MemberCount, memberCounts } from "./memberCounts.ts";
export type { MissingnessRow } from "./missingness.ts";
export { baselineName, baselineValue, outcomeAt, yearsBefore } from "./outcomeValues.ts";
export { meansByArm, type PreTrend, type PreTrendVerdict, type YearMeans } from "./preTrends.ts";
export { type RuleOutcome, ruleOutcome } from "./ruleOutcome.ts";
export {
  type Dropped,
  type MatchedDraw,
  type MatchedSet,
  runSpecification,
  type SpecificationRun,
  sizesOf,
} from "./runSpecification.ts";
export { takeCandidates } from "./takeCandidates.ts";
export { type ContrastSample, jointContrastTest, type YearContrast, yearContrast } from "./yearContrasts.ts";
