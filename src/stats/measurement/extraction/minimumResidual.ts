import { type CurvedEvaluation, Matrix, minimiseBounded } from "#math";
import { orderedEigen } from "../eigenvalues.ts";
import { type Extraction, LEAST_UNIQUENESS } from "./extraction.ts";
import { leadingLoadings } from "./principalAxis.ts";

/**
 * Minimum residual factors (unweighted least squares): uniquenesses ψ that make the squares of what k factors leave over
 * as small as can be. For given ψ the best loadings are the leading eigenvectors of R − Ψ, which leaves
 *
 *     f(ψ) = ½ Σ_{a>k} λₐ²,   ∂f/∂ψᵢ = −Σ_{a>k} λₐ vᵢₐ²,   ∂²f/∂ψᵢ∂ψⱼ = Σ_ab g_ab vᵢₐ vᵢ_b vⱼₐ vⱼ_b
 *
 * with g = 1 when a and b are both left over, λₐ/(λₐ − λ_b) when only a is, 0 when neither is. Newton steps within
 * ψ ≥ .005.
 *
 * @param start  Communalities to begin with.
 *
 * Source: Harman and Jones (1966), Psychometrika 31(3); second derivatives of a function of eigenvalues: Lewis and Sendov
 * (2001), SIAM Journal on Matrix Analysis and Applications 23(2).
 */
export function minimumResidual(matrix: Matrix, factors: number, start: Float64Array): Extraction {
  const p = matrix.rows;
  const reduced = new Matrix(p, p);
  const reduce = (uniqueness: Float64Array): Matrix => {
    reduced.data.set(matrix.data);
    for (let i = 0; i < p; i++) reduced.set(i, i, matrix.get(i, i) - uniqueness[i]);
    return reduced;
  };
  const evaluate = (uniqueness: Float64Array): CurvedEvaluation => {
    const { values, vectors } = orderedEigen(reduce(uniqueness));
    const gradient = new Float64Array(p);
    let value = 0;
    for (let a = factors; a < p; a++) {
      const column = vectors.column(a);
      value += (values[a] * values[a]) / 2;
      for (let i = 0; i < p; i++) gradient[i] -= values[a] * column[i] * column[i];
    }
    return { value, gradient, hessian: curvature(vectors, (a, b) => leftOver(values, factors, a, b)) };
  };
  const found = minimiseBounded({
    evaluate,
    start: start.map((own) => 1 - own),
    lower: new Float64Array(p).fill(LEAST_UNIQUENESS),
    tolerance: 1e-11,
  });
  return {
    loadings: leadingLoadings(reduce(found.x), factors),
    path: found.path,
    stopped: found.stopped === "flat" ? "converged" : found.stopped,
  };
}

function leftOver(values: Float64Array, factors: number, a: number, b: number): number {
  if (a < factors && b < factors) return 0;
  if (a >= factors && b >= factors) return 1;
  const inside = Math.min(a, b);
  const outside = Math.max(a, b);
  return values[outside] / Math.min(values[outside] - values[inside], -1e-12);
}

/** Σ_ab g(a, b)·vᵢₐ·vᵢ_b·vⱼₐ·vⱼ_b for all i and j, g symmetric. */
export function curvature(vectors: Matrix, g: (a: number, b: number) => number): Matrix {
  const p = vectors.rows;
  const factor = new Matrix(p, p);
  for (let a = 0; a < p; a++) for (let b = 0; b < p; b++) factor.set(a, b, g(a, b));
  const result = new Matrix(p, p);
  const product = new Float64Array(p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      for (let a = 0; a < p; a++) product[a] = vectors.get(i, a) * vectors.get(j, a);
      let sum = 0;
      for (let a = 0; a < p; a++) {
        const column = factor.column(a);
        let inner = 0;
        for (let b = 0; b < p; b++) inner += column[b] * product[b];
        sum += product[a] * inner;
      }
      result.set(i, j, sum);
      result.set(j, i, sum);
    }
  }
  return result;
}
