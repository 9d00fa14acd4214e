import type { Exhibit, ExhibitCell, ExhibitRow } from "#findings";

/** An exhibit that passed the rules; the only kind that may be written or printed. */
export type SafeExhibit = Exhibit & { readonly kind: "safe" };

/** What the rules need to know of the study. */
export interface Safety {
  /** Counts of 1 … minimum − 1 are withheld; 0 where the inputs are already public at unit level. */
  readonly minimum: number;
  /** Columns that may be named in tables. */
  readonly namesAllowed: readonly string[];
  /** Columns that hold the names of clusters, and those they were made from. */
  readonly clusterColumns: readonly string[];
}

const WITHHELD: ExhibitCell = { text: "c", reason: "withheld: few enough to recognise somebody" };
const WITHHELD_TOO: ExhibitCell = { text: "c", reason: "withheld: another withheld count could be worked out from it" };

/**
 * Applies the rules to one exhibit:
 * - a count from 1 to minimum − 1 becomes `c`, and so do the other numbers of its row that rest on those units;
 * - where exactly one count of a column is withheld, the smallest other count of that column is withheld too, since the
 *   totals beside it would give it away;
 * - clusters that may not be named get a number;
 * - unit keys are dropped unless the inputs are public (minimum 0).
 * A chart is dropped when any number of its table was withheld: the picture would show it.
 */
export function makeSafe(exhibit: Exhibit, safety: Safety): SafeExhibit {
  const named = hideNames(exhibit, safety);
  if (safety.minimum === 0) return { ...named, kind: "safe" };
  const rows = named.rows.map(({ keys: _, ...row }) => row);
  const withheld = withhold(rows, named, safety.minimum);
  const any = withheld.some((row, i) => row !== rows[i]);
  const { chart, about, ...rest } = named;
  const { keys: _keys, ...traced } = about;
  return {
    ...rest,
    about: traced,
    rows: withheld,
    notes: any
      ? [
          ...named.notes,
          `c: withheld, because it rests on fewer than ${safety.minimum} units or would give such a number away.`,
        ]
      : named.notes,
    ...(chart !== undefined && !any && { chart }),
    kind: "safe",
  };
}

function isSmall(cell: ExhibitCell | undefined, minimum: number): boolean {
  return cell?.isCount === true && cell.value !== undefined && cell.value > 0 && cell.value < minimum;
}

function withhold(rows: readonly ExhibitRow[], exhibit: Exhibit, minimum: number): readonly ExhibitRow[] {
  const hidden = rows.map(
    (row) =>
      new Map<string, ExhibitCell>(
        exhibit.columns.filter(({ id }) => isSmall(row.cells[id], minimum)).map(({ id }) => [id, WITHHELD]),
      ),
  );
  for (const { id } of exhibit.columns) {
    const small = hidden.filter((cells) => cells.has(id)).length;
    if (small !== 1) continue;
    const next = smallestShown(rows, hidden, id);
    if (next !== undefined) hidden[next]!.set(id, WITHHELD_TOO);
  }
  return rows.map((row, i) => {
    if (hidden[i]!.size === 0) return row;
    const first = exhibit.columns[0]!.id;
    const restsOnSmall = [...hidden[i]!.values()].includes(WITHHELD);
    const cells = Object.entries(row.cells).map(([id, cell]): [string, ExhibitCell] => {
      const own = hidden[i]!.get(id);
      if (own !== undefined) return [id, own];
      // Means, shares and effects of a row rest on its counts.
      return restsOnSmall && id !== first && isFigure(cell) ? [id, WITHHELD] : [id, cell];
    });
    return { ...row, cells: Object.fromEntries(cells) };
  });
}

/** A number or an interval that is no count. */
function isFigure(cell: ExhibitCell): boolean {
  return cell.isCount !== true && (cell.value !== undefined || cell.range !== undefined);
}

function smallestShown(
  rows: readonly ExhibitRow[],
  hidden: readonly ReadonlyMap<string, ExhibitCell>[],
  id: string,
): number | undefined {
  let best: number | undefined;
  for (const [i, row] of rows.entries()) {
    const cell = row.cells[id];
    if (hidden[i]!.has(id) || cell?.isCount !== true || cell.value === undefined || cell.value === 0) continue;
    if (best === undefined || cell.value < rows[best]!.cells[id]!.value!) best = i;
  }
  return best;
}

function hideNames(exhibit: Exhibit, safety: Safety): Exhibit {
  const { naming } = exhibit;
  if (
    naming === undefined ||
    safety.minimum === 0 ||
    safety.clusterColumns.every((column) => safety.namesAllowed.includes(column))
  ) {
    return exhibit;
  }
  const numbers = new Map<string, string>();
  const hide = (name: string): string => {
    const known = numbers.get(name) ?? `Cluster ${numbers.size + 1}`;
    numbers.set(name, known);
    return known;
  };
  const rows = exhibit.rows.map((row, i) => {
    const cell = row.cells[naming]!;
    return { ...row, id: `row-${i + 1}`, cells: { ...row.cells, [naming]: { ...cell, text: hide(cell.text) } } };
  });
  return { ...exhibit, rows };
}
