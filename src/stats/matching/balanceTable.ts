import { checkLength } from "#math";
import { BadWeights } from "../common/badWeights.ts";
import { notEstimable } from "../common/notEstimable.ts";
import type { Variable } from "../model/variable.ts";
import { type ArmTotals, noTotals, varianceDivisor } from "./armTotals.ts";
import { distributionGap, meanDistributionGap } from "./distributionGap.ts";
import { isDefined, type Statistic } from "./statistic.ts";

/** Whose spread a standardised difference is measured in, always before matching. */
export type Denominator = "treated" | "control" | "pooled" | "all";

/** How alike treated and comparison rows are in one covariate or one level of a category. */
export interface Balance {
  readonly meanTreated: Statistic;
  readonly meanControl: Statistic;
  /** Difference of means over the SD asked for, before matching; √(p(1 − p)) for a 0/1 column. */
  readonly smd: Statistic;
  /** 100 × difference of means over the root of the mean of the two variances (n − 1) before matching. */
  readonly pctBias: Statistic;
  /** Treated over comparison; a 0/1 column has none. */
  readonly varianceRatio: Statistic;
  /** Largest gap between the distribution functions. */
  readonly ks: Statistic;
  /** Mean gap between the distribution functions over all values; only when asked for. */
  readonly meanGap?: Statistic;
}

export interface BalanceRow {
  /** The covariate, or covariate and level joined by "_". */
  readonly name: string;
  readonly before: Balance;
  readonly after: Balance;
  /** 100 × (1 − |bias after| / |bias before|). */
  readonly pctReductionAbsBias: Statistic;
}

export interface BalanceRequest {
  readonly covariates: ReadonlyMap<string, Variable>;
  /** 1 or 0 per row. */
  readonly treated: Uint8Array;
  /** Weights after matching, zero or more; an arm without weight leaves "after" not estimable. */
  readonly weights: Float64Array;
  readonly denominator?: Denominator;
  /** Also the mean gap between the distribution functions, for which numbers are sorted. */
  readonly withMeanGap?: boolean;
}

/**
 * Balance of every covariate before matching (all rows, equal weights) and after (with the weights): one row per numeric
 * covariate and one per level of a category, all levels. Weighted variances are of the unbiased reliability-weight kind.
 *
 * A category is counted by code, arm by arm, so that its levels cost one pass together and no column of zeros and ones is
 * ever made. A row without a value is left out of that covariate.
 *
 * @throws ShapeMismatch  the lengths disagree.
 * @throws BadWeights     a weight is negative or not a number.
 *
 * Source: Austin (2009), Statistics in Medicine 28, for the standardised difference with p(1 − p); Rosenbaum and Rubin
 * (1985), American Statistician 39, for the per cent bias.
 */
export function balanceTable(request: BalanceRequest): BalanceRow[] {
  const { covariates, treated, weights, denominator = "treated", withMeanGap = false } = request;
  checkLength("weights", weights.length, treated.length);
  for (let row = 0; row < weights.length; row++) {
    if (!(weights[row] >= 0 && weights[row] < Number.POSITIVE_INFINITY))
      throw new BadWeights(`weight ${row} is ${weights[row]}`);
  }
  const every = Int32Array.from({ length: treated.length }, (_, row) => row);
  const before = { treated, rows: every, weights: new Float64Array(treated.length).fill(1) };
  const after = { treated, rows: every.filter((row) => weights[row] > 0), weights };
  const how = { denominator, withMeanGap };
  return [...covariates].flatMap(([name, variable]) => {
    checkLength(
      `covariate "${name}"`,
      variable.kind === "number" ? variable.values.length : variable.codes.length,
      treated.length,
    );
    if (variable.kind === "number")
      return [rowOf(name, numberMoments(variable.values, before, after, withMeanGap), how)];
    const own = levelMoments(variable, before);
    const matched = levelMoments(variable, after);
    return variable.levels.map((level, code) =>
      rowOf(`${name}_${level}`, { isBinary: true, before: own[code], after: matched[code] }, how),
    );
  });
}

interface Sample {
  readonly treated: Uint8Array;
  readonly rows: Int32Array;
  readonly weights: Float64Array;
}

