import { Matrix, type RandomStream } from "#math";
import { type Interval, tInterval } from "../common/interval.ts";
import type { NotEstimable } from "../common/notEstimable.ts";
import { type PanelRows, panelOf } from "./panel.ts";
import { simplexWeights } from "./simplexWeights.ts";

export type SyntheticDid =
  | {
      readonly state: "estimated";
      readonly effect: number;
      /** Weight of each comparison unit and of each earlier period; each adds to 1. */
      readonly unitWeights: Float64Array;
      readonly periodWeights: Float64Array;
      /** Numbers of the comparison units. */
      readonly donors: Int32Array;
      /** How the standard error was found, or why there is none. */
      readonly uncertainty: ({ readonly method: "placebo" | "jackknife" } & Interval) | { readonly reason: string };
    }
  | NotEstimable;

/**
 * Synthetic difference-in-differences: comparison units are weighted to run parallel to the treated before the start (level
 * differences allowed), earlier periods to predict the later ones among comparison units, and the difference of differences
 * is taken with both.
 *
 * @param uncertainty  `placebo`: the same with as many comparison units, drawn at random, in the place of the treated (more
 *                     comparison than treated units needed; assumes alike variances). `jackknife`: units left out one by
 *                     one (two treated units needed).
 * @param draws        Placebo draws.
 *
 * Source: Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), American Economic Review 111(12), algorithms 1, 3 and 4.
 */
export function syntheticDid({
  rows,
  treated,
  start,
  uncertainty,
  draws = 200,
  random,
  level,
}: {
  readonly rows: PanelRows;
  readonly treated: readonly number[];
  readonly start: number;
  readonly uncertainty: "placebo" | "jackknife";
  readonly draws?: number;
  readonly random: RandomStream;
  readonly level: number;
}): SyntheticDid {
  const { outcomes, units, periods } = panelOf(rows);
  if (treated.length === 0) return { state: "not estimable", reason: "there is no treated unit" };
  if (!(start >= 2 && start < periods)) {
    return {
      state: "not estimable",
      reason: `period ${start} as start leaves fewer than two periods before it, or none after`,
    };
  }
  const pathOf = (unit: number): Float64Array =>
    Float64Array.from({ length: periods }, (_, period) => outcomes.get(unit, period));
  const gap = treated.find((unit) => pathOf(unit).some(Number.isNaN));
  if (gap !== undefined)
    return { state: "not estimable", reason: `treated unit ${gap} has a period without an outcome` };
  const donors = Array.from({ length: units }, (_, unit) => unit).filter(
    (unit) => !treated.includes(unit) && !pathOf(unit).some(Number.isNaN),
  );
  if (donors.length < 2)
    return { state: "not estimable", reason: `${donors.length} complete comparison units: two are needed` };
  const own = treated.map(pathOf);
  const others = donors.map(pathOf);
  const whole = estimate(own, others, start);
  return {
    state: "estimated",
    ...whole,
    donors: Int32Array.from(donors),
    uncertainty:
      uncertainty === "placebo"
        ? placebo(whole.effect, own.length, others, start, draws, random, level)
        : jackknife(whole, own, others, start, level),
  };
}

interface Estimate {
  readonly effect: number;
  readonly unitWeights: Float64Array;
  readonly periodWeights: Float64Array;
}

