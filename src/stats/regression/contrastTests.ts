import { checkLength, choleskyFactor, fTail, Matrix, solveCholesky } from "#math";
import { type Interval, tInterval } from "../common/interval.ts";
import { type LinearFit, orthogonalContrast } from "./linearFit.ts";
import { contrastVariance, type RobustCovariance } from "./robustCovariance.ts";
import { wishartDf } from "./satterthwaite.ts";

/**
 * A contrast of coefficients, Σ cⱼβⱼ, with interval and p from Student's t: Satterthwaite degrees of freedom for CR2
 * (the smallest of the levels'), else those of the covariance. When nothing is left over to estimate from (as many
 * coefficients as rows, one cluster, a variance of 0 by design) `df` is 0 and `se`, `p`, `low`, `high` are NaN.
 *
 * @param contrast  One number per name of the fit.
 * @throws ContrastNotEstimable  it gives weight to a dropped column.
 */
export function testContrast(
  fit: LinearFit,
  covariance: RobustCovariance,
  contrast: Float64Array,
  { level }: { readonly level: number },
): Interval {
  const orthogonal = orthogonalContrast(fit, contrast);
  const estimate = estimateOf(fit, contrast);
  const variance = contrastVariance(covariance, orthogonal);
  // An outcome explained without error leaves no variance to measure by.
  const df = variance > 0 ? degreesOfFreedom(fit, covariance, [orthogonal]) : 0;
  return tInterval(estimate, Math.sqrt(variance), df, level);
}

/** One test that several contrasts are all 0. */
export interface JointTest {
  readonly f: number;
  readonly dfNumerator: number;
  readonly dfDenominator: number;
  readonly p: number;
}

/**
 * Whether q contrasts are all 0: with Q = (Cβ)ᵀ(CVCᵀ)⁻¹(Cβ), for CR2 the approximate Hotelling test
 * F = Q·(η − q + 1)/(ηq) with q and η − q + 1 degrees of freedom ("HTZ"), else F = Q/q with q and those of the
 * covariance.
 *
 * @param contrasts  q × number of names.
 * @returns          undefined when there are too few clusters for that many contrasts, or they depend on each other.
 * @throws ContrastNotEstimable  one gives weight to a dropped column.
 *
 * Source: Pustejovsky and Tipton (2018), Journal of Business and Economic Statistics 36(4), section 4.
 */
export function jointTest(fit: LinearFit, covariance: RobustCovariance, contrasts: Matrix): JointTest | undefined {
  checkLength("contrast", contrasts.columns, fit.names.length);
  const q = contrasts.rows;
  const rows = Array.from({ length: q }, (_, i) => Float64Array.from(fit.names, (_name, j) => contrasts.get(i, j)));
  const orthogonal = rows.map((row) => orthogonalContrast(fit, row));
  const root = choleskyFactor(covarianceOf(covariance, orthogonal));
  if (root === undefined) return undefined;
  const estimates = Float64Array.from(rows, (row) => estimateOf(fit, row));
  const solved = solveCholesky(root, estimates);
  const quadratic = estimates.reduce((sum, value, i) => sum + value * solved[i], 0);
  const df = degreesOfFreedom(fit, covariance, orthogonal);
  const dfDenominator = covariance.kind === "CR2" ? df - q + 1 : df;
  if (!(dfDenominator > 0)) return undefined;
  const f = covariance.kind === "CR2" ? (quadratic * dfDenominator) / (df * q) : quadratic / q;
  return { f, dfNumerator: q, dfDenominator, p: fTail(f, q, dfDenominator) };
}

function estimateOf(fit: LinearFit, contrast: Float64Array): number {
  return contrast.reduce((sum, value, j) => (value === 0 ? sum : sum + value * fit.beta[j]), 0);
}

function degreesOfFreedom(fit: LinearFit, covariance: RobustCovariance, orthogonal: readonly Float64Array[]): number {
  if (covariance.kind !== "CR2") return covariance.df;
  if (fit.dfResidual <= 0) return 0;
  return Math.min(...covariance.reduced.map((reduced) => wishartDf(fit, reduced, orthogonal)));
}

function covarianceOf(covariance: RobustCovariance, orthogonal: readonly Float64Array[]): Matrix {
  const q = orthogonal.length;
  const result = new Matrix(q, q);
  for (let a = 0; a < q; a++) {
    for (let b = 0; b < q; b++) {
      let sum = 0;
      for (let i = 0; i < covariance.v.rows; i++) {
        for (let j = 0; j < covariance.v.columns; j++) {
          sum += orthogonal[a][i] * covariance.v.get(i, j) * orthogonal[b][j];
        }
      }
      result.set(a, b, sum);
    }
  }
  return result;
}
