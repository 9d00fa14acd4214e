import { Matrix } from "#math";
import { rowsOfWeight } from "../common/badWeights.ts";
import type { GeneralisedFit, MatrixRequest } from "./generalisedFit.ts";
import { fitLinear, type LinearFit } from "./linearFit.ts";

/**
 * The least squares fit that a generalised linear model ends in: rows √w·x and working residuals √w·(y − μ)/(dμ/dη) with
 * w the weights of its last step. Its sandwich covariances (`robustCovariance`: HC, CR, CR2 with Satterthwaite degrees of
 * freedom) are those of the model. CR2 takes the model's own variances as working covariance, as clubSandwich does for
 * `glm`.
 *
 * @param fit        The fit of this request.
 * @param frequency  Whether weights say how often a row (or pattern: y the share of ones) occurred.
 */
export function workingFit(
  fit: Exclude<GeneralisedFit, { state: "not converged" }>,
  { family, y, x, names, weights, offset }: MatrixRequest,
  { frequency = false }: { readonly frequency?: boolean } = {},
): LinearFit {
  const rows = rowsOfWeight(weights, x.rows);
  const own = Float64Array.from(rows, (row) => weights?.[row] ?? 1);
  const eta = Float64Array.from(rows, (row) => fit.linearPredictor[row]);
  const outcome = Float64Array.from(rows, (row) => y[row]);
  const w = new Float64Array(rows.length);
  const score = new Float64Array(rows.length);
  family.workingValues(outcome, eta, own, w, score);
  const scaled = new Matrix(rows.length, x.columns);
  const response = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const root = Math.sqrt(w[i]);
    for (let j = 0; j < x.columns; j++) scaled.data[j * rows.length + i] = root * x.get(rows[i], j);
    // A row so far out that its weight is 0 to rounding says nothing.
    response[i] = w[i] > 0 ? root * (eta[i] - (offset?.[rows[i]] ?? 0)) + score[i] / root : 0;
  }
  const linear = fitLinear({ y: response, x: scaled, names });
  const modelVariance = eta.map((predictor, i) => family.variance(family.mean(predictor)) / (frequency ? 1 : own[i]));
  if (!frequency) return { ...linear, rows, modelVariance };
  const n = own.reduce((sum, weight) => sum + weight, 0);
  return {
    ...linear,
    rows,
    modelVariance,
    n,
    dfResidual: n - linear.kept.length,
    behind: { counts: own, squares: squaresBehind(fit, outcome, eta, own, w) },
  };
}

/** Σ w·e² over the rows of each pattern: of a binary outcome, y·m rows are ones and the rest zeros. */
function squaresBehind(
  { family }: Exclude<GeneralisedFit, { state: "not converged" }>,
  y: Float64Array,
  eta: Float64Array,
  counts: Float64Array,
  w: Float64Array,
): Float64Array {
  return y.map((share, i) => {
    const mu = family.mean(eta[i]);
    const slope = family.meanDerivative(eta[i]);
    const perRow = w[i] / counts[i] / slope ** 2;
    const ofOnes = family.name === "binomial" ? share * (1 - mu) ** 2 + (1 - share) * mu ** 2 : (share - mu) ** 2;
    return counts[i] * perRow * ofOnes;
  });
}
