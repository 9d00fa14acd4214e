export { type AsRiskRatio, asRiskRatio, eValue, eValueOfInterval } from "./eValue.ts";
export { robustnessValue } from "./robustnessValue.ts";
export { mcnemarBounds, type RosenbaumBounds, signedRankBounds } from "./rosenbaumBounds.ts";
