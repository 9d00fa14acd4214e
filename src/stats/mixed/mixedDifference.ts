import { checkLength, Matrix, normalQuantile, normalTail } from "#math";
import {
  asFactor,
  type Formula,
  type ModelData,
  modelMatrix,
  numbersOf,
  rowsOf,
  takeRows,
  variableOf,
  variablesOf,
  withValue,
} from "../model/index.ts";
import type { LogisticMixedFit } from "./logisticMixedModel.ts";
import { combined, deltaError, type MeanPrediction, meanPrediction, type PredictionRows } from "./meanPrediction.ts";
import { randomEffectsOf } from "./randomEffects.ts";
import { rowPatterns } from "./rowPatterns.ts";

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
  data,
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
  const n = rowsOf(data);
  if (trials !== undefined) checkLength("trials", trials.length, n);
  const arms = armsOf(data, treat);
  const periods = asFactor(variableOf(data, period));
  for (const own of [...pre, ...post]) {
    if (!periods.levels.includes(own)) {
      throw new BadDifference(`"${own}" is no value of "${period}"; there are ${periods.levels.join(", ")}`);
    }
  }
  if (pre.length === 0 || post.length === 0) throw new BadDifference("pre and post need one period each at least");

  const predictor = new Predictor(fit, formula, data, trials);
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

/** Rows of the data, each once, with how many rows or trials it stands for. */
interface Patterns {
  readonly data: ModelData;
  readonly weights: Float64Array;
}

class Predictor {
  readonly fit: LogisticMixedFit;
  readonly data: ModelData;
  readonly #formula: Formula;
  readonly #trials: Float64Array | undefined;

  constructor(fit: LogisticMixedFit, formula: Formula, data: ModelData, trials: Float64Array | undefined) {
    this.fit = fit;
    this.data = data;
    this.#formula = formula;
    this.#trials = trials;
  }

  /** @param free  Variables that will be set anyway. */
  patterns(rows: Int32Array, free: readonly string[]): Patterns {
    const names = variablesOf(this.#formula).filter((name) => name !== this.#formula.response && !free.includes(name));
    const own = takeRows(this.data, rows);
    const columns = names.map((name) => {
      const variable = variableOf(own, name);
      return variable.kind === "number" ? variable.values : variable.codes;
    });
    const { patternOf, firstRow } = rowPatterns(rows.length, columns);
    const weights = new Float64Array(firstRow.length);
    for (let i = 0; i < rows.length; i++) weights[patternOf[i]] += this.#trials?.[rows[i]] ?? 1;
    return { data: takeRows(own, firstRow), weights };
  }

  /** The columns of the fit for some data. */
  columns(data: ModelData): Matrix {
    const { x, names } = modelMatrix(this.#formula, data);
    const result = new Matrix(x.rows, this.fit.names.length);
    for (const [j, name] of this.fit.names.entries()) result.column(j).set(x.column(names.indexOf(name)));
    return result;
  }

  rows({ data, weights }: Patterns): PredictionRows {
    const modes = new Float64Array(weights.length);
    const variance = new Float64Array(weights.length);
    const here = randomEffectsOf(this.#formula, data);
    for (const [t, own] of this.fit.effects.entries()) {
      const term = here.find(
        ({ group, columns }) => group === own.group && columns.join("\n") === own.columns.join("\n"),
      );
      if (term === undefined) throw new BadDifference(`the random term of "${own.group}" is not that of the fit`);
      const width = own.columns.length;
      const place = new Map(own.levels.map((level, g) => [level, g]));
      // A group the fit has not seen is at its mean, 0.
      const groupOf = term.levels.map((level) => place.get(level) ?? -1);
      const { covariance } = this.fit.variances[t];
      for (let i = 0; i < weights.length; i++) {
        const g = groupOf[term.codes[i]];
        for (let c = 0; c < width; c++) {
          if (g >= 0) modes[i] += this.fit.modes[t][g * width + c] * term.z[c][i];
          for (let k = 0; k < width; k++) variance[i] += term.z[c][i] * term.z[k][i] * covariance.get(c, k);
        }
      }
    }
    return { x: this.columns(data), weights, modes, variance, offset: this.#offset(data) };
  }

  mean(patterns: Patterns): MeanPrediction {
    return meanPrediction(this.rows(patterns), this.fit.beta, this.fit.link);
  }

  #offset(data: ModelData): Float64Array | undefined {
    if (this.#formula.offsets.length === 0) return undefined;
    const sum = new Float64Array(rowsOf(data));
    for (const name of this.#formula.offsets) {
      for (const [i, value] of numbersOf(data, name).entries()) sum[i] += value;
    }
    return sum;
  }
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
  predictor: Predictor,
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
  predictor: Predictor,
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
