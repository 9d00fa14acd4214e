import { checkLength, chiSquaredTail, choleskyFactor, type Matrix, solveCholesky } from "#math";

/** One test that several estimates are all 0. */
export interface WaldTest {
  readonly chiSquared: number;
  readonly df: number;
  readonly p: number;
}

/**
 * Wald's test βᵀV⁻¹β against the chi-square distribution with as many degrees of freedom as there are estimates.
 * @returns undefined where the estimates depend on each other.
 * @throws ShapeMismatch  the covariance is of another size.
 */
export function waldTest(beta: Float64Array, covariance: Matrix): WaldTest | undefined {
  checkLength("estimates", beta.length, covariance.rows);
  const root = beta.length === 0 ? undefined : choleskyFactor(covariance);
  if (root === undefined) return undefined;
  const solved = solveCholesky(root, beta);
  const chiSquared = beta.reduce((sum, value, i) => sum + value * solved[i], 0);
  return { chiSquared, df: beta.length, p: chiSquaredTail(chiSquared, beta.length) };
}
