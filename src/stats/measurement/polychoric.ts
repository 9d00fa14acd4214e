import { bivariateNormalCdf, bivariateNormalDensity, findRoot, Matrix, normalQuantile } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { answeredRows, checkItems, completeAnswers, type Items, type MissingAnswers } from "./items.ts";

/** The categories of one item that somebody chose, and the thresholds between them. */
export interface ItemThresholds {
  /** Ascending. */
  readonly categories: Float64Array;
  /** Threshold k lies between categories k and k + 1: Φ⁻¹ of the share of answers up to category k. */
  readonly thresholds: Float64Array;
}

export interface PolychoricCorrelations {
  readonly state: "estimated";
  readonly names: readonly string[];
  readonly correlation: Matrix;
  /** Respondents used: the complete ones (listwise) or all who answered something (pairwise). */
  readonly n: number;
  /** Respondents who answered both items. */
  readonly pairs: Matrix;
  readonly thresholds: readonly ItemThresholds[];
  /** Pairs whose likelihood still rises at |ρ| = 1, most often a 2 × 2 table with an empty cell: set to ±1. */
  readonly atBound: readonly (readonly [string, string])[];
}

/** More categories than this are no rating scale. */
const MOST_CATEGORIES = 20;
/** Below this a share is lost in the rounding of its four parts: an answer in such a cell draws ρ towards 0 this hard. */
const SMALLEST_SHARE = 1e-13;
const HARD = 1e8;
/** The search for ρ ends here; beyond it two items are one. */
const BOUND = 1 - 1e-9;

/**
 * Polychoric correlations by two steps: each item is a normal number cut at thresholds; these come from the item's own
 * shares, then ρ of each pair maximises
 *
 *     Σ n_ab · ln π_ab(ρ),   π_ab = the bivariate normal probability of the cell (a, b)
 *
 * over the table of the two. The slope is exact, Σ n_ab·π′_ab/π_ab with π′ from ∂Φ₂/∂ρ = φ₂, and its root is found by
 * Brent's method on −1 … 1.
 *
 * A category nobody chose makes no threshold: its neighbours meet. Cells that are empty by chance stay 0 unless
 * `emptyCell` puts a number in their place (psych's `correct`; 0 here, ½ there).
 *
 * @param missing  Under `pairwise` thresholds come from everybody who answered the item, ρ from those who answered both.
 * @returns not estimable when an item has one category only, more than 20, or shares fewer than three answers with another.
 * @throws BadItems    see `checkItems`.
 * @throws RangeError  `emptyCell` is negative.
 *
 * Source: Olsson (1979), Psychometrika 44(4).
 */
export function polychoricCorrelations(
  given: Items,
  { missing, emptyCell = 0 }: { readonly missing: MissingAnswers; readonly emptyCell?: number },
): PolychoricCorrelations | NotEstimable {
  checkItems(given);
  if (!(emptyCell >= 0)) throw new RangeError(`a count for empty cells is 0 or more, not ${emptyCell}`);
  const { names, columns } = missing === "listwise" ? completeAnswers(given) : given;
  const p = names.length;
  const thresholds: ItemThresholds[] = [];
  for (const [j, column] of columns.entries()) {
    const own = thresholdsOf(column);
    if (own.categories.length < 2) return notEstimable(`"${names[j]}" has ${own.categories.length} categories in use`);
    if (own.categories.length > MOST_CATEGORIES) {
      return notEstimable(
        `"${names[j]}" has ${own.categories.length} different answers; at most ${MOST_CATEGORIES} are a scale`,
      );
    }
    thresholds.push(own);
  }
  const codes = columns.map((column, j) => codesOf(column, thresholds[j].categories));
  const correlation = new Matrix(p, p);
  const pairs = new Matrix(p, p);
  const atBound: (readonly [string, string])[] = [];
  for (let i = 0; i < p; i++) {
    correlation.set(i, i, 1);
    pairs.set(
      i,
      i,
      codes[i].reduce((sum, code) => sum + (code < 0 ? 0 : 1), 0),
    );
    for (let j = 0; j < i; j++) {
      const { table, n } = tableOf(
        codes[i],
        codes[j],
        thresholds[i].categories.length,
        thresholds[j].categories.length,
      );
      if (n < 3)
        return notEstimable(
          `"${names[j]}" and "${names[i]}" were both answered by ${n} respondents; at least 3 are needed`,
        );
      if (emptyCell > 0) for (let k = 0; k < table.data.length; k++) if (table.data[k] === 0) table.data[k] = emptyCell;
      const rho = pairCorrelation(table, thresholds[i].thresholds, thresholds[j].thresholds);
      if (Math.abs(rho) === 1) atBound.push([names[j], names[i]]);
      correlation.set(i, j, rho);
      correlation.set(j, i, rho);
      pairs.set(i, j, n);
      pairs.set(j, i, n);
    }
  }
  const n = answeredRows({ names, columns });
  return { state: "estimated", names, n, correlation, pairs, thresholds, atBound };
}

