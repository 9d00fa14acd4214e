import type { Matrix } from "#math";
import type { NotEstimable } from "../common/notEstimable.ts";
import { itemCovariances } from "./itemCovariances.ts";
import { answeredRows, checkItems, completeAnswers, type Items, type MissingAnswers } from "./items.ts";
import { polychoricCorrelations } from "./polychoric.ts";
import { positiveDefinite } from "./positiveDefinite.ts";
import { rankCorrelations } from "./rankCorrelations.ts";

export type CorrelationKind = "pearson" | "spearman" | "polychoric";

export interface ItemCorrelations {
  readonly state: "estimated";
  readonly kind: CorrelationKind;
  readonly missing: MissingAnswers;
  readonly names: readonly string[];
  readonly matrix: Matrix;
  /** Respondents used: the complete ones (listwise) or all who answered something (pairwise). */
  readonly n: number;
  /** Respondents behind each correlation, and the fewest of them. */
  readonly pairs: Matrix;
  readonly fewestPairs: number;
  /** The smallest eigenvalue before smoothing, when the matrix had to be smoothed to be positive definite. */
  readonly smoothedFrom?: number;
}

/**
 * The correlations of items, as factor analysis takes them.
 *
 * Pairwise (or polychoric) correlations need not go together: when the matrix is not positive definite its small and
 * negative eigenvalues are raised (`positiveDefinite`) and the result says so.
 *
 * @param countEmptyRows  Whether `n` under `pairwise` also counts respondents without any answer, as psych does.
 * @returns not estimable with the items or pair at fault: no variation, fewer than three shared answers.
 * @throws BadItems  see `checkItems`.
 */
export function correlateItems(
  items: Items,
  {
    kind = "pearson",
    missing = "pairwise",
    countEmptyRows = false,
  }: { readonly kind?: CorrelationKind; readonly missing?: MissingAnswers; readonly countEmptyRows?: boolean } = {},
): ItemCorrelations | NotEstimable {
  checkItems(items);
  const used = missing === "listwise" ? completeAnswers(items) : items;
  const found = correlationsOf(used, kind);
  if (found.state === "not estimable") return found;
  const n = missing === "listwise" || countEmptyRows ? used.columns[0].length : answeredRows(used);
  const fewestPairs = found.pairs.data.reduce((least, own) => Math.min(least, own), n);
  const { matrix, smoothedFrom } = positiveDefinite(found.correlation);
  return {
    state: "estimated",
    kind,
    missing,
    names: used.names,
    matrix,
    n,
    pairs: found.pairs,
    fewestPairs,
    ...(smoothedFrom === undefined ? {} : { smoothedFrom }),
  };
}

function correlationsOf(
  items: Items,
  kind: CorrelationKind,
): { readonly state: "estimated"; readonly correlation: Matrix; readonly pairs: Matrix } | NotEstimable {
  if (kind === "pearson") return itemCovariances(items, "pairwise");
  if (kind === "spearman") return rankCorrelations(items);
  return polychoricCorrelations(items, { missing: "pairwise" });
}
