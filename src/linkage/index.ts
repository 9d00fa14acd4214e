export { type BuildOptions, buildUnit, readsOf } from "./buildUnit.ts";
export { frameContext, type RateOf } from "./derive.ts";
export {
  type FalseMatches,
  type LinkRecord,
  type MatchRate,
  type PeopleRecord,
  type ReviewEntry,
  type RoleRecord,
  rateInWords,
  type SchoolsRecord,
} from "./linkRecord.ts";
export {
  dressColumns,
  type LinkedSources,
  linkColumns,
  linkSources,
} from "./linkSources.ts";
export { cellText } from "./people/comparedField.ts";
export { type Decision, readDecisions, unclosedQuote, writeDecisions } from "./people/decisions.ts";
export {
  evaluateLinkage,
  type KnownReturn,
  type LinkageScore,
  pooledScore,
} from "./people/evaluateLinkage.ts";
export { REPAIRED, type RepairRecord } from "./repairGaps.ts";
export { pairName } from "./reviewEntries.ts";
export {
  baselineContext,
  type Clock,
  columnOf,
  deliveredReads,
  type JoinRecord,
  keyRepeatedFault,
  rowContext,
  rowsAtYear,
  type UnitTable,
  yearOfMoment,
} from "./unitTable.ts";
