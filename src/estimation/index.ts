export type { Interval } from "#stats";
export { alphaOf, isClear } from "./alpha.ts";
export { amongStayers, notSeenToLeave, restrictedTo } from "./amongStayers.ts";
export * from "./effect.ts";
export { estimateAnalysis } from "./estimateAnalysis.ts";
export { type EventStudy, eventStudy } from "./eventStudy.ts";
export { adjustFamily } from "./multiplicity.ts";
export { type OpenSample, openSample } from "./sample.ts";
export {
  type Evidence,
  estimateEachSpecification,
  estimateSensitivity,
  openFor,
  type SensitivityRow,
} from "./sensitivity.ts";
export { drawOrders, type TieSpread, tieSpreads } from "./tieOrders.ts";
export { estimateYearly, type YearlyDetail, type YearlyReading } from "./yearly/estimateYearly.ts";
export { censusesOf } from "./yearly/yearlyRows.ts";
export { bendTrends, yearlyRow } from "./yearly/yearlySensitivity.ts";
