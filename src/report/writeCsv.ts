import type { SafeExhibit } from "#disclosure";
import type { ExhibitCell } from "#findings";

/**
 * One table as CSV (UTF-8, LF): the row's id, then every column as printed. A number also has a column of its own at full
 * precision, `name_value`; an interval has `name_low` and `name_high`. A cell that is absent leaves them empty and gives
 * its reason in `reasons`. Words that a spreadsheet would take for a formula stand behind an apostrophe.
 */
export function writeCsv(exhibit: SafeExhibit): string {
  const kinds = exhibit.columns.map(({ id }) => ({ id, ...kindOf(exhibit, id) }));
  const header = kinds.flatMap(({ id, hasNumber, hasRange }) => [
    id,
    ...(hasNumber ? [`${id}_value`] : []),
    ...(hasRange ? [`${id}_low`, `${id}_high`] : []),
  ]);
  const lines = exhibit.rows.map((row) => {
    const reasons: string[] = [];
    const cells = kinds.flatMap(({ id, hasNumber, hasRange }) => {
      const cell = row.cells[id];
      if (cell?.reason !== undefined && cell.reason !== "") reasons.push(`${id}: ${cell.reason}`);
      return [
        printed(cell),
        ...(hasNumber ? [exact(cell?.value)] : []),
        ...(hasRange ? [exact(cell?.range?.low), exact(cell?.range?.high)] : []),
      ];
    });
    return [row.id, ...cells, reasons.join("; ")].map(field).join(",");
  });
  return `${[["row", ...header, "reasons"].map(field).join(","), ...lines].join("\n")}\n`;
}

/** Which columns of full precision stand beside a printed one. A count is printed exactly as it is. */
function kindOf(exhibit: SafeExhibit, id: string): { readonly hasNumber: boolean; readonly hasRange: boolean } {
  const cells = exhibit.rows.map((row) => row.cells[id]);
  return {
    hasNumber: cells.some((cell) => cell?.value !== undefined && cell.isCount !== true),
    hasRange: cells.some((cell) => cell?.range !== undefined),
  };
}

function printed(cell: ExhibitCell | undefined): string {
  if (cell === undefined || cell.text === "–") return "";
  if (cell.isCount === true && cell.value !== undefined) return String(cell.value);
  return cell.value === undefined && cell.range === undefined ? asWords(cell.text) : cell.text;
}

/** Words as no spreadsheet reads them as a formula: `=1+1` becomes `'=1+1`. */
const asWords = (words: string): string => (/^[=+\-@\t\r]/.test(words) ? `'${words}` : words);

const exact = (value: number | undefined): string => (value === undefined ? "" : String(value));

function field(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
