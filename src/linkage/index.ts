export { buildUnit, readsOf } from "./buildUnit.ts";
export {
  baselineContext,
  columnOf,
  deliveredReads,
  type JoinRecord,
  keyRepeatedFault,
  rowContext,
  rowsAtYear,
  type UnitTable,
  yearOfMoment,
} from "./unitTable.ts";
