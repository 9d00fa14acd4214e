/** A cell of a CSV file, quoted where it must be. */
const cell = (value: string | number): string => {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A CSV file: a header and rows, each ended by a line feed. */
export function csvText(header: readonly string[], rows: Iterable<readonly (string | number)[]>): string {
  let text = `${header.join(",")}\n`;
  for (const row of rows) text += `${row.map(cell).join(",")}\n`;
  return text;
}
