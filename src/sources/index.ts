export type { GroupMean } from "./groupMeans.ts";
export { type OpenOptions, OpenSource, openSource, type SourceToOpen } from "./openSource.ts";
export { readWritten, type WrittenOptions } from "./readWritten.ts";
export type { Seal, SealedColumns, SourceTrail, TidyTable, WantedRows } from "./tidyTable.ts";
export { type FaultyCell, ValueFaults } from "./valueFaults.ts";
export { type SheetToWrite, writeSheets } from "./writeSheets.ts";
