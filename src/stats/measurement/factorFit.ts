import { chiSquaredTail, choleskyFactor, logDeterminant, Matrix, solveCholesky } from "#math";

/** How well k factors reproduce the correlations. NaN where a measure is not defined: no degrees of
 *  freedom, too few respondents for Bartlett's factor, a model that is not positive definite. */
export interface FactorFit {
  /** ((p − k)² − (p + k))/2. */
  readonly df: number;
  /** Root mean square of the residual correlations off the diagonal, each weighted by its respondents over the harmonic
   *  mean of all those numbers. */
  readonly rms: number;
  /** 1 − Σ(R − LΦL′)²/ΣR², the diagonal included. */
  readonly share: number;
  /** tr(M⁻¹R) − ln det(M⁻¹R) − p, M the model with ones on its diagonal. */
  readonly objective: number;
  /** Objective × (n − 1 − (2p + 5)/6 − 2k/3). */
  readonly chiSquared: number;
  readonly p: number;
  readonly tuckerLewis: number;
  readonly rmsea: number;
  /** χ² − df·ln n. */
  readonly bic: number;
}

/**
 * Fit of a factor solution by the likelihood-ratio discrepancy between R and the model, whatever the extraction.
 *
 *     TLI = (χ²₀/df₀ − χ²/df)/(χ²₀/df₀ − 1)   with χ²₀ of −ln det R by the same factor as χ², df₀ = p(p − 1)/2
 *     RMSEA = √max(χ²/(df·n) − 1/(n − 1), 0)
 *
 * @param model  L·Φ·L′.
 *
 * Source: Lawley and Maxwell (1971) with Bartlett's correction; Tucker and Lewis (1973), Psychometrika 38; the factor of
 * χ²₀ and the divisors of RMSEA as in psych 2.2.9.
 */
export function factorFit({
  matrix,
  model,
  factors,
  n,
  pairs,
}: {
  readonly matrix: Matrix;
  readonly model: Matrix;
  readonly factors: number;
  readonly n: number;
  readonly pairs: Matrix;
}): FactorFit {
  const p = matrix.rows;
  const df = ((p - factors) ** 2 - (p + factors)) / 2;
  let total = 0;
  let left = 0;
  let leftOff = 0;
  let reciprocals = 0;
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      const square = (matrix.get(i, j) - model.get(i, j)) ** 2;
      total += matrix.get(i, j) ** 2;
      left += square;
      reciprocals += 1 / pairs.get(i, j);
      if (i !== j) leftOff += square * pairs.get(i, j);
    }
  }
  const { objective, logDeterminantOfR } = discrepancy(matrix, model);
  const multiplier = n - 1 - (2 * p + 5) / 6 - (2 * factors) / 3;
  const chiSquared = multiplier > 0 ? objective * multiplier : Number.NaN;
  const nullRatio = (-logDeterminantOfR * multiplier) / ((p * (p - 1)) / 2);
  return {
    df,
    rms: Math.sqrt((leftOff * (reciprocals / (p * p))) / (p * (p - 1))),
    share: 1 - left / total,
    objective,
    chiSquared,
    p: df > 0 && chiSquared >= 0 ? chiSquaredTail(chiSquared, df) : Number.NaN,
    tuckerLewis: df > 0 ? (nullRatio - chiSquared / df) / (nullRatio - 1) : Number.NaN,
    rmsea: df > 0 && chiSquared >= 0 ? Math.sqrt(Math.max(chiSquared / (df * n) - 1 / (n - 1), 0)) : Number.NaN,
    bic: chiSquared - df * Math.log(n),
  };
}

function discrepancy(
  matrix: Matrix,
  model: Matrix,
): { readonly objective: number; readonly logDeterminantOfR: number } {
  const p = matrix.rows;
  const full = new Matrix(p, p);
  full.data.set(model.data);
  for (let i = 0; i < p; i++) full.set(i, i, 1);
  const factor = choleskyFactor(full);
  const ofR = choleskyFactor(matrix);
  const logDeterminantOfR = ofR === undefined ? Number.NaN : logDeterminant(ofR);
  if (factor === undefined) return { objective: Number.NaN, logDeterminantOfR };
  let trace = 0;
  for (let j = 0; j < p; j++) trace += solveCholesky(factor, matrix.column(j))[j];
  return { objective: trace - (logDeterminantOfR - logDeterminant(factor)) - p, logDeterminantOfR };
}
