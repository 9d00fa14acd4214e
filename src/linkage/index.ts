export { type BuildOptions, buildUnit, readsOf } from "./buildUnit.ts";
export type { RateOf } from "./derive.ts";
export { REPAIRED, type RepairRecord } from "./repairGaps.ts";
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
