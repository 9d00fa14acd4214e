import { choleskyFactor, Matrix, multiply, solveCholesky, transpose, transposeMultiply } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import type { ItemCorrelations } from "./correlateItems.ts";
import type { FactorAnalysis } from "./factorAnalysis.ts";
import { checkItems, type Items } from "./items.ts";

export interface FactorScores {
  readonly state: "estimated";
  /** Items × factors: score = weights′·z. */
  readonly weights: Matrix;
  /** Respondents × factors; NaN for a respondent with a missing answer. */
  readonly scores: Matrix;
}

/**
 * Scores of respondents on the factors, from answers standardised by the mean and deviation of each item's own answers.
 *
 * - `regression` (Thurstone): W = R⁻¹·S, S the structure: least error, but drawn towards 0.
 * - `bartlett`: W = Ψ⁻¹L(L′Ψ⁻¹L)⁻¹: unbiased for the respondent's own factor value, with more error.
 *
 * @returns not estimable when R has no inverse (regression), or a uniqueness is not above 0 (Bartlett).
 * @throws BadItems  see `checkItems`; other items than those of the solution.
 *
 * Source: Thurstone (1935), The Vectors of Mind; Bartlett (1937), British Journal of Psychology 28.
 */
export function factorScores(
  items: Items,
  correlations: ItemCorrelations,
  solution: FactorAnalysis,
  method: "regression" | "bartlett" = "regression",
): FactorScores | NotEstimable {
  checkItems(items);
  if (items.names.join("\n") !== solution.names.join("\n")) {
    throw new RangeError(
      `the solution is of ${solution.names.join(", ")}, the answers are of ${items.names.join(", ")}`,
    );
  }
  const weights = method === "regression" ? regressionWeights(correlations, solution) : bartlettWeights(solution);
  if (typeof weights === "string") return notEstimable(weights);
  const standardised = Matrix.fromColumns(items.columns.map(standardise));
  return { state: "estimated", weights, scores: multiply(standardised, weights) };
}

function regressionWeights({ matrix }: ItemCorrelations, { structure }: FactorAnalysis): Matrix | string {
  const factor = choleskyFactor(matrix);
  if (factor === undefined) return "the correlation matrix is singular";
  return Matrix.fromColumns(
    Array.from({ length: structure.columns }, (_, j) => solveCholesky(factor, structure.column(j))),
  );
}

function bartlettWeights({ loadings, uniqueness, names }: FactorAnalysis): Matrix | string {
  const bad = uniqueness.findIndex((own) => !(own > 0));
  if (bad >= 0) return `"${names[bad]}" has no uniqueness left (Heywood)`;
  const scaled = new Matrix(loadings.rows, loadings.columns);
  for (let j = 0; j < loadings.columns; j++) {
    for (let i = 0; i < loadings.rows; i++) scaled.set(i, j, loadings.get(i, j) / uniqueness[i]);
  }
  const factor = choleskyFactor(transposeMultiply(loadings, scaled));
  if (factor === undefined) return "the factors are combinations of each other";
  const rows = transpose(scaled);
  return transpose(
    Matrix.fromColumns(Array.from({ length: rows.columns }, (_, i) => solveCholesky(factor, rows.column(i)))),
  );
}

function standardise(column: Float64Array): Float64Array {
  const known = column.filter((own) => !Number.isNaN(own));
  const mean = known.reduce((sum, own) => sum + own, 0) / known.length;
  const variance = known.reduce((sum, own) => sum + (own - mean) ** 2, 0) / (known.length - 1);
  return column.map((own) => (own - mean) / Math.sqrt(variance));
}
