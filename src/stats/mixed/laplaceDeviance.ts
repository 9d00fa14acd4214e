import type { Evaluation } from "#math";
import type { ConditionalModes, ModePoint } from "./conditionalModes.ts";

/**
 * −2 ln of the likelihood with the random effects integrated out by Laplace's method,
 *
 *     −2ℓ(û) + ‖û‖² + ln det A(û),   A = ΛᵀZᵀWZΛ + I,
 *
 * without the binomial constant, and its exact slope in (θ, γ): A depends on the parameters directly and by way of the
 * weights, which move with the modes û. The leverages zᵢᵀΛA⁻¹Λᵀzᵢ come from the entries of A⁻¹ at its own pattern.
 *
 * @param point  The modes found last by `modes` (whose structure holds the factor of A).
 *
 * Source: Bates, Mächler, Bolker and Walker (2015) for the objective; the slope by implicit differentiation of û.
 */
export function laplaceDeviance(modes: ConditionalModes, point: ModePoint): Evaluation {
  const { structure, products, likelihood } = modes;
  const { lambda, u, score, observed, expectedSlope, penalised } = point;
  const n = structure.rows;
  const value = penalised + structure.cholesky.logDeterminant();
  const { leverage, slope } = structure.leverages(lambda, structure.cholesky.selectedInverse());

  // How ln det A answers to each row's predictor, then what the modes' own movement takes back.
  const pull = leverage;
  for (let i = 0; i < n; i++) pull[i] *= expectedSlope[i];
  const answer = structure.gather(pull);
  structure.timesFactorTransposed(lambda, answer);
  if (likelihood.link !== "logit") {
    structure.collectProducts(observed);
    structure.factor(lambda);
  }
  structure.cholesky.solve(answer);
  const moved = new Float64Array(n);
  structure.spread(structure.timesFactor(lambda, answer), moved);
  const byRow = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    pull[i] -= observed[i] * moved[i];
    byRow[i] = pull[i] - 2 * score[i];
  }
  const gathered = structure.gather(byRow);
  const scoreSums = structure.gather(score);
  structure.addOuter(slope, gathered, u, 1);
  structure.addOuter(slope, scoreSums, answer, 1);

  const fixed = products.transposedTimes(byRow);
  const gradient = new Float64Array(slope.length + fixed.length);
  gradient.set(slope);
  gradient.set(fixed, slope.length);
  return { value, gradient };
}
