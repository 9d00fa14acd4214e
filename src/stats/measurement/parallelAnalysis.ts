import { Matrix, type RandomStream, symmetricEigen } from "#math";
import type { ItemCorrelations } from "./correlateItems.ts";
import { orderedEigen } from "./eigenvalues.ts";
import { itemCovariances } from "./itemCovariances.ts";
import { squaredMultipleCorrelations } from "./samplingAdequacy.ts";

export interface ParallelAnalysis {
  /** How many leading eigenvalues are above those of noise. */
  readonly factors: number;
  /** Largest first: of the data, the mean of the draws, and their quantile. */
  readonly observed: Float64Array;
  readonly mean: Float64Array;
  readonly quantile: Float64Array;
}

/**
 * Horn's parallel analysis: how many eigenvalues stand out from those of unrelated normal numbers of the same size.
 *
 * @param of        `components`: of R. `factors`: of R with squared multiple correlations on its diagonal.
 * @param draws     Data sets of noise.
 * @param quantile  Of the noise that an eigenvalue must pass.
 * @throws RangeError  draws or quantile are out of bounds.
 *
 * Source: Horn (1965), Psychometrika 30; the quantile: Glorfeld (1995), Educational and Psychological Measurement 55.
 */
export function parallelAnalysis(
  { matrix, n }: Pick<ItemCorrelations, "matrix" | "n">,
  {
    random,
    of = "components",
    draws = 100,
    quantile = 0.95,
  }: {
    readonly random: RandomStream;
    readonly of?: "components" | "factors";
    readonly draws?: number;
    readonly quantile?: number;
  },
): ParallelAnalysis {
  if (!(Number.isInteger(draws) && draws > 0))
    throw new RangeError(`draws must be a whole number above 0, not ${draws}`);
  if (!(quantile > 0 && quantile < 1)) throw new RangeError(`a quantile lies between 0 and 1, not at ${quantile}`);
  const p = matrix.rows;
  const names = Array.from({ length: p }, (_, j) => String(j));
  const drawn = Array.from({ length: p }, () => new Float64Array(draws));
  for (let draw = 0; draw < draws; draw++) {
    const columns = names.map(() => Float64Array.from({ length: n }, () => random.normal()));
    const moments = itemCovariances({ names, columns }, "pairwise");
    if (moments.state === "not estimable") throw new RangeError(`noise of ${n} rows: ${moments.reason}`);
    const values = reducedEigenvalues(moments.correlation, of);
    for (let j = 0; j < p; j++) drawn[j][draw] = values[j];
  }
  const observed = reducedEigenvalues(matrix, of);
  const limits = Float64Array.from(drawn, (own) => quantileOf(own, quantile));
  const below = observed.findIndex((own, j) => !(own > limits[j]));
  return {
    factors: below < 0 ? p : below,
    observed,
    mean: Float64Array.from(drawn, (own) => own.reduce((sum, value) => sum + value, 0) / draws),
    quantile: limits,
  };
}

function reducedEigenvalues(matrix: Matrix, of: "components" | "factors"): Float64Array {
  const smc = of === "factors" ? squaredMultipleCorrelations(matrix) : undefined;
  if (smc === undefined) return orderedEigen(matrix).values;
  const reduced = new Matrix(matrix.rows, matrix.rows);
  reduced.data.set(matrix.data);
  for (let i = 0; i < matrix.rows; i++) reduced.set(i, i, smc[i]);
  return symmetricEigen(reduced).values.sort().reverse();
}

/** By linear interpolation between order statistics (type 7 of Hyndman and Fan). */
function quantileOf(values: Float64Array, p: number): number {
  const sorted = values.slice().sort();
  const place = (sorted.length - 1) * p;
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}
