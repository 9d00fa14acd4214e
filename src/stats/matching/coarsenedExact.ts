import type { NotEstimable } from "../common/notEstimable.ts";
import type { ModelData } from "../model/variable.ts";
import { quantiles } from "./quantiles.ts";
import { type Estimand, strataWeights } from "./strataWeights.ts";

/**
 * How a numeric covariate is made coarse: its cut points; a number of equal bins between its ends (0: exact values, 1: one
 * bin, so not matched on); as many groups of equal size; or a rule for the number of bins.
 */
export type Coarsening =
  | { readonly kind: "cuts"; readonly at: readonly number[] }
  | { readonly kind: "bins"; readonly count: number }
  | { readonly kind: "quantiles"; readonly groups: number }
  | { readonly kind: "rule"; readonly rule: "sturges" | "scott" | "fd" };

export type CoarsenedMatches =
  | {
      readonly state: "matched";
      /** Number of the cell per row, in order of first appearance; −1 in a cell without rows of both arms. */
      readonly stratum: Int32Array;
      readonly strata: number;
      readonly weights: Float64Array;
      /** Cut points used, by numeric covariate. */
      readonly cuts: ReadonlyMap<string, Float64Array>;
    }
  | NotEstimable;

/**
 * Coarsened exact matching: numbers are put in bins (bin = number of cut points at or below the value), categories keep
 * their levels, and rows that agree in all of them share a cell. Cells with rows of both arms are matches. A number without
 * a coarsening of its own is cut by Sturges' rule.
 *
 * A row without a value in a covariate is in no cell.
 *
 * @throws RangeError  a count of bins or groups is not a whole number of 0 or more.
 *
 * Source: Iacus, King and Porro (2012), Political Analysis 20(1); bins as in MatchIt 4.7.1.
 */
export function coarsenedExact({
  covariates,
  treated,
  coarsening = new Map(),
  estimand = "ATT",
}: {
  readonly covariates: ModelData;
  readonly treated: Uint8Array;
  readonly coarsening?: ReadonlyMap<string, Coarsening>;
  readonly estimand?: Estimand;
}): CoarsenedMatches {
  const n = treated.length;
  const cuts = new Map<string, Float64Array>();
  let cell = new Int32Array(n);
  for (const [name, variable] of covariates) {
    if (variable.kind === "factor") cell = refined(cell, variable.codes);
    else {
      const how = coarsening.get(name) ?? { kind: "rule", rule: "sturges" };
      if (how.kind === "bins" && how.count === 0) {
        cell = refined(cell, places(variable.values));
        continue;
      }
      const at = cutPoints(variable.values, how);
      cuts.set(name, at);
      cell = refined(
        cell,
        Int32Array.from(variable.values, (value) => binOf(value, at)),
      );
    }
  }
  const arms = new Map<number, number>();
  for (let row = 0; row < n; row++) {
    if (cell[row] >= 0) arms.set(cell[row], (arms.get(cell[row]) ?? 0) | (treated[row] === 1 ? 2 : 1));
  }
  const number = new Map<number, number>();
  const stratum = cell.map((own) => {
    if (own < 0 || arms.get(own) !== 3) return -1;
    if (!number.has(own)) number.set(own, number.size);
    return number.get(own)!;
  });
  if (number.size === 0) return { state: "not estimable", reason: "no cell holds rows of both groups" };
  return { state: "matched", stratum, strata: number.size, weights: strataWeights(stratum, treated, estimand), cuts };
}

/** Cells split by one more covariate, numbered in order of appearance. */
function refined(cell: Int32Array, codes: Int32Array): Int32Array<ArrayBuffer> {
  const width = codes.reduce((largest, code) => Math.max(largest, code), 0) + 1;
  const number = new Map<number, number>();
  return Int32Array.from(cell, (own, row) => {
    if (own < 0 || codes[row] < 0) return -1;
    const key = own * width + codes[row];
    let found = number.get(key);
    if (found === undefined) {
      found = number.size;
      number.set(key, found);
    }
    return found;
  });
}

function places(values: Float64Array): Int32Array {
  const number = new Map<number, number>();
  return Int32Array.from(values, (value) => {
    if (Number.isNaN(value)) return -1;
    if (!number.has(value)) number.set(value, number.size);
    return number.get(value)!;
  });
}

function binOf(value: number, cuts: Float64Array): number {
  if (Number.isNaN(value)) return -1;
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cuts[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function cutPoints(values: Float64Array, how: Coarsening): Float64Array {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return new Float64Array(0);
  if (how.kind === "cuts") return Float64Array.from(new Set(how.at)).sort();
  if (how.kind === "quantiles") {
    checkCount(how.groups);
    const inner = Float64Array.from({ length: how.groups - 1 }, (_, i) => (i + 1) / how.groups);
    return Float64Array.from(new Set(quantiles(known, inner)));
  }
  const bins = how.kind === "bins" ? how.count : binsByRule(known, how.rule);
  checkCount(bins);
  const low = known.reduce((a, b) => Math.min(a, b));
  const high = known.reduce((a, b) => Math.max(a, b));
  const width = (high - low) / bins;
  return Float64Array.from({ length: bins - 1 }, (_, i) => low + (i + 1) * width);
}

/** More bins than this hold single rows. */
const MOST_BINS = 100_000;

function checkCount(count: number): void {
  if (!(Number.isInteger(count) && count > 0 && count <= MOST_BINS)) {
    throw new RangeError(`${count} bins cannot be formed: a whole number from 1 to ${MOST_BINS} is expected`);
  }
}

/** Numbers of bins of a histogram: Sturges (1926), Scott (1979), Freedman and Diaconis (1981). */
function binsByRule(values: Float64Array, rule: "sturges" | "scott" | "fd"): number {
  const n = values.length;
  if (rule === "sturges") return Math.ceil(Math.log2(n) + 1);
  const [low, first, third, high] = quantiles(values, Float64Array.of(0, 0.25, 0.75, 1));
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const width = (rule === "scott" ? 3.5 * sd : 2 * (third - first)) * n ** (-1 / 3);
  return width > 0 ? Math.max(1, Math.ceil((high - low) / width)) : 1;
}
