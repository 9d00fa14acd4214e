/** A sheet to be written: rows of text, the first being its header. */
export interface SheetToWrite {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

/** A workbook in which every cell is text, so that a number of seven digits keeps its noughts. */
export async function writeSheets(sheets: readonly SheetToWrite[]): Promise<Uint8Array> {
  // Loaded when first needed: few commands write a workbook.
  const { writeXlsx } = await import("hucre/xlsx");
  return await writeXlsx({ sheets: sheets.map(({ name, rows }) => ({ name, rows: rows.map((row) => [...row]) })) });
}
