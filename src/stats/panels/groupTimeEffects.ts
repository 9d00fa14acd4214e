import { Matrix, type RandomStream, solveUpperTransposed } from "#math";
import { type Interval, tInterval } from "../common/interval.ts";
import type { NotEstimable } from "../common/notEstimable.ts";
import { fitLinear } from "../regression/linearFit.ts";
import { type PanelRows, panelOf } from "./panel.ts";

/** The effect in one period on the units that started in one period. */
export interface GroupTimeEffect extends Interval {
  /** First period under treatment of these units. */
  readonly group: number;
  readonly period: number;
  readonly treated: number;
  readonly comparison: number;
}

/** Several of them averaged. */
export interface AveragedEffect extends Interval {
  /** Periods since the start, or the group, or the period averaged for; absent for the overall mean. */
  readonly of?: number;
}

export type GroupTimeEffects =
  | {
      readonly state: "estimated";
      readonly effects: readonly GroupTimeEffect[];
      /** Groups and periods without anybody to compare with, in words. */
      readonly left: readonly string[];
      /** Weighted by treated units: all effects at or after the start; by time since it; by group; by period. */
      readonly overall: AveragedEffect;
      readonly byTimeSinceStart: readonly AveragedEffect[];
      readonly byGroup: readonly AveragedEffect[];
      readonly byPeriod: readonly AveragedEffect[];
      /** Critical value at which all intervals by time since start hold together with the chance asked for, by the bootstrap. */
      readonly simultaneous: number;
    }
  | NotEstimable;

/** What each unit adds to an effect; its spread over clusters is the effect's variance. */
interface WithInfluence {
  readonly estimate: number;
  readonly influence: Float64Array;
}

/**
 * Effects by group and period for staggered starts: the change of the units that start in g from the period before, less
 * the same change of units that have not started yet by that period (and will not have, in the period compared). Never a
 * unit that is already treated: two-way fixed effects would take such units for comparison.
 *
 * With covariates each comparison change is what a regression among comparison units predicts for the treated.
 *
 * Standard errors from influence functions summed over clusters; the variance has the factor G/(G − 1).
 *
 * @param firstTreated  For each unit the period of its start; −1 for never.
 * @param covariates    Columns of unit characteristics from before any start; none when left out.
 * @param comparison    `notYet`: everybody not yet started; `never`: those who never start.
 * @param clusters      A cluster number for each unit; the unit itself when left out.
 * @param draws         Multiplier-bootstrap draws for the simultaneous band.
 *
 * Source: Callaway and Sant'Anna (2021), Journal of Econometrics 225(2), equations 2.6 and 3.5 to 3.12 (outcome
 * regression); Mammen's or Rademacher's multipliers in section 4.1 (Rademacher here).
 */
export function groupTimeEffects({
  rows,
  firstTreated,
  covariates = [],
  comparison,
  clusters,
  draws = 999,
  random,
  level,
}: {
  readonly rows: PanelRows;
  readonly firstTreated: Int32Array;
  readonly covariates?: readonly Float64Array[];
  readonly comparison: "notYet" | "never";
  readonly clusters?: Int32Array;
  readonly draws?: number;
  readonly random: RandomStream;
  readonly level: number;
}): GroupTimeEffects {
  const { outcomes, units, periods } = panelOf(rows);
  const clusterOf = clusters ?? Int32Array.from({ length: units }, (_, unit) => unit);
  const groups = [...new Set(firstTreated)].filter((start) => start >= 0).sort((a, b) => a - b);
  if (groups.length === 0) return { state: "not estimable", reason: "no unit starts" };
  const found: (WithInfluence & Omit<GroupTimeEffect, keyof Interval>)[] = [];
  const left: string[] = [];
  for (const group of groups) {
    if (group === 0) {
      left.push("group 0 starts in the first period: there is nothing to measure its change from");
      continue;
    }
    for (let period = 0; period < periods; period++) {
      if (period === group - 1) continue;
      // Before the start each period is measured from the one before it, so that no effect hides in a long baseline.
      const base = period < group ? period - 1 : group - 1;
      if (base < 0) continue;
      const last = Math.max(period, base);
      const change = (unit: number): number => outcomes.get(unit, period) - outcomes.get(unit, base);
      const all = Array.from({ length: units }, (_, unit) => unit).filter((unit) => !Number.isNaN(change(unit)));
      const treated = all.filter((unit) => firstTreated[unit] === group);
      const others = all
        .filter((unit) =>
          comparison === "never" ? firstTreated[unit] < 0 : firstTreated[unit] < 0 || firstTreated[unit] > last,
        )
        .filter((unit) => firstTreated[unit] !== group);
      const effect = oneEffect(units, treated, others, change, covariates);
      if (typeof effect === "string") left.push(`group ${group}, period ${period}: ${effect}`);
      else found.push({ ...effect, group, period, treated: treated.length, comparison: others.length });
    }
  }
  const after = found.filter(({ group, period }) => period >= group);
  if (after.length === 0)
    return { state: "not estimable", reason: left.join("; ") || "no group has a period after its start" };
  const clusterCount = new Set(clusterOf).size;
  if (clusterCount < 2)
    return { state: "not estimable", reason: "one cluster leaves nothing to estimate an uncertainty from" };
  const interval = (own: WithInfluence): Interval =>
    tInterval(own.estimate, standardError(own.influence, clusterOf), clusterCount - 1, level);
  const averaged = (own: typeof found): WithInfluence => average(own, firstTreated, units);
  const by = (items: typeof found, key: (item: (typeof found)[number]) => number) =>
    [...new Set(items.map(key))]
      .sort((a, b) => a - b)
      .map((of) => ({ of, ...averaged(items.filter((item) => key(item) === of)) }));
  const since = by(found, ({ group, period }) => period - group);
  return {
    state: "estimated",
    effects: found.map((own) => ({
      group: own.group,
      period: own.period,
      treated: own.treated,
      comparison: own.comparison,
      ...interval(own),
    })),
    left,
    overall: interval(averaged(after)),
    byTimeSinceStart: since.map((own) => ({ of: own.of, ...interval(own) })),
    byGroup: by(after, ({ group }) => group).map((own) => ({ of: own.of, ...interval(own) })),
    byPeriod: by(after, ({ period }) => period).map((own) => ({ of: own.of, ...interval(own) })),
    simultaneous: criticalValue(since, clusterOf, draws, random, level),
  };
}

