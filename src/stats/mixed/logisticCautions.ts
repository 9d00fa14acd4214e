import type { Matrix } from "#math";
import type { BinomialLink } from "./binomialLikelihood.ts";
import type { LogisticMixedFit } from "./logisticMixedModel.ts";

/** Laplace's method is too rough with fewer rows per group, once groups differ this much. */
const FEW_ROWS = 10;
const LARGE_ICC = 0.1;

/** What a reader should know of a logistic fit, in words. */
export function cautionsOf(
  {
    points,
    link,
    variances,
    effects,
    isSingular,
  }: Pick<LogisticMixedFit, "points" | "link" | "variances" | "effects" | "isSingular">,
  trials: number,
  isWithoutCurvature: boolean,
): string[] {
  const cautions: string[] = [];
  const level = latentVariance(link);
  const total = variances.reduce((sum, { covariance }) => sum + traceOf(covariance), level);
  if (points <= 1) {
    for (const [t, { group, levels }] of effects.entries()) {
      const share = traceOf(variances[t].covariance) / total;
      if (trials / levels.length >= FEW_ROWS || share <= LARGE_ICC) continue;
      cautions.push(
        `${(trials / levels.length).toFixed(1)} rows per group of "${group}", whose share of the variance is ` +
          `${share.toFixed(2)}: Laplace's method is rough here; adaptive quadrature with 15 points is advised`,
      );
    }
  }
  if (isSingular) cautions.push("singular: a variance, or a combination of random coefficients, is estimated as 0");
  if (isWithoutCurvature) {
    cautions.push("the second derivatives are not positive: standard errors take the variances as known");
  }
  return cautions;
}

/** The variance of the latent residual: π²/3 of the logistic distribution, 1 of the normal. */
export function latentVariance(link: BinomialLink): number {
  return link === "logit" ? Math.PI ** 2 / 3 : 1;
}

function traceOf(a: Matrix): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += a.get(i, i);
  return sum;
}
