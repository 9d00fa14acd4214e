import { type Interval, tInterval } from "../common/interval.ts";

/** A pooled interval, and how much of its uncertainty comes from the values that were missing. */
export interface Pooling {
  readonly interval: Interval;
  /** Rubin's r: variance between imputations over that within. */
  readonly increase: number;
  /** Share of information missing, for the degrees of freedom found. */
  readonly missingInformation: number;
}

/**
 * One interval from those of m imputations, by Rubin's rules: the mean estimate; its variance is the mean variance plus
 * (1 + 1/m) times the variance between imputations; degrees of freedom after Barnard and Rubin, with the mean of the
 * intervals' own as those of complete data. A single interval stays as it is, at the level asked for.
 *
 * @throws RangeError  there is no interval.
 *
 * Source: Barnard and Rubin (1999), Biometrika 86(4).
 */
export function poolImputations(intervals: readonly Interval[], level: number): Pooling {
  const m = intervals.length;
  if (m === 0) throw new RangeError("no interval to pool");
  const mean = (of: (interval: Interval) => number): number => intervals.reduce((sum, one) => sum + of(one), 0) / m;
  const estimate = mean((one) => one.estimate);
  const within = mean((one) => one.se ** 2);
  const complete = mean((one) => one.df);
  if (m === 1) {
    const interval = tInterval(estimate, intervals[0].se, complete, level);
    return { interval, increase: 0, missingInformation: 0 };
  }
  const between = intervals.reduce((sum, one) => sum + (one.estimate - estimate) ** 2, 0) / (m - 1);
  const total = within + (1 + 1 / m) * between;
  const share = total > 0 ? ((1 + 1 / m) * between) / total : 0;
  const observed = ((complete + 1) / (complete + 3)) * complete * (1 - share);
  const classical = (m - 1) / share ** 2;
  const df = share === 0 ? observed : (classical * observed) / (classical + observed);
  const increase = within > 0 ? ((1 + 1 / m) * between) / within : 0;
  return {
    interval: tInterval(estimate, Math.sqrt(total), df, level),
    increase,
    missingInformation: (increase + 2 / (df + 3)) / (increase + 1),
  };
}

/** The interval of `poolImputations` alone. */
export function poolContrasts(intervals: readonly Interval[], level: number): Interval {
  return poolImputations(intervals, level).interval;
}
