import { checkLength } from "#math";
import { rowPatterns } from "./rowPatterns.ts";
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
  const columns = [...data.values()].map((own) => (own.kind === "factor" ? own.codes : own.values));
  const { patternOf, firstRow } = rowPatterns(n, columns);
  const count = firstRow.length;
  const total = new Float64Array(count);
  const sum = new Float64Array(count);
  for (let i = 0; i < n; i++) {
    const pattern = patternOf[i];
    const weight = weights?.[i] ?? 1;
    total[pattern] += weight;
    sum[pattern] += weight * outcome[i];
  }
  const taken = new Map(
    [...data].map(([name, own]) => [
      name,
      own.kind === "number"
        ? { kind: own.kind, values: Float64Array.from(firstRow, (row) => own.values[row]) }
        : { kind: own.kind, levels: own.levels, codes: firstRow.map((row) => own.codes[row]) },
    ]),
  ) as ModelData;
  return {
    data: taken,
    weights: total,
    outcome: sum.map((value, p) => (total[p] > 0 ? value / total[p] : 0)),
    patternOf,
  };
}
