import { choleskyFactor, dot, type Matrix, solveCholesky } from "#math";
import type { ColumnProducts } from "../regression/columnProducts.ts";
import type { BinomialLikelihood } from "./binomialLikelihood.ts";
import type { RandomStructure } from "./randomStructure.ts";

/** The random effects at their mode for given parameters, and the likelihood there. */
export interface ModePoint {
  readonly lambda: readonly Float64Array[];
  /** u of unit variance. */
  readonly u: Float64Array;
  readonly eta: Float64Array;
  /** ∂ℓ/∂η, −∂²ℓ/∂η² and its mean, by row, with the slope of the last. */
  readonly score: Float64Array;
  readonly observed: Float64Array;
  readonly expected: Float64Array;
  readonly expectedSlope: Float64Array;
  /** −2ℓ + ‖u‖². */
  readonly penalised: number;
}

/** A Newton step that promises less than this of log-likelihood is the last: the one after it would be its square. */
const ENOUGH = 2e-8;
const MOST_STEPS = 60;

/**
 * Finds the mode of the random effects of a binomial mixed model for given parameters, u = argmax ℓ(Xβ + ZΛu) − ‖u‖²/2, by
 * Newton's method with halved steps; warm from where the last search ended. Afterwards the structure holds the factor of
 * A = ΛᵀZᵀWZΛ + I with the expected weights at the mode.
 *
 * Source: Bates and others, "lme4: Mixed-effects modeling with R", section on penalised iteratively reweighted least squares.
 */
export class ConditionalModes {
  readonly structure: RandomStructure;
  readonly likelihood: BinomialLikelihood;
  readonly products: ColumnProducts;
  readonly x: Matrix;
  readonly #offset: Float64Array | undefined;
  #warm: Float64Array;
  #warmGamma: Float64Array | undefined;

  constructor({
    structure,
    likelihood,
    products,
    x,
    offset,
  }: {
    readonly structure: RandomStructure;
    readonly likelihood: BinomialLikelihood;
    readonly products: ColumnProducts;
    readonly x: Matrix;
    readonly offset?: Float64Array | undefined;
  }) {
    this.structure = structure;
    this.likelihood = likelihood;
    this.products = products;
    this.x = x;
    this.#offset = offset;
    this.#warm = new Float64Array(structure.size);
  }

  /** The next search begins here. */
  startFrom(u: Float64Array): void {
    this.#warm = u;
  }

  /** @returns undefined where no mode is found. */
  at(theta: Float64Array, gamma: Float64Array): ModePoint | undefined {
    const fixed = this.#fixedPart(gamma);
    const lambda = this.structure.factorOf(theta);
    return this.#search(lambda, fixed, undefined)?.point;
  }

  /**
   * Fixed and random effects at their common mode for given θ, as `nAGQ = 0` asks for.
   * @param start  Fixed effects to begin with, the first time.
   */
  jointly(theta: Float64Array, start: Float64Array): { point: ModePoint; gamma: Float64Array } | undefined {
    const gamma = this.#warmGamma?.slice() ?? start.slice();
    const found = this.#search(this.structure.factorOf(theta), this.#fixedPart(gamma), gamma);
    if (found !== undefined) this.#warmGamma = gamma;
    return found === undefined ? undefined : { point: found.point, gamma };
  }

  /** XᵀWX − XᵀWZΛ·A⁻¹·ΛᵀZᵀWX at the point found last: the information about β with θ held fixed. */
  information({ lambda, expected }: ModePoint): Matrix {
    return this.#eliminated(lambda, expected).information;
  }

  #fixedPart(gamma: Float64Array): Float64Array {
    const fixed = this.products.times(gamma);
    if (this.#offset !== undefined) for (let i = 0; i < fixed.length; i++) fixed[i] += this.#offset[i];
    return fixed;
  }

