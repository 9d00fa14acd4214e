import { fTail, Matrix } from "#math";
import { type Interval, tInterval } from "../common/interval.ts";
import type { NotEstimable } from "../common/notEstimable.ts";
import { jointTest, testContrast } from "../regression/contrastTests.ts";
import { fitLinear, type LinearFit } from "../regression/linearFit.ts";
import { type CovarianceKind, robustCovariance } from "../regression/robustCovariance.ts";

/** Below this first-stage F the instrument is weak: the estimate leans towards that of ordinary regression. */
export const WEAK_INSTRUMENT_F = 10;

export type ComplierEffect =
  | {
      readonly state: "estimated";
      /** Effect of taking part on those whom the offer brings to take part. */
      readonly effect: Interval;
      /** Share brought to take part by the offer, with its interval. */
      readonly firstStage: Interval;
      /** F of the offer in the first stage, with the same clusters; weak below 10. */
      readonly instrumentF: number;
      readonly instrumentP: number;
      readonly isWeak: boolean;
      /** Effect of the offer, whoever took it up. */
      readonly offer: Interval;
    }
  | NotEstimable;

/**
 * Complier average causal effect by two-stage least squares: the offer (allocation) stands in for taking part, so that only
 * differences the offer makes count. Takes for granted that the offer works through taking part alone, and that it drives
 * nobody away.
 *
 * @param outcome     n outcomes.
 * @param takesPart   n numbers: 0/1, or a dose.
 * @param offered     n times 0 or 1: as allocated.
 * @param covariates  Columns known before allocation; the intercept is added.
 * @param weights     n weights; all alike when left out.
 * @param clusters    One array per level; rows themselves when left out.
 * @param kind        Errors of all three equations.
 *
 * Source: Imbens and Angrist (1994), Econometrica 62(2); clustered errors: Cameron and Miller (2015), section VI.C; F below
 * 10: Staiger and Stock (1997), Econometrica 65(3).
 */
export function complierEffect({
  outcome,
  takesPart,
  offered,
  covariates = [],
  names = covariates.map((_, j) => `covariate ${j + 1}`),
  weights,
  clusters = [],
  kind = "CR1S",
  level,
}: {
  readonly outcome: Float64Array;
  readonly takesPart: Float64Array;
  readonly offered: Float64Array;
  readonly covariates?: readonly Float64Array[];
  readonly names?: readonly string[];
  readonly weights?: Float64Array;
  readonly clusters?: readonly Int32Array[];
  readonly kind?: Exclude<CovarianceKind, "CR2">;
  readonly level: number;
}): ComplierEffect {
  const one = new Float64Array(outcome.length).fill(1);
  const first = ["(Intercept)", "offered", ...names];
  const withWeights = weights === undefined ? {} : { weights };
  const offeredX = Matrix.fromColumns([one, offered, ...covariates]);
  const stageOne = fitLinear({ y: takesPart, x: offeredX, names: first, ...withWeights });
  if (stageOne.dropped.includes("offered")) {
    return { state: "not estimable", reason: "the offer is the same for all, or a combination of the covariates" };
  }
  const contrast = Float64Array.from(first, (name) => Number(name === "offered"));
  const errors = { kind, clusters };
  const stageOneCovariance = robustCovariance(stageOne, errors);
  const firstStage = testContrast(stageOne, stageOneCovariance, contrast, { level });
  const strength = jointTest(stageOne, stageOneCovariance, rowMatrix(contrast));
  if (Math.abs(stageOne.beta[1]) < 1e-12)
    return { state: "not estimable", reason: "the offer changes nobody's taking part" };

  const predicted = outcome.map((_, i) => {
    let sum = 0;
    for (const [j, beta] of stageOne.beta.entries()) if (!Number.isNaN(beta)) sum += beta * offeredX.get(i, j);
    return sum;
  });
  const second = ["(Intercept)", "takes part", ...names];
  const stageTwo = fitLinear({
    y: outcome,
    x: Matrix.fromColumns([one, predicted, ...covariates]),
    names: second,
    ...withWeights,
  });
  if (stageTwo.dropped.includes("takes part")) {
    return { state: "not estimable", reason: "what the offer changes is a combination of the covariates" };
  }
  // The residuals that count are those of the outcome from taking part itself, not from what was predicted of it.
  const structural: LinearFit = {
    ...stageTwo,
    residuals: stageTwo.residuals.map((e, i) => {
      const row = stageTwo.rows[i];
      return e + stageTwo.beta[1] * (predicted[row] - takesPart[row]);
    }),
  };
  const covariance = robustCovariance(structural, errors);
  const effect = testContrast(
    structural,
    covariance,
    Float64Array.from(second, (name) => Number(name === "takes part")),
    { level },
  );
  const reduced = fitLinear({ y: outcome, x: offeredX, names: first, ...withWeights });
  const offer = testContrast(reduced, robustCovariance(reduced, errors), contrast, { level });
  if (!(effect.df > 0))
    return { state: "not estimable", reason: "the clusters leave nothing to estimate an uncertainty from" };
  // Where everybody does as allocated the first stage has no error at all.
  const isExact = !(firstStage.se > 1e-12 * Math.abs(firstStage.estimate));
  const instrumentF = isExact ? Number.POSITIVE_INFINITY : (strength?.f ?? Number.NaN);
  return {
    state: "estimated",
    effect,
    firstStage: isExact ? tInterval(firstStage.estimate, 0, effect.df, level) : firstStage,
    instrumentF,
    instrumentP: isExact ? 0 : fTail(instrumentF, 1, firstStage.df),
    isWeak: !(instrumentF >= WEAK_INSTRUMENT_F),
    offer,
  };
}

function rowMatrix(row: Float64Array): Matrix {
  const result = new Matrix(1, row.length);
  for (let j = 0; j < row.length; j++) result.set(0, j, row[j]);
  return result;
}
