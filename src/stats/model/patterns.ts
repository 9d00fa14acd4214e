import { checkLength } from "#math";
import { type ModelData, rowsOf } from "./variable.ts";

/** Rows that agree in every variable, taken together. */
export interface Patterns {
  /** The variables, one row per pattern, in order of first appearance. */
  readonly data: ModelData;
  /** For each pattern the sum of weights, and the weighted mean of the outcome. */
  readonly weights: Float64Array;
  readonly outcome: Float64Array;
  /** The pattern of each row given. */
  readonly patternOf: Int32Array;
}

/**
 * Collapses rows to distinct patterns: national data on categories becomes a fraction of its size, and an estimator that
 * counts a weight as repetition gives the same numbers. For binary outcomes the mean is the share of ones; other outcomes
 * keep their coefficients, but not their spread within patterns.
 *
 * @param weights  How often each row counts; once when left out.
 * @throws ShapeMismatch  the lengths disagree.
 */
export function patternsOf(data: ModelData, outcome: Float64Array, weights?: Float64Array): Patterns {
  const n = rowsOf(data);
  checkLength("outcome", outcome.length, n);
  if (weights !== undefined) checkLength("weights", weights.length, n);
  const key = new Float64Array(n);
  let span = 1;
  for (const variable of data.values()) {
    const own =
      variable.kind === "factor" ? { codes: variable.codes, count: variable.levels.length } : numbered(variable.values);
    const levels = own.count + 1;
    // Keys must stay whole numbers that doubles hold.
    if (span * levels > 2 ** 52) {
      const settled = numbered(key);
      key.set(settled.codes);
      span = settled.count;
    }
    for (let i = 0; i < n; i++) key[i] = key[i] * levels + (own.codes[i] + 1);
    span *= levels;
  }
  const { codes: patternOf, count } = numbered(key);
  const first = new Int32Array(count).fill(-1);
  const total = new Float64Array(count);
  const sum = new Float64Array(count);
  for (let i = 0; i < n; i++) {
    const pattern = patternOf[i];
    if (first[pattern] < 0) first[pattern] = i;
    const weight = weights?.[i] ?? 1;
    total[pattern] += weight;
    sum[pattern] += weight * outcome[i];
  }
  const taken = new Map(
    [...data].map(([name, own]) => [
      name,
      own.kind === "number"
        ? { kind: own.kind, values: Float64Array.from(first, (row) => own.values[row]) }
        : { kind: own.kind, levels: own.levels, codes: first.map((row) => own.codes[row]) },
    ]),
  ) as ModelData;
  return {
    data: taken,
    weights: total,
    outcome: sum.map((value, p) => (total[p] > 0 ? value / total[p] : 0)),
    patternOf,
  };
}

/** Numbers 0, 1, 2 … in order of appearance, equal where the key is (two NaN are equal); an open-addressed table. */
function numbered(keys: Float64Array): { codes: Int32Array; count: number } {
  const n = keys.length;
  let size = 1024;
  while (size < 2 * n) size *= 2;
  const slots = new Int32Array(size).fill(-1);
  const codes = new Int32Array(n);
  const words = new Uint32Array(keys.buffer, keys.byteOffset, 2 * n);
  const representative = new Int32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const key = keys[i];
    let slot = Math.imul(words[2 * i] ^ Math.imul(words[2 * i + 1], 0x9e3779b1), 0x85ebca6b);
    slot = (slot ^ (slot >>> 15)) & (size - 1);
    for (;;) {
      const code = slots[slot];
      if (code < 0) {
        slots[slot] = count;
        representative[count] = i;
        codes[i] = count++;
        break;
      }
      const other = keys[representative[code]];
      if (other === key || (Number.isNaN(other) && Number.isNaN(key))) {
        codes[i] = code;
        break;
      }
      slot = (slot + 1) & (size - 1);
    }
  }
  return { codes, count };
}
