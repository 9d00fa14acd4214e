import { findRoot, logGamma } from "#math";
import type { NotEstimable } from "../common/notEstimable.ts";
import { type Counts, usedCells } from "./contingency.ts";

/** Fisher's exact test of a table of any size. */
export type FisherTest = { readonly state: "estimated"; readonly p: number } | NotEstimable;

/** Fisher's exact test of a 2 × 2 table, with the odds ratio most likely given the margins. */
export type FisherOddsRatio =
  | {
      readonly state: "estimated";
      readonly p: number;
      readonly oddsRatio: number;
      readonly low: number;
      readonly high: number;
    }
  | NotEstimable;

/** Tables whose chance is within this of the observed one's count as equally likely. */
const EQUALLY_LIKELY = 1 + 1e-7;
/** Partial tables kept at a time. */
const MOST_PARTS = 300_000;

/**
 * Fisher's exact test: the chance, given the margins, of a table as unlikely as this or more so. Columns are filled one
 * after the other; partial tables that leave the same rows to fill with the same chance so far are kept once.
 *
 * @throws BadCounts  a count is negative or not whole.
 *
 * Source: Freeman and Halton (1951), Biometrika 38; the joining of partial tables after Mehta and Patel (1983), Journal of
 * the American Statistical Association 78.
 */
export function fisherExactTest(table: Counts): FisherTest {
  const { rows, columns, cells } = usedCells(table);
  if (rows.length < 2 || columns.length < 2) {
    return { state: "not estimable", reason: "one of the two categories has a single value" };
  }
  const sum = rows.reduce((a, b) => a + b, 0);
  const logFactorial = Float64Array.from({ length: sum + 1 }, (_, n) => (n < 2 ? 0 : logGamma(n + 1)));
  const constant = [...rows, ...columns].reduce((own, n) => own + logFactorial[n], 0) - logFactorial[sum];
  const observed = cells.flat().reduce((own, n) => own - logFactorial[n], constant);
  // For each way of filling up rows: how likely, on the log scale rounded to 1e-10, and how many such parts.
  let parts = new Map<string, Map<number, number>>([[rows.join(), new Map([[0, 1]])]]);
  const order = [...columns].sort((a, b) => b - a);
  for (const column of order.slice(0, -1)) {
    const next = new Map<string, Map<number, number>>();
    let size = 0;
    for (const [key, chances] of parts) {
      const left = key.split(",").map(Number);
      for (const filled of fillings(left, column)) {
        const cost = filled.reduce((sumOfLogs, n) => sumOfLogs - logFactorial[n], 0);
        const state = left.map((n, i) => n - filled[i]).join();
        let own = next.get(state);
        if (own === undefined) {
          own = new Map();
          next.set(state, own);
        }
        for (const [log, count] of chances) {
          const sumLog = Math.round((log + cost) * 1e10) / 1e10;
          const known = own.get(sumLog);
          own.set(sumLog, (known ?? 0) + count);
          if (known === undefined && ++size > MOST_PARTS) {
            return { state: "not estimable", reason: "the table is too large to go through all of its kind" };
          }
        }
      }
    }
    parts = next;
  }
  let p = 0;
  for (const [key, chances] of parts) {
    const last = key.split(",").reduce((own, n) => own - logFactorial[Number(n)], constant);
    for (const [log, count] of chances) {
      if (log + last <= observed + Math.log(EQUALLY_LIKELY)) p += count * Math.exp(log + last);
    }
  }
  return { state: "estimated", p: Math.min(1, p) };
}

/** All ways to take `total` from rows that have `left` each. */
function* fillings(left: readonly number[], total: number): Generator<number[]> {
  const rest = new Array<number>(left.length + 1).fill(0);
  for (let i = left.length - 1; i >= 0; i--) rest[i] = rest[i + 1] + left[i];
  const filled = new Array<number>(left.length).fill(0);
  yield* fill(0, total);

  function* fill(row: number, still: number): Generator<number[]> {
    if (row === left.length - 1) {
      filled[row] = still;
      yield filled;
      return;
    }
    const most = Math.min(left[row], still);
    for (let n = Math.max(0, still - rest[row + 1]); n <= most; n++) {
      filled[row] = n;
      yield* fill(row + 1, still - n);
    }
  }
}

/**
 * Fisher's exact test of a 2 × 2 table, with the conditional maximum-likelihood odds ratio and its exact interval (each tail
 * (1 − level)/2).
 *
 * @returns  An odds ratio of 0 or infinite, and an open end, where the table is at the end of what its margins allow.
 * @throws BadCounts  it is no 2 × 2 table of counts.
 *
 * Source: Fisher (1935), Journal of the Royal Statistical Society 98(1); Cornfield (1956), interval.
 */
export function fisherOddsRatio(table: Counts, level: number): FisherOddsRatio {
  const { cells } = usedCells(table);
  if (cells.length !== 2 || cells[0].length !== 2) {
    return { state: "not estimable", reason: "an odds ratio needs two values of both categories" };
  }
  const [[a, b], [c, d]] = cells;
  const row = a + b;
  const other = c + d;
  const column = a + c;
  const least = Math.max(0, column - other);
  const most = Math.min(row, column);
  const support = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  const logs = support.map((x) => logChoose(row, x) + logChoose(other, column - x));
  /** Chances of the support under an odds ratio, given by its logarithm. */
  const chances = (logOdds: number): number[] => {
    const shifted = logs.map((log, i) => log + support[i] * logOdds);
    const top = shifted.reduce((highest, log) => Math.max(highest, log));
    const raw = shifted.map((log) => Math.exp(log - top));
    const total = raw.reduce((sum, chance) => sum + chance, 0);
    return raw.map((chance) => chance / total);
  };
  const under = chances(0);
  const own = under[a - least];
  const p = under.reduce((sum, chance) => sum + (chance <= own * EQUALLY_LIKELY ? chance : 0), 0);
  const meanOf = (logOdds: number) => chances(logOdds).reduce((sum, chance, i) => sum + chance * support[i], 0);
  const atLeast = (logOdds: number) =>
    chances(logOdds).reduce((sum, chance, i) => sum + (support[i] >= a ? chance : 0), 0);
  const atMost = (logOdds: number) =>
    chances(logOdds).reduce((sum, chance, i) => sum + (support[i] <= a ? chance : 0), 0);
  const tail = (1 - level) / 2;
  const root = (f: (logOdds: number) => number) => Math.exp(findRoot(f, -700, 700, 1e-12));
  return {
    state: "estimated",
    p: Math.min(1, p),
    oddsRatio: a === least ? 0 : a === most ? Number.POSITIVE_INFINITY : root((x) => meanOf(x) - a),
    low: a === least ? 0 : root((x) => atLeast(x) - tail),
    high: a === most ? Number.POSITIVE_INFINITY : root((x) => atMost(x) - tail),
  };
}

function logChoose(n: number, k: number): number {
  return k < 0 || k > n ? Number.NEGATIVE_INFINITY : logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
