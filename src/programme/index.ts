export {
  ABOUT_THE_SAME_POINTS,
  type Breakdown,
  breakdown,
  type LevelCount,
  type NationalShares,
  type Representation,
  representation,
  SMALL_BASE,
  sharesOfRegister,
} from "./breakdown.ts";
export { type CheckContext, checkReturn, type ReadReturn, type ReturnTable } from "./checkReturn.ts";
export { type CountedPerson, type CountedReturn, type CountedSchool, countReturn } from "./counting.ts";
export * from "./people/index.ts";
export type { ComparedTotals, ReasonCount, Reconciled } from "./reconcile.ts";
export {
  type AnalysisRows,
  type ReconciledCount,
  type ReturnReconciliation,
  reconcileReturn,
} from "./reconcileReturn.ts";
export type { Participant, SchoolEntry, SchoolTraits } from "./records.ts";
export * from "./recruitment/index.ts";
export { counted, REMARKS_HEADER, type Remark, ReturnFaults, remarkLines, remarksAsCsv } from "./remark.ts";
export { RETURN_FILES, type ReturnFile } from "./returnFields.ts";
export { returnSheets, returnTemplate, sheetName, type TemplateFile } from "./returnTemplate.ts";
export { type JudgedTarget, type JudgedValue, judgeTarget, type Reached, reachedOf } from "./targets.ts";
