import { Matrix } from "#math";
import type { RandomStructure } from "./randomStructure.ts";

/** How the coefficients of one random term vary between groups. */
export interface RandomVariance {
  /** The grouping factor; `g.1`, `g.2` for its further terms. */
  readonly label: string;
  /** Variances and covariances in squared units of the outcome (of the linear predictor, for a logistic model). */
  readonly covariance: Matrix;
}

/** σ²·ΛΛᵀ of each term. */
export function randomVariances(
  structure: RandomStructure,
  labels: readonly string[],
  theta: Float64Array,
  sigmaSquared: number,
): RandomVariance[] {
  const lambda = structure.factorOf(theta);
  return structure.terms.map(({ width }, t) => {
    const covariance = new Matrix(width, width);
    for (let k = 0; k < width; k++) {
      for (let m = 0; m < width; m++) {
        let sum = 0;
        for (let c = 0; c <= Math.min(k, m); c++) sum += lambda[t][c * width + k] * lambda[t][c * width + m];
        covariance.set(k, m, sigmaSquared * sum);
      }
    }
    return { label: labels[t], covariance };
  });
}
