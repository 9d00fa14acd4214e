import { chiSquaredTail, choleskyFactor, invertCholesky, logDeterminant, type Matrix } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import type { ItemCorrelations } from "./correlateItems.ts";
import { orderedEigen } from "./eigenvalues.ts";

export interface SamplingAdequacy {
  readonly state: "estimated";
  /** Of the correlation matrix, largest first. */
  readonly eigenvalues: Float64Array;
  /** Kaiser-Meyer-Olkin measure over all items, and by item. */
  readonly kmo: number;
  readonly kmoByItem: Float64Array;
  /** Bartlett's test that all correlations are 0. */
  readonly bartlett: { readonly chiSquared: number; readonly df: number; readonly p: number };
}

/**
 * Whether correlations are worth a factor analysis. With r the correlations and q the partial ones given all other items,
 *
 *     KMO = Σ r² / (Σ r² + Σ q²)   over the pairs (of one item: over its pairs)
 *     Bartlett: χ² = −(n − 1 − (2p + 5)/6) · ln det R,   df = p(p − 1)/2
 *
 * @returns not estimable when there are fewer than two items or R has no inverse.
 *
 * Source: Kaiser and Rice (1974), Educational and Psychological Measurement 34; Bartlett (1951), Biometrika 38.
 */
export function samplingAdequacy({
  matrix,
  n,
}: Pick<ItemCorrelations, "matrix" | "n">): SamplingAdequacy | NotEstimable {
  const p = matrix.rows;
  if (p < 2) return notEstimable("one item has no correlations");
  const factor = choleskyFactor(matrix);
  if (factor === undefined) return notEstimable("the correlation matrix is singular");
  const inverse = invertCholesky(factor);
  const squares = new Float64Array(p);
  const partials = new Float64Array(p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      if (i === j) continue;
      squares[i] += matrix.get(i, j) ** 2;
      partials[i] += inverse.get(i, j) ** 2 / (inverse.get(i, i) * inverse.get(j, j));
    }
  }
  const total = (sums: Float64Array) => sums.reduce((sum, own) => sum + own, 0);
  const df = (p * (p - 1)) / 2;
  const chiSquared = -(n - 1 - (2 * p + 5) / 6) * logDeterminant(factor);
  return {
    state: "estimated",
    eigenvalues: orderedEigen(matrix).values,
    kmo: total(squares) / (total(squares) + total(partials)),
    kmoByItem: squares.map((own, i) => own / (own + partials[i])),
    bartlett: { chiSquared, df, p: chiSquaredTail(chiSquared, df) },
  };
}

/** Squared multiple correlation of each item with all others, 1 − 1/(R⁻¹)ᵢᵢ; undefined when R has no inverse. */
export function squaredMultipleCorrelations(matrix: Matrix): Float64Array | undefined {
  const factor = choleskyFactor(matrix);
  if (factor === undefined) return undefined;
  const inverse = invertCholesky(factor);
  return Float64Array.from({ length: matrix.rows }, (_, i) => 1 - 1 / inverse.get(i, i));
}
