import type { Matrix } from "#math";

/** Rotated loadings; with oblique factors also their correlations Φ. */
export interface Rotation {
  readonly loadings: Matrix;
  readonly factorCorrelations?: Matrix;
  readonly steps: number;
  readonly stopped: "converged" | "limit";
}

/**
 * Where an iterative rotation ends: `exact`, when nothing moves any more, or `R`, at the coarser default stops of R's
 * `varimax` (the criterion grows by less than 1e-5 of itself) and GPArotation's `oblimin` (slope below 1e-5). The two
 * differ by up to 1e-3 in small loadings under varimax, by up to 1e-5 under oblimin.
 */
export type RotationStop = "exact" | "R";