function thresholdsOf(column: Float64Array): ItemThresholds {
  const counts = new Map<number, number>();
  let n = 0;
  for (let i = 0; i < column.length; i++) {
    const own = column[i];
    if (Number.isNaN(own)) continue;
    counts.set(own, (counts.get(own) ?? 0) + 1);
    n++;
  }
  const categories = Float64Array.from(counts.keys()).sort();
  const thresholds = new Float64Array(Math.max(0, categories.length - 1));
  let below = 0;
  for (let k = 0; k < thresholds.length; k++) {
    below += counts.get(categories[k])!;
    thresholds[k] = normalQuantile(below / n);
  }
  return { categories, thresholds };
}

function codesOf(column: Float64Array, categories: Float64Array): Int32Array {
  const places = new Map(Array.from(categories, (category, k) => [category, k]));
  const codes = new Int32Array(column.length);
  for (let i = 0; i < codes.length; i++) codes[i] = places.get(column[i]) ?? -1;
  return codes;
}

function tableOf(left: Int32Array, right: Int32Array, rows: number, columns: number): { table: Matrix; n: number } {
  const table = new Matrix(rows, columns);
  let n = 0;
  for (let i = 0; i < left.length; i++) {
    if (left[i] < 0 || right[i] < 0) continue;
    table.data[right[i] * rows + left[i]]++;
    n++;
  }
  return { table, n };
}

/** ρ of one table, or ±1 where the likelihood still rises at the bound. */
function pairCorrelation(table: Matrix, left: Float64Array, right: Float64Array): number {
  const x = [Number.NEGATIVE_INFINITY, ...left, Number.POSITIVE_INFINITY];
  const y = [Number.NEGATIVE_INFINITY, ...right, Number.POSITIVE_INFINITY];
  const slope = (rho: number): number => {
    const shares = new Matrix(x.length, y.length);
    const slopes = new Matrix(x.length, y.length);
    for (let b = 1; b < y.length; b++) {
      for (let a = 1; a < x.length; a++) {
        shares.set(a, b, bivariateNormalCdf(x[a], y[b], rho));
        slopes.set(a, b, bivariateNormalDensity(x[a], y[b], rho));
      }
    }
    let sum = 0;
    for (let b = 1; b < y.length; b++) {
      for (let a = 1; a < x.length; a++) {
        const count = table.get(a - 1, b - 1);
        if (count === 0) continue;
        const share = cell(shares, a, b);
        sum += share > SMALLEST_SHARE ? (count * cell(slopes, a, b)) / share : -Math.sign(rho) * count * HARD;
      }
    }
    return sum;
  };
  let low = -0.9;
  let high = 0.9;
  while (slope(low) <= 0) {
    if (low < -BOUND) return -1;
    low = -1 + (1 + low) / 10;
  }
  while (slope(high) >= 0) {
    if (high > BOUND) return 1;
    high = 1 - (1 - high) / 10;
  }
  return findRoot(slope, low, high, 1e-12);
}

/** The share of the cell that ends at thresholds a and b. */
function cell(cumulative: Matrix, a: number, b: number): number {
  return cumulative.get(a, b) - cumulative.get(a - 1, b) - cumulative.get(a, b - 1) + cumulative.get(a - 1, b - 1);
}
