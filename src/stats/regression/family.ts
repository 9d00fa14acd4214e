import { logGamma, logNormalTail, normalCdf, normalDensity, normalQuantile } from "#math";

/** What a generalised linear model takes its outcome to be, and how its mean follows from the linear predictor η. */
export interface Family {
  readonly name: "gaussian" | "binomial" | "poisson";
  readonly link: "identity" | "logit" | "probit" | "log";
  /** Whether Fisher steps are Newton's and so settle at once when near; else each takes off a share of what is left. */
  readonly isCanonical: boolean;
  /** Which outcomes it allows, for messages. */
  readonly allows: string;
  isAllowed(y: number): boolean;
  /** Whether an outcome lies at the end of what is possible, where a fitted mean can move to it without end: −1, 0 or 1. */
  boundary(y: number): -1 | 0 | 1;
  /** The mean μ, and its slope dμ/dη. */
  mean(eta: number): number;
  meanDerivative(eta: number): number;
  /** Variance of the outcome at mean μ, up to the dispersion. */
  variance(mu: number): number;
  /** η at which the fit begins. */
  start(y: number, weight: number): number;
  /** η of a mean. */
  linkOf(mu: number): number;
  /**
   * Fills the rows of one Fisher step, w·(dμ/dη)²/V and w·(y − μ)·(dμ/dη)/V, and returns the deviance: Σ w·d(y, η), twice
   * the distance of the log-likelihood to that of a perfect fit.
   */
  workingValues(
    y: Float64Array,
    eta: Float64Array,
    weights: Float64Array,
    w: Float64Array,
    score: Float64Array,
  ): number;
  /** The deviance alone. */
  deviance(y: Float64Array, eta: Float64Array, weights: Float64Array): number;
  /** The log-likelihood of one row of weight 1, for dispersion 1. */
  logLikelihood(y: number, eta: number): number;
}

type Scalars = Omit<Family, "workingValues" | "deviance"> & {
  /** d(y, η) of one row. */
  readonly unitDeviance: (y: number, eta: number) => number;
  /** (y − μ)·(dμ/dη)/V and (dμ/dη)²/V of one row, where the plain formula loses digits. */
  readonly scoreAndWeight?: (y: number, eta: number) => readonly [number, number];
};

function familyOf({ unitDeviance, scoreAndWeight, ...own }: Scalars): Family {
  const plain = (y: number, eta: number): readonly [number, number] => {
    const mu = own.mean(eta);
    const slope = own.meanDerivative(eta);
    const ratio = slope / own.variance(mu);
    return [(y - mu) * ratio, slope * ratio];
  };
  const values = scoreAndWeight ?? plain;
  return {
    ...own,
    workingValues(y, eta, weights, w, score) {
      let deviance = 0;
      for (let i = 0; i < y.length; i++) {
        const [s, h] = values(y[i], eta[i]);
        w[i] = weights[i] * h;
        score[i] = weights[i] * s;
        deviance += weights[i] * unitDeviance(y[i], eta[i]);
      }
      return deviance;
    },
    deviance(y, eta, weights) {
      let sum = 0;
      for (let i = 0; i < y.length; i++) sum += weights[i] * unitDeviance(y[i], eta[i]);
      return sum;
    },
  };
}

const BINOMIAL = {
  name: "binomial",
  allows: "a number from 0 to 1",
  isAllowed: (y: number) => y >= 0 && y <= 1,
  boundary: (y: number) => (y === 0 ? -1 : y === 1 ? 1 : 0),
} as const;

/** Mean of the logit link without overflow. */
const inverseLogit = (eta: number): number => {
  const small = Math.exp(-Math.abs(eta));
  return eta >= 0 ? 1 / (1 + small) : small / (1 + small);
};

/** −2·ln of the share on one side of the linear predictor. */
const minusTwoLogShare = (own: number): number =>
  2 * (own > 0 ? Math.log1p(Math.exp(-own)) : Math.log1p(Math.exp(own)) - own);

/**
 * A share between 0 and 1, mean 1/(1 + exp(−η)). Where y is between 0 and 1 the row stands for a pattern of `weight` rows of
 * which the share y are ones, and the deviance is that of those rows.
 */