function estimate(treated: readonly Float64Array[], donors: readonly Float64Array[], start: number): Estimate {
  const periods = treated[0].length;
  const later = periods - start;
  const zeta = (treated.length * later) ** 0.25 * spreadOfSteps(donors, start);
  // Levels may differ: every path is measured from its own mean before the start.
  const centred = (path: Float64Array): Float64Array => {
    const before = path.subarray(0, start);
    const mean = before.reduce((sum, value) => sum + value, 0) / start;
    return before.map((value) => value - mean);
  };
  const target = meanPath(treated.map(centred));
  const unitWeights = simplexWeights(Matrix.fromColumns(donors.map(centred)), target, zeta ** 2 * start);
  // Periods, likewise: over comparison units, measured from the mean of all of them.
  const acrossUnits = (read: (path: Float64Array) => number): Float64Array => {
    const values = Float64Array.from(donors, read);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const laterMean = (path: Float64Array): number => path.subarray(start).reduce((sum, value) => sum + value, 0) / later;
  const earlier = Array.from({ length: start }, (_, period) => acrossUnits((path) => path[period]));
  const trace = (1e-6 * spreadOfSteps(donors, start)) ** 2 * donors.length;
  const periodWeights = simplexWeights(Matrix.fromColumns(earlier), acrossUnits(laterMean), trace);
  return { effect: difference(treated, donors, unitWeights, periodWeights, start), unitWeights, periodWeights };
}

function difference(
  treated: readonly Float64Array[],
  donors: readonly Float64Array[],
  unitWeights: Float64Array,
  periodWeights: Float64Array,
  start: number,
): number {
  const change = (path: Float64Array): number => {
    const after = path.subarray(start).reduce((sum, value) => sum + value, 0) / (path.length - start);
    return after - periodWeights.reduce((sum, weight, period) => sum + weight * path[period], 0);
  };
  return (
    treated.reduce((sum, path) => sum + change(path), 0) / treated.length -
    donors.reduce((sum, path, j) => sum + unitWeights[j] * change(path), 0)
  );
}

/** SD of the comparison units' steps from one earlier period to the next. */
function spreadOfSteps(donors: readonly Float64Array[], start: number): number {
  const steps = donors.flatMap((path) => Array.from({ length: start - 1 }, (_, t) => path[t + 1] - path[t]));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  return Math.sqrt(steps.reduce((sum, step) => sum + (step - mean) ** 2, 0) / Math.max(steps.length - 1, 1));
}

function meanPath(paths: readonly Float64Array[]): Float64Array {
  return paths[0].map((_, period) => paths.reduce((sum, path) => sum + path[period], 0) / paths.length);
}

type Uncertainty = Extract<SyntheticDid, { state: "estimated" }>["uncertainty"];

function placebo(
  effect: number,
  treated: number,
  donors: readonly Float64Array[],
  start: number,
  draws: number,
  random: RandomStream,
  level: number,
): Uncertainty {
  if (donors.length <= treated + 1) {
    return { reason: `${donors.length} comparison units for ${treated} treated: placebo needs two more than treated` };
  }
  const order = Int32Array.from(donors.keys());
  const effects = Array.from({ length: draws }, () => {
    random.shuffle(order);
    const own = Array.from(order.subarray(0, treated), (j) => donors[j]);
    return estimate(
      own,
      Array.from(order.subarray(treated), (j) => donors[j]),
      start,
    ).effect;
  });
  const mean = effects.reduce((sum, own) => sum + own, 0) / draws;
  const se = Math.sqrt(effects.reduce((sum, own) => sum + (own - mean) ** 2, 0) / draws);
  return { method: "placebo", ...tInterval(effect, se, Number.POSITIVE_INFINITY, level) };
}

/** Units left out one by one, the weights kept and brought back to sum 1. */
function jackknife(
  { effect, unitWeights, periodWeights }: Estimate,
  treated: readonly Float64Array[],
  donors: readonly Float64Array[],
  start: number,
  level: number,
): Uncertainty {
  if (treated.length < 2) return { reason: "one treated unit: the jackknife needs two" };
  if (unitWeights.filter((weight) => weight > 0).length < 2)
    return { reason: "one comparison unit carries all weight" };
  const without = <T>(items: readonly T[], i: number): T[] => [...items.slice(0, i), ...items.slice(i + 1)];
  const effects = [
    ...treated.map((_, i) => difference(without(treated, i), donors, unitWeights, periodWeights, start)),
    ...donors.map((_, j) => {
      const left = Float64Array.from(without([...unitWeights], j));
      const total = left.reduce((sum, weight) => sum + weight, 0);
      return difference(
        treated,
        without(donors, j),
        left.map((weight) => weight / total),
        periodWeights,
        start,
      );
    }),
  ];
  const n = effects.length;
  const squares = effects.reduce((sum, own) => sum + (own - effect) ** 2, 0);
  return {
    method: "jackknife",
    ...tInterval(effect, Math.sqrt(((n - 1) / n) * squares), Number.POSITIVE_INFINITY, level),
  };
}
