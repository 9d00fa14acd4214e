import type { SafeExhibit } from "#disclosure";

const GAP = "  ";

/** A table as lines of a terminal: columns of equal width, numbers to the right, notes below. */
export function tableLines({ title, summary, columns, rows, notes }: SafeExhibit): readonly string[] {
  const cells = [
    columns.map(({ label }) => label),
    ...rows.map((row) => columns.map(({ id }) => row.cells[id]?.text ?? "")),
  ];
  const widths = columns.map((_, c) => Math.max(...cells.map((row) => row[c]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => (columns[c]!.align === "right" ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join(GAP)
      .trimEnd();
  return [title, summary, ...cells.map(line), ...notes.map((note) => `  ${note}`)];
}
