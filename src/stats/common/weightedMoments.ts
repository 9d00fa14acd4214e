import { checkLength } from "#math";

/**
 * Weighted mean and variance, the variance of the unbiased reliability-weight kind:
 *
 *     Σw·(x − x̄)² / (Σw − Σw²/Σw),
 *
 * which with equal weights is the usual one over n − 1.
 *
 * @returns The mean is NaN without any weight, the variance NaN with fewer than two weighted values.
 * @throws ShapeMismatch  there are more or fewer weights than values.
 */
export function weightedMoments(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
): { mean: number; variance: number } {
  checkLength("weights", weights.length, values.length);
  let total = 0;
  let squares = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    total += weights[i];
    squares += weights[i] * weights[i];
    sum += weights[i] * values[i];
  }
  const mean = sum / total;
  let spread = 0;
  for (let i = 0; i < values.length; i++) spread += weights[i] * (values[i] - mean) ** 2;
  const effective = total - squares / total;
  // One weighted value leaves total − squares/total at 0, or at rounding.
  return { mean, variance: effective > 1e-12 * total ? spread / effective : Number.NaN };
}