  #eliminated(lambda: readonly Float64Array[], weights: Float64Array): { information: Matrix; half: Float64Array } {
    const p = this.x.columns;
    const half = new Float64Array(this.structure.size * p);
    const weighted = new Float64Array(weights.length);
    for (let j = 0; j < p; j++) {
      const column = this.x.column(j);
      for (let i = 0; i < weighted.length; i++) weighted[i] = weights[i] * column[i];
      const sums = this.structure.gather(weighted);
      for (let i = 0; i < sums.length; i++) half[i * p + j] = sums[i];
    }
    this.structure.timesFactorTransposed(lambda, half, p);
    this.structure.cholesky.solveLower(half, p);
    const information = this.products.weighted(weights);
    for (let from = 0; from < half.length; from += p) {
      for (let j = 0; j < p; j++) {
        const value = half[from + j];
        for (let k = 0; k < p; k++) information.data[j * p + k] -= value * half[from + k];
      }
    }
    return { information, half };
  }

  /** With `gamma` the fixed effects move too, in place. */
  #search(
    lambda: readonly Float64Array[],
    fixed: Float64Array,
    gamma: Float64Array | undefined,
  ): { point: ModePoint } | undefined {
    const { structure, likelihood } = this;
    const n = structure.rows;
    const score = new Float64Array(n);
    const observed = new Float64Array(n);
    const eta = new Float64Array(n);
    let u = this.#warm.slice();
    const evaluate = (at: Float64Array): number => {
      eta.set(fixed);
      structure.spread(structure.timesFactor(lambda, at), eta);
      return -2 * likelihood.slopes(eta, score, observed) + dot(at, at);
    };
    let penalised = evaluate(u);
    if (!Number.isFinite(penalised)) {
      u = new Float64Array(structure.size);
      penalised = evaluate(u);
    }
    if (!Number.isFinite(penalised)) return undefined;
    let isLast = false;
    for (let step = 0; step < MOST_STEPS; step++) {
      structure.collectProducts(observed);
      if (!structure.factor(lambda)) return undefined;
      if (isLast) break;
      const slope = structure.gather(score);
      structure.timesFactorTransposed(lambda, slope);
      for (let i = 0; i < slope.length; i++) slope[i] -= u[i];
      const { move, moveFixed, promise } = this.#newtonStep(lambda, observed, score, slope, gamma !== undefined);
      if (!(promise >= 0)) return undefined;
      isLast = promise < ENOUGH;
      let length = 1;
      const before = u;
      const fixedBefore = gamma?.slice();
      for (;;) {
        u = before.map((own, i) => own + length * move[i]);
        if (gamma !== undefined && fixedBefore !== undefined) {
          for (let j = 0; j < gamma.length; j++) gamma[j] = fixedBefore[j] + length * moveFixed[j];
          fixed.set(this.#fixedPart(gamma));
        }
        const value = evaluate(u);
        if (value <= penalised + 1e-9 * (1 + Math.abs(penalised)) || isLast) {
          penalised = value;
          break;
        }
        length /= 2;
        if (length < 1e-6) return undefined;
      }
    }
    if (!isLast || !Number.isFinite(penalised)) return undefined;
    this.#warm = u;
    const expected = new Float64Array(n);
    const expectedSlope = new Float64Array(n);
    likelihood.expectedWeights(eta, expected, expectedSlope);
    if (likelihood.link !== "logit") {
      structure.collectProducts(expected);
      if (!structure.factor(lambda)) return undefined;
    }
    return { point: { lambda, u, eta, score, observed, expected, expectedSlope, penalised } };
  }

  #newtonStep(
    lambda: readonly Float64Array[],
    observed: Float64Array,
    score: Float64Array,
    slope: Float64Array,
    isJoint: boolean,
  ): { move: Float64Array; moveFixed: Float64Array; promise: number } {
    const { cholesky } = this.structure;
    const move = slope.slice();
    if (!isJoint) {
      cholesky.solve(move);
      return { move, moveFixed: new Float64Array(0), promise: dot(move, slope) };
    }
    const p = this.x.columns;
    const { information, half } = this.#eliminated(lambda, observed);
    cholesky.solveLower(move);
    const fixedSlope = this.products.transposedTimes(score);
    const right = fixedSlope.slice();
    for (let i = 0; i < move.length; i++) for (let j = 0; j < p; j++) right[j] -= half[i * p + j] * move[i];
    const root = choleskyFactor(information);
    if (root === undefined) return { move, moveFixed: right, promise: Number.NaN };
    const moveFixed = solveCholesky(root, right);
    for (let i = 0; i < move.length; i++) for (let j = 0; j < p; j++) move[i] -= half[i * p + j] * moveFixed[j];
    cholesky.solveLowerTransposed(move);
    return { move, moveFixed, promise: dot(move, slope) + dot(moveFixed, fixedSlope) };
  }
}
