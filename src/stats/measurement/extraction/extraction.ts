import type { Matrix } from "#math";

/** Unrotated loadings and the record of how they were found. */
export interface Extraction {
  /** Items × factors, the factors orthogonal, largest eigenvalue first. */
  readonly loadings: Matrix;
  /** What the method makes small, at the start and after each step. */
  readonly path: readonly number[];
  readonly stopped: "converged" | "limit" | "still";
}

/** The least uniqueness that minres and maximum likelihood may give an item: R's and psych's bound. */
export const LEAST_UNIQUENESS = 0.005;