const LOGIT: Family = {
  ...familyOf({
    ...BINOMIAL,
    link: "logit",
    isCanonical: true,
    mean: inverseLogit,
    meanDerivative(eta) {
      const small = Math.exp(-Math.abs(eta));
      return small / (1 + small) ** 2;
    },
    variance: (mu) => mu * (1 - mu),
    linkOf: (mu) => Math.log(mu / (1 - mu)),
    start: (y, weight) => Math.log((weight * y + 0.5) / (weight * (1 - y) + 0.5)),
    unitDeviance: (y, eta) =>
      (y === 0 ? 0 : y * minusTwoLogShare(eta)) + (y === 1 ? 0 : (1 - y) * minusTwoLogShare(-eta)),
    logLikelihood: (y, eta) =>
      -0.5 * ((y === 0 ? 0 : y * minusTwoLogShare(eta)) + (y === 1 ? 0 : (1 - y) * minusTwoLogShare(-eta))),
  }),
  workingValues(y, eta, weights, w, score) {
    let sum = 0;
    for (let i = 0; i < y.length; i++) {
      const at = eta[i];
      const own = y[i];
      const small = Math.exp(-Math.abs(at));
      const near = 1 / (1 + small);
      const far = small * near;
      w[i] = weights[i] * far * near;
      // y − μ without cancellation: y·(1 − μ) − (1 − y)·μ.
      score[i] = weights[i] * (at >= 0 ? own * far - (1 - own) * near : own * near - (1 - own) * far);
      sum += weights[i] * (logOnePlus(small) + (at > 0 ? (1 - own) * at : -own * at));
    }
    return 2 * sum;
  },
  deviance(y, eta, weights) {
    let sum = 0;
    for (let i = 0; i < y.length; i++) {
      const at = eta[i];
      sum += weights[i] * (logOnePlus(Math.exp(-Math.abs(at))) + (at > 0 ? (1 - y[i]) * at : -y[i] * at));
    }
    return 2 * sum;
  },
};

/** ln(1 + x) for 0 ≤ x ≤ 1; most rows of a rare outcome have an x so small that five terms are exact to rounding. */
function logOnePlus(x: number): number {
  return x < 1e-3 ? x * (1 - x * (1 / 2 - x * (1 / 3 - x * (1 / 4 - x / 5)))) : Math.log1p(x);
}

/** A share between 0 and 1, mean Φ(η). */
const PROBIT: Family = familyOf({
  ...BINOMIAL,
  link: "probit",
  isCanonical: false,
  mean: normalCdf,
  meanDerivative: normalDensity,
  variance: (mu) => mu * (1 - mu),
  linkOf: normalQuantile,
  start: (y, weight) => normalQuantile((weight * y + 0.5) / (weight + 1)),
  unitDeviance: (y, eta) =>
    -2 * ((y === 0 ? 0 : y * logNormalTail(-eta)) + (y === 1 ? 0 : (1 - y) * logNormalTail(eta))),
  scoreAndWeight(y, eta) {
    // φ/Φ and φ/(1 − Φ) by logarithms: both stay finite in the tails.
    const logDensity = -0.5 * eta * eta - 0.9189385332046728;
    const towardsOne = Math.exp(logDensity - logNormalTail(-eta));
    const towardsZero = Math.exp(logDensity - logNormalTail(eta));
    return [y * towardsOne - (1 - y) * towardsZero, towardsOne * towardsZero];
  },
  logLikelihood: (y, eta) => (y === 0 ? 0 : y * logNormalTail(-eta)) + (y === 1 ? 0 : (1 - y) * logNormalTail(eta)),
});

/** A count, mean exp(η). */
const POISSON: Family = familyOf({
  name: "poisson",
  link: "log",
  isCanonical: true,
  allows: "a number of 0 or more",
  isAllowed: (y) => y >= 0 && y < Number.POSITIVE_INFINITY,
  boundary: (y) => (y === 0 ? -1 : 0),
  mean: Math.exp,
  meanDerivative: Math.exp,
  variance: (mu) => mu,
  linkOf: Math.log,
  start: (y) => Math.log(y + 0.1),
  scoreAndWeight(y, eta) {
    const mu = Math.exp(eta);
    return [y - mu, mu];
  },
  // Rounding must not take it below the perfect fit.
  unitDeviance: (y, eta) => Math.max(0, 2 * ((y === 0 ? 0 : y * (Math.log(y) - eta)) - (y - Math.exp(eta)))),
  logLikelihood: (y, eta) => y * eta - Math.exp(eta) - logGamma(y + 1),
});

/** A number on an open scale, mean η. */
const GAUSSIAN: Family = familyOf({
  name: "gaussian",
  link: "identity",
  isCanonical: true,
  allows: "a finite number",
  isAllowed: Number.isFinite,
  boundary: () => 0,
  mean: (eta) => eta,
  meanDerivative: () => 1,
  variance: () => 1,
  linkOf: (mu) => mu,
  start: (y) => y,
  unitDeviance: (y, eta) => (y - eta) ** 2,
  logLikelihood: (y, eta) => -0.5 * ((y - eta) ** 2 + Math.log(2 * Math.PI)),
});

/** The families there are, by name and link; the first of a name is its usual one. */
export const FAMILIES: readonly Family[] = [GAUSSIAN, LOGIT, PROBIT, POISSON];

export const LOGISTIC = LOGIT;

/**
 * A family by its name and link.
 * @param link  The usual one of the family when left out.
 * @returns     undefined when there is no such family.
 */
export function familyNamed(name: string, link?: string): Family | undefined {
  return FAMILIES.find((family) => family.name === name && (link === undefined || family.link === link));
}
