/** Sums over the rows of one arm that have a value and a weight above 0. */
export interface ArmTotals {
  /** Rows. */
  count: number;
  /** Σw. */
  weight: number;
  /** Σw². */
  squares: number;
}

export const noTotals = (): ArmTotals => ({ count: 0, weight: 0, squares: 0 });

/**
 * Σw − Σw²/Σw, by which a weighted sum of squares is divided for the unbiased reliability-weight variance; n − 1 with equal
 * weights. NaN where fewer than two rows carry weight.
 */
export function varianceDivisor({ count, weight, squares }: ArmTotals): number {
  return count < 2 ? Number.NaN : weight - squares / weight;
}
