import type { SafeExhibit } from "#disclosure";

/**
 * One table as CSV (UTF-8, LF): the row's id, then every column as printed; a number also as a column of its own at full
 * precision, `name_value`. A cell that is absent leaves both empty and gives its reason in `reasons`.
 */
export function writeCsv(exhibit: SafeExhibit): string {
  const numeric = exhibit.columns.filter(({ id }) =>
    exhibit.rows.some((row) => row.cells[id]?.value !== undefined && row.cells[id].isCount !== true),
  );
  const isNumeric = new Set(numeric.map((column) => column.id));
  const header = [
    "row",
    ...exhibit.columns.flatMap(({ id }) => (isNumeric.has(id) ? [id, `${id}_value`] : [id])),
    "reasons",
  ];
  const lines = exhibit.rows.map((row) => {
    const reasons: string[] = [];
    const cells = exhibit.columns.flatMap(({ id }) => {
      const cell = row.cells[id];
      if (cell?.reason !== undefined && cell.reason !== "") reasons.push(`${id}: ${cell.reason}`);
      const printed =
        cell === undefined || cell.text === "–"
          ? ""
          : cell.isCount === true && cell.value !== undefined
            ? String(cell.value)
            : cell.text;
      return isNumeric.has(id) ? [printed, cell?.value === undefined ? "" : String(cell.value)] : [printed];
    });
    return [row.id, ...cells, reasons.join("; ")].map(field).join(",");
  });
  return `${[header.map(field).join(","), ...lines].join("\n")}\n`;
}

function field(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
