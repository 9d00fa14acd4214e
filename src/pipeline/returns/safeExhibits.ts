import { makeSafe, type SafeExhibit } from "#disclosure";
import { miExhibits, type ReturnShown } from "#findings";

/** The tables of a return under the disclosure rules: schools and people may have a smallest number of their own. */
export function safeReturnExhibits(shown: ReturnShown): readonly SafeExhibit[] {
  const safe = miExhibits(shown).map((exhibit) => {
    const isOfSchools = exhibit.id.startsWith("mi-schools-");
    const minimum = isOfSchools ? shown.schoolMinimum : shown.minimum;
    return makeSafe(exhibit, { minimum, namesAllowed: [], clusterColumns: [] });
  });
  const byId = new Map(safe.map((exhibit) => [exhibit.id, exhibit]));
  return safe.flatMap((exhibit) => {
    const whole = exhibit.id.endsWith(REMAINING) ? byId.get(exhibit.id.slice(0, -REMAINING.length)) : undefined;
    if (whole === undefined) return [exhibit];
    const part = withheldAs(whole, exhibit);
    // A table in which nothing is left to read is no table.
    return part.rows.some(({ cells }) => (cells.n?.value ?? 0) > 0) ? [part] : [];
  });
}

const REMAINING = "-remaining";

/** What is withheld of all recruited is withheld of those who remained too: it would say how many at least. */
function withheldAs(whole: SafeExhibit, part: SafeExhibit): SafeExhibit {
  const counts = new Map(whole.rows.map(({ id, cells }) => [id, cells.n]));
  const rows = part.rows.map((row) => {
    const n = counts.get(row.id);
    if (n === undefined || n.value !== undefined) return row;
    const cells = Object.entries(row.cells).map(([id, cell]) => [id, OF_UNITS.includes(id) ? n : cell]);
    return { ...row, cells: Object.fromEntries(cells) };
  });
  return { ...part, rows };
}

/** Columns of a breakdown from which a count could be worked out. */
const OF_UNITS = ["n", "percent", "words"];
