import { type CurvedEvaluation, Matrix, minimiseBounded } from "#math";
import { orderedEigen } from "../eigenvalues.ts";
import { type Extraction, LEAST_UNIQUENESS } from "./extraction.ts";
import { curvature } from "./minimumResidual.ts";

/**
 * Maximum likelihood factors of normal answers. With θ and v the eigenvalues and vectors of A = Ψ^−½·R·Ψ^−½, largest
 * first, and for given uniquenesses ψ the best loadings,
 *
 *     f(ψ) = Σ_{a>k} (θₐ − ln θₐ − 1),   loadings = Ψ^½·v·√(θ − 1) of the first k
 *
 * Newton steps in x = ln ψ within ψ ≥ .005. With φ′(θ) = 1 − 1/θ past k and 0 before it, and φ″ = 1/θ²,
 *
 *     ∂f/∂xᵢ    = −Σₐ φ′ₐ θₐ vᵢₐ²
 *     ∂²f/∂xᵢ∂xⱼ = ½δᵢⱼ Σₐ φ′ₐ θₐ vᵢₐ² + ½Aᵢⱼ Σₐ φ′ₐ vᵢₐvⱼₐ + ¼ Σ_ab g_ab (θₐ + θ_b)² vᵢₐ vᵢ_b vⱼₐ vⱼ_b
 *
 * where g is φ″ for equal eigenvalues and (φ′ₐ − φ′_b)/(θₐ − θ_b) otherwise.
 *
 * @param start  Communalities to begin with.
 *
 * Source: Jöreskog (1967), Psychometrika 32(4); second derivatives of a function of eigenvalues: Lewis and Sendov (2001),
 * SIAM Journal on Matrix Analysis and Applications 23(2).
 */
export function maximumLikelihood(matrix: Matrix, factors: number, start: Float64Array): Extraction {
  const p = matrix.rows;
  const scaled = new Matrix(p, p);
  const scale = (logUniqueness: Float64Array): Matrix => {
    const root = logUniqueness.map((own) => Math.exp(-own / 2));
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) scaled.set(i, j, root[i] * matrix.get(i, j) * root[j]);
    return scaled;
  };
  const evaluate = (logUniqueness: Float64Array): CurvedEvaluation => {
    const { values, vectors } = orderedEigen(scale(logUniqueness));
    if (!(values[p - 1] > 0)) {
      return { value: Number.POSITIVE_INFINITY, gradient: new Float64Array(p), hessian: new Matrix(p, p) };
    }
    const slope = values.map((theta, a) => (a < factors ? 0 : 1 - 1 / theta));
    const gradient = new Float64Array(p);
    let value = 0;
    for (let a = factors; a < p; a++) {
      const column = vectors.column(a);
      value += values[a] - Math.log(values[a]) - 1;
      for (let i = 0; i < p; i++) gradient[i] -= slope[a] * values[a] * column[i] * column[i];
    }
    const hessian = curvature(vectors, (a, b) => {
      const apart = values[a] - values[b];
      const g =
        Math.abs(apart) > 1e-7 * values[a]
          ? (slope[a] - slope[b]) / apart
          : a < factors
            ? 0
            : 1 / (values[a] * values[b]);
      return (g * (values[a] + values[b]) ** 2) / 4;
    });
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < p; j++) {
        let sum = 0;
        for (let a = factors; a < p; a++) sum += slope[a] * vectors.get(i, a) * vectors.get(j, a);
        hessian.set(i, j, hessian.get(i, j) + (scaled.get(i, j) * sum) / 2 - (i === j ? gradient[i] / 2 : 0));
      }
    }
    return { value, gradient, hessian };
  };
  const found = minimiseBounded({
    evaluate,
    start: start.map((own) => Math.log(Math.max(1 - own, LEAST_UNIQUENESS))),
    lower: new Float64Array(p).fill(Math.log(LEAST_UNIQUENESS)),
    tolerance: 1e-10,
  });
  const { values, vectors } = orderedEigen(scale(found.x));
  const loadings = new Matrix(p, factors);
  for (let j = 0; j < factors; j++) {
    const length = Math.sqrt(Math.max(values[j] - 1, 0));
    loadings.column(j).set(vectors.column(j).map((own, i) => own * length * Math.exp(found.x[i] / 2)));
  }
  return { loadings, path: found.path, stopped: found.stopped === "flat" ? "converged" : found.stopped };
}
