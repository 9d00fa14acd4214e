import { fQuantile, Matrix } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { itemCovariances } from "./itemCovariances.ts";
import { answeredRows, checkItems, chooseItems, completeAnswers, type Items, type MissingAnswers } from "./items.ts";

export interface CronbachAlpha {
  readonly state: "estimated";
  readonly names: readonly string[];
  readonly n: number;
  /** Of the answers as they are. */
  readonly raw: number;
  /** Of the answers scaled to variance 1, k·r̄/(1 + (k − 1)·r̄), r being covariances over the items' own deviations. */
  readonly standardised: number;
  /** r̄, the mean correlation of two items. */
  readonly averageCorrelation: number;
  /** Feldt's interval for `raw`. */
  readonly low: number;
  readonly high: number;
  readonly items: readonly AlphaItem[];
}

export interface AlphaItem {
  readonly name: string;
  readonly isReversed: boolean;
  /** Correlation of the item with the sum of the others; NaN when that sum has no variance. */
  readonly restCorrelation: number;
  /** Alpha of the scale without the item; NaN when only one would be left. */
  readonly rawIfDropped: number;
  readonly standardisedIfDropped: number;
}

/**
 * Cronbach's alpha of a scale, from covariances s of its k items,
 *
 *     α = k/(k − 1) · (1 − Σᵢ sᵢᵢ / Σᵢⱼ sᵢⱼ)
 *
 * with Feldt's interval 1 − (1 − α)·F(1 ∓ c/2; n − 1, (n − 1)(k − 1)) and what each item does to it. A reversed item is
 * turned round before anything else.
 *
 * @param reversed  Items that ask the opposite.
 * @param level     Of the interval.
 * @returns not estimable when there are fewer than two items, one does not vary, two share fewer than three answers, or the
 *          sum of the items has no variance.
 * @throws BadItems    see `checkItems`; a reversed item is not among the items.
 * @throws RangeError  the level is not between 0 and 1.
 *
 * Source: Cronbach (1951), Psychometrika 16(3); Feldt (1965), Psychometrika 30(3).
 */
export function cronbachAlpha(
  items: Items,
  {
    reversed = [],
    missing = "pairwise",
    level = 0.95,
  }: { readonly reversed?: readonly string[]; readonly missing?: MissingAnswers; readonly level?: number } = {},
): CronbachAlpha | NotEstimable {
  checkItems(items);
  if (!(level > 0 && level < 1)) throw new RangeError(`a level lies between 0 and 1, not at ${level}`);
  const turned = reverseItems(items, reversed);
  const k = items.names.length;
  if (k < 2) return notEstimable("alpha needs at least two items");
  const used = missing === "listwise" ? completeAnswers(turned) : turned;
  const moments = itemCovariances(used, "pairwise");
  if (moments.state === "not estimable") return moments;
  const { covariance } = moments;
  const correlation = scaledToOne(covariance);
  const n = missing === "listwise" ? used.columns[0].length : answeredRows(used);
  const all = Array.from({ length: k }, (_, i) => i);
  const raw = alphaOf(covariance, all);
  if (!Number.isFinite(raw)) return notEstimable("the sum of the items has no variance");
  const feldt = (p: number) => 1 - (1 - raw) * fQuantile(p, n - 1, (n - 1) * (k - 1));
  return {
    state: "estimated",
    names: items.names,
    n,
    raw,
    standardised: alphaOf(correlation, all),
    averageCorrelation: (sumOver(correlation, all) - k) / (k * (k - 1)),
    low: feldt((1 + level) / 2),
    high: feldt((1 - level) / 2),
    items: all.map((i) => {
      const others = all.filter((j) => j !== i);
      const rest = sumOver(covariance, others);
      const withRest = others.reduce((sum, j) => sum + covariance.get(i, j), 0);
      return {
        name: items.names[i],
        isReversed: reversed.includes(items.names[i]),
        restCorrelation:
          rest > 1e-12 * covariance.get(i, i) ? withRest / Math.sqrt(covariance.get(i, i) * rest) : Number.NaN,
        rawIfDropped: k < 3 ? Number.NaN : alphaOf(covariance, others),
        standardisedIfDropped: k < 3 ? Number.NaN : alphaOf(correlation, others),
      };
    }),
  };
}

/**
 * Items with some turned round: max + min − x over the answers given to the item.
 * @throws BadItems  one of them is not there.
 */
export function reverseItems(items: Items, reversed: readonly string[]): Items {
  chooseItems(items, reversed);
  return {
    names: items.names,
    columns: items.columns.map((column, j) => {
      if (!reversed.includes(items.names[j])) return column;
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < column.length; i++) {
        if (column[i] < low) low = column[i];
        if (column[i] > high) high = column[i];
      }
      return column.map((own) => high + low - own);
    }),
  };
}

/** Covariances over the deviations of the two items, each from all its own answers. */
function scaledToOne(covariance: Matrix): Matrix {
  const result = new Matrix(covariance.rows, covariance.rows);
  for (let i = 0; i < covariance.rows; i++) {
    for (let j = 0; j < covariance.rows; j++) {
      result.set(i, j, covariance.get(i, j) / Math.sqrt(covariance.get(i, i) * covariance.get(j, j)));
    }
  }
  return result;
}

function alphaOf(covariance: Matrix, items: readonly number[]): number {
  const k = items.length;
  const own = items.reduce((sum, i) => sum + covariance.get(i, i), 0);
  const total = sumOver(covariance, items);
  return total > 1e-12 * own ? (k / (k - 1)) * (1 - own / total) : Number.NaN;
}

function sumOver(matrix: Matrix, items: readonly number[]): number {
  let sum = 0;
  for (const i of items) for (const j of items) sum += matrix.get(i, j);
  return sum;
}