/** Mean change of the treated less that predicted for them from the others, or why there is none. */
function oneEffect(
  units: number,
  treated: readonly number[],
  others: readonly number[],
  change: (unit: number) => number,
  covariates: readonly Float64Array[],
): WithInfluence | string {
  if (treated.length === 0) return "no treated unit has both periods";
  if (others.length <= covariates.length + 1) return `${others.length} units to compare with are too few`;
  const columns = (of: readonly number[]): Matrix =>
    Matrix.fromColumns([
      new Float64Array(of.length).fill(1),
      ...covariates.map((covariate) => Float64Array.from(of, (unit) => covariate[unit])),
    ]);
  const fit = fitLinear({
    y: Float64Array.from(others, change),
    x: columns(others),
    names: ["(Intercept)", ...covariates.map((_, j) => `covariate ${j}`)],
  });
  if (fit.dropped.length > 0) return `${fit.dropped.join(", ")} does not vary among the units to compare with`;
  const own = columns(treated);
  const predicted = (row: number): number => fit.beta.reduce((sum, beta, j) => sum + beta * own.get(row, j), 0);
  const gaps = treated.map((unit, row) => change(unit) - predicted(row));
  const estimate = gaps.reduce((sum, gap) => sum + gap, 0) / treated.length;
  const influence = new Float64Array(units);
  for (const [row, unit] of treated.entries()) influence[unit] += (gaps[row] - estimate) / treated.length;
  // The regression's own uncertainty: x̄ᵀ(XᵀX)⁻¹xᵢ·eᵢ for each comparison unit, in the basis of the fit.
  const mean = Float64Array.from(
    fit.names,
    (_, j) => own.column(j).reduce((sum, value) => sum + value, 0) / treated.length,
  );
  const towards = solveUpperTransposed(fit.r, mean);
  for (const [i, unit] of others.entries()) {
    let weight = 0;
    for (let j = 0; j < towards.length; j++) weight += fit.q.get(i, j) * towards[j];
    influence[unit] -= weight * fit.residuals[i];
  }
  return { estimate, influence };
}

/** Mean of effects weighted by the size of their groups, with the groups' sizes themselves drawn from a population. */
function average(
  items: readonly (WithInfluence & { readonly group: number })[],
  firstTreated: Int32Array,
  units: number,
): WithInfluence {
  const sizes = items.map(({ group }) => firstTreated.reduce((count, start) => count + Number(start === group), 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const estimate = items.reduce((sum, item, i) => sum + (sizes[i] / total) * item.estimate, 0);
  const influence = new Float64Array(units);
  for (const [i, item] of items.entries()) {
    for (let unit = 0; unit < units; unit++) {
      influence[unit] += (sizes[i] / total) * item.influence[unit];
      // A unit more of this group would shift the weights towards its effect.
      if (firstTreated[unit] === item.group) influence[unit] += (item.estimate - estimate) / total;
    }
  }
  return { estimate, influence };
}

function clusterSums(influence: Float64Array, clusterOf: Int32Array): Float64Array {
  const numbers = new Map([...new Set(clusterOf)].map((cluster, i) => [cluster, i]));
  const sums = new Float64Array(numbers.size);
  for (let unit = 0; unit < influence.length; unit++) sums[numbers.get(clusterOf[unit])!] += influence[unit];
  return sums;
}

function standardError(influence: Float64Array, clusterOf: Int32Array): number {
  const sums = clusterSums(influence, clusterOf);
  const squares = sums.reduce((sum, own) => sum + own * own, 0);
  return Math.sqrt((squares * sums.length) / (sums.length - 1));
}

/** The quantile of the largest |t| over all effects when each cluster's part gets a random sign. */
function criticalValue(
  effects: readonly WithInfluence[],
  clusterOf: Int32Array,
  draws: number,
  random: RandomStream,
  level: number,
): number {
  const sums = effects.map(({ influence }) => clusterSums(influence, clusterOf));
  const errors = effects.map(({ influence }) => standardError(influence, clusterOf));
  const largest = Float64Array.from({ length: draws }, () => {
    const signs = Float64Array.from(sums[0], () => (random.uniform() < 0.5 ? -1 : 1));
    return sums.reduce((most, own, e) => {
      if (!(errors[e] > 0)) return most;
      const drawn = own.reduce((sum, value, cluster) => sum + signs[cluster] * value, 0);
      return Math.max(most, Math.abs(drawn) / errors[e]);
    }, 0);
  }).sort();
  return largest[Math.min(draws - 1, Math.ceil(level * draws))];
}
