import { Matrix } from "#math";
import { rowsOfWeight } from "../common/badWeights.ts";
import type { Family } from "./family.ts";
import { fitGeneralised, type GeneralisedFit, type MatrixRequest } from "./generalisedFit.ts";

/** How well a generalised linear model describes its rows. */
export interface GoodnessOfFit {
  /** Rows of weight above 0, or the sum of frequency weights. */
  readonly n: number;
  readonly rank: number;
  readonly dfResidual: number;
  readonly deviance: number;
  /** Of the model with an intercept (and offset) alone; of the offset alone for a model without intercept. */
  readonly nullDeviance: number;
  /**
   * Deviance that no model could take off: 0 but for shares of patterns, whose rows differ among themselves. What remains
   * is the deviance of the patterns as R's `glm` prints it.
   */
  readonly deviancePure: number;
  /** Σ w(y − μ)²/V. */
  readonly pearson: number;
  /** 1 for binomial and Poisson; Pearson over its degrees of freedom for gaussian, NaN when none are left. */
  readonly dispersion: number;
  /** Σ w × the log-likelihood of a row; for gaussian at the variance that is most likely. */
  readonly logLik: number;
  /** −2 logLik + 2 × parameters (the gaussian variance counts as one). */
  readonly aic: number;
  readonly bic: number;
}

/**
 * Deviance, log-likelihood and information criteria of a fit. Weights that are no whole numbers enter as multiples of a
 * row's log-likelihood.
 * @param frequency     Whether weights say how often a row occurred.
 * @param hasIntercept  Whether the columns hold an intercept; they do when left out.
 */
export function goodnessOfFit(
  fit: Exclude<GeneralisedFit, { state: "not converged" }>,
  request: MatrixRequest,
  { frequency = false, hasIntercept = true }: { readonly frequency?: boolean; readonly hasIntercept?: boolean } = {},
): GoodnessOfFit {
  const { family, y, weights, x } = request;
  const rows = rowsOfWeight(weights, x.rows);
  const own = Float64Array.from(rows, (row) => weights?.[row] ?? 1);
  const outcome = Float64Array.from(rows, (row) => y[row]);
  const eta = Float64Array.from(rows, (row) => fit.linearPredictor[row]);
  const total = own.reduce((sum, weight) => sum + weight, 0);
  const n = frequency ? total : rows.length;
  const rank = fit.names.length - fit.dropped.length;
  const dfResidual = n - rank;
  const deviance = family.deviance(outcome, eta, own);
  let pearson = 0;
  let logLik = 0;
  for (let i = 0; i < rows.length; i++) {
    const mu = family.mean(eta[i]);
    if (outcome[i] !== mu) pearson += (own[i] * (outcome[i] - mu) ** 2) / family.variance(mu);
    logLik += own[i] * family.logLikelihood(outcome[i], eta[i]);
  }
  let parameters = rank;
  if (family.name === "gaussian") {
    // The variance that is most likely; precision weights shift the log-likelihood by ½ Σ ln w.
    const shift = frequency ? 0 : own.reduce((sum, weight) => sum + Math.log(weight), 0) / 2;
    logLik = -0.5 * n * (Math.log((2 * Math.PI * deviance) / n) + 1) + shift;
    parameters++;
  }
  const mean = outcome.reduce((sum, value, i) => sum + own[i] * value, 0) / total;
  return {
    n,
    rank,
    dfResidual,
    deviance,
    nullDeviance: nullDeviance(request, { rows, outcome, own, mean, hasIntercept }),
    deviancePure: family.deviance(
      outcome,
      outcome.map((value) => withinReach(family, value)),
      own,
    ),
    pearson,
    dispersion: family.name === "gaussian" ? (dfResidual > 0 ? pearson / dfResidual : Number.NaN) : 1,
    logLik,
    aic: -2 * logLik + 2 * parameters,
    bic: -2 * logLik + Math.log(n) * parameters,
  };
}

function nullDeviance(
  request: MatrixRequest,
  {
    rows,
    outcome,
    own,
    mean,
    hasIntercept,
  }: {
    readonly rows: Int32Array;
    readonly outcome: Float64Array;
    readonly own: Float64Array;
    readonly mean: number;
    readonly hasIntercept: boolean;
  },
): number {
  const { family, offset, x } = request;
  const shift = Float64Array.from(rows, (row) => offset?.[row] ?? 0);
  if (!hasIntercept) return family.deviance(outcome, shift, own);
  if (offset === undefined) return family.deviance(outcome, shift.fill(withinReach(family, mean)), own);
  const constant = Matrix.fromColumns([new Float64Array(x.rows).fill(1)]);
  const fit = fitGeneralised({ ...request, x: constant, names: ["(Intercept)"] });
  return fit.state === "not converged" ? Number.NaN : fit.path[fit.path.length - 1];
}

/** The predictor of a mean; where that is infinite, one so far out that its mean is at its end to rounding. */
function withinReach(family: Family, mean: number): number {
  const eta = family.linkOf(mean);
  return Number.isFinite(eta) ? eta : Math.sign(eta) * 35;
}
