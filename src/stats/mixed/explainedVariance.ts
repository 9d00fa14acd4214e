import { checkLength, type Matrix } from "#math";
import type { MixedFit } from "./mixedFit.ts";

/** Shares of the variance of the outcome (of the latent outcome, for a logistic model). */
export interface ExplainedVariance {
  /** By the fixed effects, and by fixed and random effects together. */
  readonly marginal: number;
  readonly conditional: number;
  /** Of what the fixed effects leave, the share of each random term: its intraclass correlation. */
  readonly intraclass: ReadonlyMap<string, number>;
}

/**
 * R² of a mixed model and intraclass correlations. With slopes a term's variance is the mean over rows of zᵀΣz.
 *
 *     marginal = var(Xβ) / (var(Xβ) + Σ terms + residual)
 *
 * @param x         The columns of the fit's `names`, in their order, for the rows of the fit.
 * @param residual  σ², or `latentVariance(link)`.
 * @throws ShapeMismatch  x has other rows or columns than the fit.
 *
 * Source: Nakagawa and Schielzeth (2013), Methods in Ecology and Evolution 4(2); Johnson (2014), 5(9), for slopes.
 */
export function explainedVariance(fit: MixedFit, x: Matrix, residual: number): ExplainedVariance {
  checkLength("rows of x", x.rows, fit.n);
  checkLength("columns of x", x.columns, fit.beta.length);
  const fixed = new Float64Array(x.rows);
  for (let j = 0; j < x.columns; j++) {
    const column = x.column(j);
    for (let i = 0; i < fixed.length; i++) fixed[i] += fit.beta[j] * column[i];
  }
  const mean = fixed.reduce((sum, value) => sum + value, 0) / fixed.length;
  const fixedVariance = fixed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (fixed.length - 1);
  const terms = fit.variances.map(({ label, covariance }, t) => {
    const { z } = fit.effects[t];
    let sum = 0;
    for (let c = 0; c < z.length; c++) {
      for (let k = 0; k < z.length; k++) sum += covariance.get(c, k) * meanProduct(z[c], z[k]);
    }
    return { label, variance: sum };
  });
  const random = terms.reduce((sum, { variance }) => sum + variance, 0);
  const total = fixedVariance + random + residual;
  return {
    marginal: fixedVariance / total,
    conditional: (fixedVariance + random) / total,
    intraclass: new Map(terms.map(({ label, variance }) => [label, variance / (random + residual)])),
  };
}

/** A level of the data that one of two fits does not have: a caller's mistake. */
export class LevelsDiffer extends Error {
  override readonly name = "LevelsDiffer";
}

/**
 * How much of each level's variance the predictors take away, 1 − variance / variance of the model without them; `Residual`
 * is the lowest level of a linear model. May be negative: a predictor of pupils can show more difference between schools.
 *
 * @param fit    Random intercepts only.
 * @param empty  The same rows and groups without predictors.
 * @throws LevelsDiffer  the fits have other groups or rows, or slopes.
 *
 * Source: Raudenbush and Bryk (2002), Hierarchical Linear Models, equations 4.20 and 4.21.
 */
export function explainedByLevel(
  fit: MixedFit & { readonly sigma?: number },
  empty: MixedFit & { readonly sigma?: number },
): ReadonlyMap<string, number> {
  if (fit.n !== empty.n) throw new LevelsDiffer(`the fits have ${fit.n} and ${empty.n} rows`);
  const before = new Map(empty.variances.map(({ label, covariance }) => [label, covariance]));
  const shares = new Map<string, number>();
  for (const { label, covariance } of fit.variances) {
    const own = before.get(label);
    if (own === undefined || own.rows !== 1 || covariance.rows !== 1) {
      throw new LevelsDiffer(`"${label}" must be a random intercept of both fits`);
    }
    shares.set(label, 1 - covariance.get(0, 0) / own.get(0, 0));
  }
  if (fit.sigma !== undefined && empty.sigma !== undefined) shares.set("Residual", 1 - (fit.sigma / empty.sigma) ** 2);
  return shares;
}

function meanProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum / a.length;
}