interface ArmMoments {
  readonly mean: number;
  readonly variance: number;
  readonly count: number;
}

interface Moments {
  /** Comparison, treated, and both together. */
  readonly arms: readonly [ArmMoments, ArmMoments];
  readonly all: ArmMoments;
  readonly ks: number;
  readonly meanGap: number;
}

interface BothMoments {
  readonly isBinary: boolean;
  readonly before: Moments;
  readonly after: Moments;
}

function numberMoments(values: Float64Array, before: Sample, after: Sample, withMeanGap: boolean): BothMoments {
  const isBinary = hasZeroOneOnly(values);
  const of = (sample: Sample): Moments => {
    const { arms, all } = momentsOf(values, sample);
    const gap = Math.abs(arms[1].mean - arms[0].mean);
    const { treated, weights, rows } = sample;
    return {
      arms,
      all,
      ks: isBinary ? gap : distributionGap(values, treated, weights, rows),
      meanGap: isBinary ? gap : withMeanGap ? meanDistributionGap(values, treated, weights, rows) : Number.NaN,
    };
  };
  return { isBinary, before: of(before), after: of(after) };
}

function momentsOf(values: Float64Array, { treated, rows, weights }: Sample): Pick<Moments, "arms" | "all"> {
  const totals = [noTotals(), noTotals()];
  const sums = [0, 0];
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const value = values[row];
    if (Number.isNaN(value)) continue;
    const arm = treated[row];
    addTo(totals[arm], weights[row]);
    sums[arm] += weights[row] * value;
    if (value < low[arm]) low[arm] = value;
    if (value > high[arm]) high[arm] = value;
  }
  // The mean of equal values is that value, not a rounding beside it: their spread is 0 and no tiny number.
  const means = sums.map((sum, arm) => (low[arm] === high[arm] ? low[arm] : sum / totals[arm].weight));
  const spread = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const value = values[row];
    if (Number.isNaN(value)) continue;
    const away = value - means[treated[row]];
    spread[treated[row]] += weights[row] * away * away;
  }
  return assembled(totals, means, spread);
}

/** Counts by code: the share of a level and its variance follow from its weight alone. */
function levelMoments({ codes, levels }: Variable & { kind: "factor" }, { treated, rows, weights }: Sample): Moments[] {
  const k = levels.length;
  const totals = [noTotals(), noTotals()];
  // A place for "no value" comes first.
  const byCode = new Float64Array(2 * (k + 1));
  const squares = new Float64Array(2 * (k + 1));
  const counts = new Float64Array(2 * (k + 1));
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const weight = weights[row];
    const place = treated[row] * (k + 1) + codes[row] + 1;
    byCode[place] += weight;
    squares[place] += weight * weight;
    counts[place]++;
  }
  for (const arm of [0, 1]) {
    for (let code = 0; code < k; code++) {
      const place = arm * (k + 1) + code + 1;
      totals[arm].count += counts[place];
      totals[arm].weight += byCode[place];
      totals[arm].squares += squares[place];
    }
  }
  return levels.map((_, code) => {
    const means = [0, 1].map((arm) => byCode[arm * (k + 1) + code + 1] / totals[arm].weight);
    const spread = means.map((p, arm) => totals[arm].weight * p * (1 - p));
    const gap = Math.abs(means[1] - means[0]);
    return { ...assembled(totals, means, spread), ks: gap, meanGap: gap };
  });
}

function assembled(
  totals: readonly ArmTotals[],
  means: readonly number[],
  spread: readonly number[],
): Pick<Moments, "arms" | "all"> {
  const of = (arm: number): ArmMoments => ({
    mean: means[arm],
    variance: spread[arm] / varianceDivisor(totals[arm]),
    count: totals[arm].count,
  });
  const both = noTotals();
  for (const { count, weight, squares } of totals) {
    both.count += count;
    both.weight += weight;
    both.squares += squares;
  }
  // An arm without rows has no mean and takes no part.
  const present = [0, 1].filter((arm) => totals[arm].count > 0);
  const sum = present.reduce((total, arm) => total + totals[arm].weight * means[arm], 0);
  const mean = means[0] === means[1] ? means[0] : sum / both.weight;
  const squares = present.reduce(
    (total, arm) => total + spread[arm] + totals[arm].weight * (means[arm] - mean) ** 2,
    0,
  );
  return {
    arms: [of(0), of(1)],
    all: { mean, variance: squares / varianceDivisor(both), count: both.count },
  };
}

