import { type Exhibit, type ExhibitCell, type ExhibitRow, isFew } from "#findings";
import { hideNames } from "./hideNames.ts";

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
  /**
   * Numbers given to clusters so far; it grows. One for all exhibits of a comparison gives a cluster the same number in
   * each of them; without it an exhibit numbers its clusters by itself.
   */
  readonly clusterNumbers?: Map<string, number>;
}

const WITHHELD: ExhibitCell = { text: "c", reason: "withheld: few enough to recognise somebody" };
const WITHHELD_TOO: ExhibitCell = { text: "c", reason: "withheld: another withheld count could be worked out from it" };

/**
 * Applies the rules to one exhibit:
 * - a count from 1 to minimum − 1, or one that leaves so few over, becomes `c`, and so do the other numbers of its row
 *   that rest on those units;
 * - where exactly one count of a column is withheld, or several that come to less than the minimum, one more of that column
 *   is withheld with the shares of its row, since subtraction would give them away: a total where there is one, else the
 *   smallest;
 * - clusters that may not be named get a number;
 * - unit keys are dropped unless the inputs are public (minimum 0).
 * A chart is dropped when any number of its table was withheld: the picture would show it.
 */
export function makeSafe(exhibit: Exhibit, safety: Safety): SafeExhibit {
  const named = hideNames(exhibit, safety);
  if (safety.minimum === 0) return { ...named, rows: named.rows.map(withoutMarks), kind: "safe" };
  const rows = named.rows.map(({ keys: _, ...row }) => row);
  const withheld = withhold(rows, named, safety.minimum);
  const any = withheld.some((row, i) => row !== rows[i]);
  const { chart, about, ...rest } = named;
  const { keys: _keys, ...traced } = about;
  return {
    ...rest,
    about: traced,
    rows: withheld.map(withoutMarks),
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

/** A row without what only these rules read. */
function withoutMarks(row: ExhibitRow): ExhibitRow {
  const cells = Object.entries(row.cells).map(([id, { rest: _rest, isTotal: _total, isShare: _share, ...cell }]) => [
    id,
    cell,
  ]);
  return { ...row, cells: Object.fromEntries(cells) };
}

function isSmall(cell: ExhibitCell | undefined, minimum: number): boolean {
  if (cell?.isCount !== true || cell.value === undefined) return false;
  return [cell.value, cell.rest ?? 0].some((units) => isFew(units, minimum));
}

function withhold(rows: readonly ExhibitRow[], exhibit: Exhibit, minimum: number): readonly ExhibitRow[] {
  const hidden = rows.map(
    (row) =>
      new Map<string, ExhibitCell>(
        exhibit.columns.filter(({ id }) => isSmall(row.cells[id], minimum)).map(({ id }) => [id, WITHHELD]),
      ),
  );
  for (const { id } of exhibit.columns) {
    const small = rows.flatMap((row, i) => (hidden[i]!.has(id) ? [row.cells[id]!.value!] : []));
    if (small.length === 0) continue;
    if (small.length > 1 && small.reduce((sum, value) => sum + value, 0) >= minimum) continue;
    const next = nextToWithhold(rows, hidden, id);
    if (next !== undefined) hidden[next]!.set(id, WITHHELD_TOO);
  }
  return rows.map((row, i) => {
    if (hidden[i]!.size === 0) return row;
    const first = exhibit.columns[0]!.id;
    const restsOnSmall = [...hidden[i]!.values()].includes(WITHHELD);
    const cells = Object.entries(row.cells).map(([id, cell]): [string, ExhibitCell] => {
      const own = hidden[i]!.get(id);
      if (own !== undefined) return [id, own];
      // Means, shares and effects of a row rest on its counts; a share gives back the count it was made from.
      if (restsOnSmall && id !== first && isFigure(cell)) return [id, WITHHELD];
      return cell.isShare === true ? [id, WITHHELD_TOO] : [id, cell];
    });
    return { ...row, cells: Object.fromEntries(cells) };
  });
}

/** A number or an interval that is no count. */
function isFigure(cell: ExhibitCell): boolean {
  return cell.isCount !== true && (cell.value !== undefined || cell.range !== undefined);
}

/** The row whose count goes with a withheld one: a total, else the smallest that is shown. */
function nextToWithhold(
  rows: readonly ExhibitRow[],
  hidden: readonly ReadonlyMap<string, ExhibitCell>[],
  id: string,
): number | undefined {
  let best: number | undefined;
  for (const [i, row] of rows.entries()) {
    const cell = row.cells[id];
    if (hidden[i]!.has(id) || cell?.isCount !== true || cell.value === undefined || cell.value === 0) continue;
    const chosen = best === undefined ? undefined : rows[best]!.cells[id]!;
    const isBetter =
      chosen === undefined || (cell.isTotal === chosen.isTotal ? cell.value < chosen.value! : cell.isTotal === true);
    if (isBetter) best = i;
  }
  return best;
}
