export * from "./column.ts";
export { Engine, type NumberKind, type SmallRow, type TextRow } from "./engine.ts";
export { allRows, flagsOf, numbersOf, rowsWhere, wholesOf } from "./rows.ts";
export { quoteName, quotePath, quoteText } from "./sqlText.ts";
export { ABSENT, type ParquetColumn, ParquetWriter, type WholeArray } from "./writeParquet.ts";
