import { checkLength, Matrix, normalQuantile, normalTail } from "#math";
import { asFactor, type Formula, type ModelData, rowsOf, variableOf, withValue } from "../model/index.ts";
import type { LogisticMixedFit } from "./logisticMixedModel.ts";
import { combined, deltaError, type MeanPrediction, meanPrediction } from "./meanPrediction.ts";
import { MixedPredictor, type Patterns } from "./mixedPredictor.ts";

/** A probability, or a difference of probabilities, with random effects at 0, at their modes and integrated out. */
export interface Effect {
  readonly zero: number;
  readonly seZero: number;
  readonly modes: number;
  readonly integrated: number;
  /** Treats the variances of the random effects as known. */
  readonly seIntegrated: number;
}

/** On the scale of the linear predictor, with its exponential: an odds ratio for a logit. */
export interface LogOddsEffect {
  readonly estimate: number;
  readonly se: number;
  readonly p: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

export interface PeriodEffect {
  readonly period: string;
  /** Mean probability with everybody untreated and with everybody treated in that period, and the difference. */
  readonly untreated: Effect;
  readonly treated: Effect;
  readonly effect: Effect;
}

export interface DifferenceInDifferences {
  readonly period: string;
  /** The effect of that period less the mean of the effects of the pre periods. */
  readonly probability: Effect & {
    readonly z: number;
    readonly p: number;
    readonly low: number;
    readonly high: number;
  };
  readonly logOdds: LogOddsEffect;
  /**
   * The treated rows of that period: their mean probability less the one without the interaction of treatment and period
   * (with the mean of the pre periods' interaction in its place). Undefined without such rows.
   */
  readonly onTreated: (Effect & { readonly rows: number }) | undefined;
}

/** Treatment or periods that the data do not hold in the way asked for: a caller's mistake. */
export class BadDifference extends Error {
  override readonly name = "BadDifference";
}

/**
 * Treatment effects by period from a logistic mixed model with treatment × period, and their differences against the mean
 * of the pre periods: on the probability scale, on the log-odds scale, and as the effect on the treated without the
 * interaction term. Standard errors by the delta method from the covariance of the fixed effects.
 *
 * Predictions are made for all rows (or trials) of the fit with treatment and period set, everything else as it is. Rows
 * alike in all of it are taken together first.
 *
 * @param data    The rows of the fit, complete.
 * @param trials  Trials per row, as given to the fit.
 * @throws BadDifference    treatment has not two values, a period does not occur, or pre or post is empty.
 * @throws UnknownVariable  the data lack a variable.
 *
 * Source: Ai and Norton (2003), Economics Letters 80(1), on why coefficient and probability differ; Puhani (2012), Economics
 * Letters 115(1), equation 9, for the effect on the treated.
 */
export function mixedDifference({
  fit,
  formula,
  data: given,
  treat,
  period,
  pre,
  post,
  trials,
}: {
  readonly fit: LogisticMixedFit;
  readonly formula: Formula;
  readonly data: ModelData;
  readonly treat: string;
  readonly period: string;
  readonly pre: readonly string[];
  readonly post: readonly string[];
  readonly trials?: Float64Array;
}): { readonly periods: readonly PeriodEffect[]; readonly differences: readonly DifferenceInDifferences[] } {
  const n = rowsOf(given);
  if (trials !== undefined) checkLength("trials", trials.length, n);
  const predictor = new MixedPredictor(fit, formula, given, trials);
  const { data } = predictor;
  const arms = armsOf(data, treat);
  const periods = asFactor(variableOf(data, period));
  for (const own of [...pre, ...post]) {
    if (!periods.levels.includes(own)) {
      throw new BadDifference(`"${own}" is no value of "${period}"; there are ${periods.levels.join(", ")}`);
    }
  }
  if (pre.length === 0 || post.length === 0) throw new BadDifference("pre and post need one period each at least");

  const setting = { treat, period, arms };
  const p = fit.beta.length;
  const asEffect = (own: MeanPrediction): Effect => ({
    zero: own.zero,
    seZero: deltaError(own.zeroSlope, fit.covariance),
    modes: own.modes,
    integrated: own.integrated,
    seIntegrated: deltaError(own.integratedSlope, fit.covariance),
  });

  const everyone = predictor.patterns(
    Int32Array.from({ length: n }, (_, i) => i),
    [treat, period],
  );
  const byPeriod = new Map(
    periods.levels.map((own) => {
      const untreated = predictor.mean(set(everyone, setting, own, 0));
      const treated = predictor.mean(set(everyone, setting, own, 1));
      const effect = combined(
        [
          { factor: 1, own: treated },
          { factor: -1, own: untreated },
        ],
        p,
      );
      return [own, { untreated, treated, effect }];
    }),
  );
  const against = pre.map((own) => ({ factor: -1 / pre.length, own: byPeriod.get(own)!.effect }));
  return {
    periods: periods.levels.map((own) => {
      const { untreated, treated, effect } = byPeriod.get(own)!;
      return { period: own, untreated: asEffect(untreated), treated: asEffect(treated), effect: asEffect(effect) };
    }),
    differences: post.map((own) => {
      const probability = asEffect(combined([{ factor: 1, own: byPeriod.get(own)!.effect }, ...against], p));
      return {
        period: own,
        probability: { ...probability, ...waldOf(probability.zero, probability.seZero) },
        logOdds: logOddsEffect(
          fit,
          meanColumns(contrastRows(predictor, everyone, setting, own, pre), everyone.weights),
        ),
        onTreated: effectOnTreated(predictor, setting, own, pre, asEffect),
      };
    }),
  };
}

interface Setting {
  readonly treat: string;
  readonly period: string;
  readonly arms: readonly [number | string, number | string];
}

function armsOf(data: ModelData, treat: string): readonly [number | string, number | string] {
  const variable = variableOf(data, treat);
  if (variable.kind === "factor") {
    if (variable.levels.length !== 2) {
      throw new BadDifference(`"${treat}" has ${variable.levels.length} levels; a treatment has two`);
    }
    return [variable.levels[0], variable.levels[1]];
  }
  if (!variable.values.every((value) => value === 0 || value === 1)) {
    throw new BadDifference(`"${treat}" must be 0 or 1, or a category of two levels`);
  }
  return [0, 1];
}

function set({ data, weights }: Patterns, { treat, period, arms }: Setting, at: string, arm: 0 | 1): Patterns {
  const isNumber = variableOf(data, period).kind === "number";
  const placed = withValue(data, period, isNumber ? Number(at) : at);
  return { data: withValue(placed, treat, arms[arm]), weights };
}

/** Row by row what the fixed part changes by treatment in one period, less the mean of the same in the pre periods. */
function contrastRows(
  predictor: MixedPredictor,
  patterns: Patterns,
  setting: Setting,
  at: string,
  pre: readonly string[],
): Matrix {
  const result = new Matrix(patterns.weights.length, predictor.fit.beta.length);
  const addEffect = (period: string, factor: number) => {
    const treated = predictor.columns(set(patterns, setting, period, 1).data).data;
    const untreated = predictor.columns(set(patterns, setting, period, 0).data).data;
    for (let e = 0; e < result.data.length; e++) result.data[e] += factor * (treated[e] - untreated[e]);
  };
  addEffect(at, 1);
  for (const own of pre) addEffect(own, -1 / pre.length);
  return result;
}

function effectOnTreated(
  predictor: MixedPredictor,
  setting: Setting,
  at: string,
  pre: readonly string[],
  asEffect: (own: MeanPrediction) => Effect,
): (Effect & { rows: number }) | undefined {
  const { data, fit } = predictor;
  const treated = asFactor(variableOf(data, setting.treat));
  const periods = asFactor(variableOf(data, setting.period));
  const arm = treated.levels.indexOf(String(setting.arms[1]));
  const code = periods.levels.indexOf(at);
  const rows = Int32Array.from(
    [...treated.codes.keys()].filter((i) => treated.codes[i] === arm && periods.codes[i] === code),
  );
  if (rows.length === 0) return undefined;
  const patterns = predictor.patterns(rows, []);
  const actual = predictor.rows(patterns);
  const contrast = contrastRows(predictor, patterns, setting, at, pre);
  const without = new Matrix(actual.x.rows, actual.x.columns);
  for (let e = 0; e < without.data.length; e++) without.data[e] = actual.x.data[e] - contrast.data[e];
  const effect = combined(
    [
      { factor: 1, own: meanPrediction(actual, fit.beta, fit.link) },
      { factor: -1, own: meanPrediction({ ...actual, x: without }, fit.beta, fit.link) },
    ],
    fit.beta.length,
  );
  return { ...asEffect(effect), rows: rows.length };
}

function meanColumns(rows: Matrix, weights: Float64Array): Float64Array {
  const total = weights.reduce((sum, value) => sum + value, 0);
  return Float64Array.from({ length: rows.columns }, (_, j) => {
    const column = rows.column(j);
    return weights.reduce((sum, weight, i) => sum + weight * column[i], 0) / total;
  });
}

function logOddsEffect(fit: LogisticMixedFit, contrast: Float64Array): LogOddsEffect {
  const estimate = contrast.reduce((sum, value, j) => sum + value * fit.beta[j], 0);
  const se = deltaError(contrast, fit.covariance);
  const { p, low, high } = waldOf(estimate, se);
  return { estimate, se, p, ratio: Math.exp(estimate), low: Math.exp(low), high: Math.exp(high) };
}

function waldOf(estimate: number, se: number): { z: number; p: number; low: number; high: number } {
  const reach = normalQuantile(0.975) * se;
  const z = estimate / se;
  return { z, p: 2 * normalTail(Math.abs(z)), low: estimate - reach, high: estimate + reach };
}
