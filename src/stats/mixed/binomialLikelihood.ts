import { logNormalTail } from "#math";

/** How a linear predictor becomes a probability. */
export type BinomialLink = "logit" | "probit";

/**
 * The binomial log-likelihood of rows as a function of their linear predictors η, with its slopes, without the constant
 * Σ ln C(m, s):
 *
 *     ℓ = Σ s·ln μ + (m − s)·ln(1 − μ)
 *
 * Tails keep their digits: 1 − μ is never formed by subtraction.
 *
 * @param successes  s per row, not necessarily whole.
 * @param trials     m per row, above 0.
 */
export class BinomialLikelihood {
  readonly successes: Float64Array;
  readonly trials: Float64Array;
  readonly link: BinomialLink;

  constructor(successes: Float64Array, trials: Float64Array, link: BinomialLink) {
    this.successes = successes;
    this.trials = trials;
    this.link = link;
  }

  /** ℓ; fills `score` with ∂ℓ/∂η and `observed` with −∂²ℓ/∂η² of each row. */
  slopes(eta: Float64Array, score: Float64Array, observed: Float64Array): number {
    const { successes, trials } = this;
    let sum = 0;
    if (this.link === "logit") {
      // ln(1 + e) of single trials by the logarithm of a product, which stays below 2²⁵⁶.
      let product = 1;
      for (let i = 0; i < eta.length; i++) {
        if (i % 256 === 0) {
          sum -= Math.log(product);
          product = 1;
        }
        const s = successes[i];
        const m = trials[i];
        const own = eta[i];
        const small = Math.exp(-Math.abs(own));
        const near = 1 / (1 + small);
        const far = small * near;
        sum += s * own - (own > 0 ? m * own : 0);
        if (m === 1) product *= 1 + small;
        else sum -= m * Math.log1p(small);
        score[i] = own >= 0 ? s * far - (m - s) * near : s * near - (m - s) * far;
        observed[i] = m * near * far;
      }
      return sum - Math.log(product);
    }
    for (let i = 0; i < eta.length; i++) {
      const s = successes[i];
      const f = trials[i] - s;
      const { above, below, logAbove, logBelow } = millsRatios(eta[i]);
      sum += (s === 0 ? 0 : s * logBelow) + (f === 0 ? 0 : f * logAbove);
      score[i] = s * below - f * above;
      observed[i] = s * below * (eta[i] + below) + f * above * (above - eta[i]);
    }
    return sum;
  }

  /** Fills `expected` with the mean of −∂²ℓ/∂η² of each row, and `slope` with how that moves with η. */
  expectedWeights(eta: Float64Array, expected: Float64Array, slope: Float64Array): void {
    for (let i = 0; i < eta.length; i++) {
      const m = this.trials[i];
      if (this.link === "logit") {
        const small = Math.exp(-Math.abs(eta[i]));
        const near = 1 / (1 + small);
        const weight = m * small * near * near;
        expected[i] = weight;
        slope[i] = (eta[i] >= 0 ? -1 : 1) * weight * (1 - small) * near;
      } else {
        const { above, below } = millsRatios(eta[i]);
        expected[i] = m * above * below;
        slope[i] = expected[i] * (above - below - 2 * eta[i]);
      }
    }
  }

  /** ℓ and ∂ℓ/∂η of one row. */
  one(i: number, eta: number): { logLik: number; score: number } {
    const s = this.successes[i];
    const f = this.trials[i] - s;
    if (this.link === "logit") {
      const small = Math.exp(-Math.abs(eta));
      const near = 1 / (1 + small);
      const far = small * near;
      const score = eta >= 0 ? s * far - f * near : s * near - f * far;
      return { logLik: s * eta - (s + f) * (Math.max(eta, 0) + Math.log1p(small)), score };
    }
    const { above, below, logAbove, logBelow } = millsRatios(eta);
    return {
      logLik: (s === 0 ? 0 : s * logBelow) + (f === 0 ? 0 : f * logAbove),
      score: s * below - f * above,
    };
  }
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** φ(η)/(1 − Φ(η)) and φ(η)/Φ(η), with the logarithms of both tails. */
function millsRatios(eta: number): { above: number; below: number; logAbove: number; logBelow: number } {
  const logDensity = -0.5 * eta * eta - HALF_LOG_TWO_PI;
  const logAbove = logNormalTail(eta);
  const logBelow = logNormalTail(-eta);
  return { above: Math.exp(logDensity - logAbove), below: Math.exp(logDensity - logBelow), logAbove, logBelow };
}
