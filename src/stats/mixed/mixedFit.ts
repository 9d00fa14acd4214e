import type { Matrix, Minimum } from "#math";
import type { RandomEffects } from "./randomEffects.ts";
import type { RandomVariance } from "./varianceComponents.ts";

/** What linear and logistic mixed models return alike. */
export interface MixedFit {
  readonly state: "fitted";
  /** Rows that count. */
  readonly n: number;
  /** Fixed effects that are not combinations of earlier ones, and those that are. */
  readonly names: readonly string[];
  readonly dropped: readonly string[];
  readonly beta: Float64Array;
  readonly covariance: Matrix;
  /** The relative covariance factors (in units of σ), lower triangles by column: `school.(Intercept)`, `school.x.(Intercept)`. */
  readonly thetaNames: readonly string[];
  readonly theta: Float64Array;
  /** One per random term, in the order of `effects`. */
  readonly effects: readonly RandomEffects[];
  readonly variances: readonly RandomVariance[];
  /** Conditional modes b by term: group after group, its coefficients side by side. */
  readonly modes: readonly Float64Array[];
  /** The variances estimated on the boundary: some combination of random coefficients does not vary at all. */
  readonly isSingular: boolean;
  readonly logLik: number;
  /** Fixed effects, θ, and σ where there is one. */
  readonly parameters: number;
  readonly record: {
    /** The deviance after each step. */
    readonly path: readonly number[];
    readonly stopped: Minimum["stopped"];
  };
  /** What a reader should know before using the numbers. */
  readonly cautions: readonly string[];
}

/** What to say of a search that was cut off. */
export function endCautions({ stopped, path }: Minimum): string[] {
  return stopped === "limit" ? [`the search was cut off after ${path.length - 1} steps and may not be at its end`] : [];
}

/** A relative standard deviation below this counts as 0, as in lme4. */
export const SINGULAR = 1e-4;