function addTo(totals: ArmTotals, weight: number): void {
  totals.count++;
  totals.weight += weight;
  totals.squares += weight * weight;
}

interface How {
  readonly denominator: Denominator;
  readonly withMeanGap: boolean;
}

function rowOf(name: string, { isBinary, before, after }: BothMoments, how: How): BalanceRow {
  const spread = {
    smd: denominatorOf(before, how.denominator, isBinary),
    pctBias: pooledSd(before),
  };
  const first = balanceOf(before, spread, isBinary, how.withMeanGap);
  const second = balanceOf(after, spread, isBinary, how.withMeanGap);
  return { name, before: first, after: second, pctReductionAbsBias: reduction(first.pctBias, second.pctBias) };
}

function denominatorOf({ arms, all }: Moments, denominator: Denominator, isBinary: boolean): Statistic {
  const varianceOf = (arm: ArmMoments) => (isBinary && arm.count > 0 ? arm.mean * (1 - arm.mean) : arm.variance);
  const variance =
    denominator === "pooled"
      ? (varianceOf(arms[0]) + varianceOf(arms[1])) / 2
      : varianceOf(denominator === "all" ? all : arms[denominator === "treated" ? 1 : 0]);
  const whose = { treated: "treated", control: "comparison", pooled: "two groups'", all: "whole" }[denominator];
  if (Number.isNaN(variance)) return notEstimable(`the ${whose} rows are too few for a spread`);
  return variance > 0 ? Math.sqrt(variance) : notEstimable(`it does not vary among the ${whose} rows`);
}

function pooledSd({ arms }: Moments): Statistic {
  const variance = (arms[0].variance + arms[1].variance) / 2;
  if (Number.isNaN(variance)) return notEstimable("a group has fewer than two rows");
  return variance > 0 ? Math.sqrt(variance) : notEstimable("it varies in neither group");
}

function balanceOf(
  { arms, ks, meanGap }: Moments,
  spread: { readonly smd: Statistic; readonly pctBias: Statistic },
  isBinary: boolean,
  withMeanGap: boolean,
): Balance {
  const [control, treated] = arms;
  const empty = notEstimable(treated.count === 0 ? "no treated row has weight" : "no comparison row has weight");
  const hasBoth = treated.count > 0 && control.count > 0;
  const over = (sd: Statistic, factor: number): Statistic =>
    !hasBoth ? empty : isDefined(sd) ? (factor * (treated.mean - control.mean)) / sd : sd;
  return {
    meanTreated: treated.count > 0 ? treated.mean : notEstimable("no treated row has weight"),
    meanControl: control.count > 0 ? control.mean : notEstimable("no comparison row has weight"),
    smd: over(spread.smd, 1),
    pctBias: over(spread.pctBias, 100),
    varianceRatio: !hasBoth ? empty : ratioOf(treated, control, isBinary),
    ks: hasBoth ? ks : empty,
    ...(withMeanGap && { meanGap: hasBoth ? meanGap : empty }),
  };
}

function ratioOf(treated: ArmMoments, control: ArmMoments, isBinary: boolean): Statistic {
  if (isBinary) return notEstimable("the variance of a 0/1 column follows from its mean");
  if (Number.isNaN(treated.variance) || Number.isNaN(control.variance))
    return notEstimable("a group has fewer than two rows with weight");
  return control.variance > 0
    ? treated.variance / control.variance
    : notEstimable("it does not vary among the comparison rows");
}

function reduction(before: Statistic, after: Statistic): Statistic {
  if (!isDefined(before)) return before;
  if (!isDefined(after)) return after;
  if (before === 0) return notEstimable("there was no bias before");
  return 100 * (1 - Math.abs(after) / Math.abs(before));
}

function hasZeroOneOnly(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== 0 && values[i] !== 1 && !Number.isNaN(values[i])) return false;
  }
  return true;
}
