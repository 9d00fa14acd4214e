import { checkLength, Matrix, normalQuantile, normalTail } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { fitLinear } from "../regression/linearFit.ts";
import { nearestFew } from "./matchByDistance.ts";
import type { MatchedSet } from "./matchedSets.ts";
import { pairDistance, rowsIn, type Space } from "./pairDistances.ts";

export interface MatchingEstimate {
  readonly state: "estimated";
  /** Mean over the matched treated of outcome less mean outcome of the matched controls, bias-corrected when asked. */
  readonly estimate: number;
  /** For treated people like these. */
  readonly se: number;
  /** For these treated people alone. */
  readonly seConditional: number;
  /** Normal, as the theory is for many rows. */
  readonly p: number;
  readonly low: number;
  readonly high: number;
  readonly matchedTreated: number;
  /** What the correction took off; 0 without one. */
  readonly bias: number;
}

/**
 * Effect on the treated from matching with replacement, with the variance of Abadie and Imbens. With J(i) the controls of
 * treated row i, Kⱼ = Σ 1/|J(i)| and K′ⱼ = Σ 1/|J(i)|² over the sets control j is in, and n₁ matched treated:
 *
 *     τ̂ᵢ = yᵢ − mean of yⱼ, j in J(i);     τ = Σ τ̂ᵢ / n₁
 *     V  = [ Σ (τ̂ᵢ − τ)² + Σⱼ (Kⱼ² − K′ⱼ) σⱼ² ] / n₁²
 *     V of these treated alone = [ Σ σᵢ² + Σⱼ Kⱼ² σⱼ² ] / n₁²
 *
 * σ² of a row comes from its nearest rows of the same arm: M/(M + 1) times the squared distance of its outcome from their
 * mean. The bias correction takes off the difference in a linear prediction between a treated row and its controls, fitted
 * to the controls used, weighted by Kⱼ: matches are never quite equal, and with several covariates the difference does not
 * vanish.
 *
 * The ordinary bootstrap is no way out: it is not valid for matching with replacement (Abadie and Imbens 2008).
 *
 * @param sets           Treated rows and their controls, as from `matchNearest` with replacement.
 * @param space          Where rows lie, for the nearest rows of the same arm.
 * @param neighbours     M, rows of the same arm; 1 or more.
 * @param correctWith    n × k covariates without an intercept.
 * @throws ShapeMismatch  the lengths disagree.
 *
 * Source: Abadie and Imbens (2006), Econometrica 74; (2011), Journal of Business and Economic Statistics 29.
 */
export function abadieImbens({
  y,
  treated,
  sets,
  space,
  neighbours = 1,
  correctWith,
  level = 0.95,
}: {
  readonly y: Float64Array;
  readonly treated: Uint8Array;
  readonly sets: readonly MatchedSet[];
  readonly space: Space;
  readonly neighbours?: number;
  readonly correctWith?: Matrix;
  readonly level?: number;
}): MatchingEstimate | NotEstimable {
  const n = rowsIn(space);
  checkLength("y", y.length, n);
  checkLength("treated", treated.length, n);
  if (correctWith !== undefined) checkLength("correctWith", correctWith.rows, n);
  if (!(Number.isInteger(neighbours) && neighbours > 0))
    throw new RangeError(`${neighbours} neighbours cannot be found`);
  const matched = sets.filter(({ controls }) => controls.length > 0);
  if (matched.length < 2) return notEstimable(`${matched.length} treated rows are matched: too few for a variance`);
  const k = new Float64Array(n);
  const kSquares = new Float64Array(n);
  for (const { controls } of matched) {
    for (const row of controls) {
      k[row] += 1 / controls.length;
      kSquares[row] += 1 / controls.length ** 2;
    }
  }
  if (
    matched.some((set) => Number.isNaN(y[set.treated])) ||
    [...k.keys()].some((row) => k[row] > 0 && Number.isNaN(y[row]))
  )
    return notEstimable("a matched row has no outcome");

  const predicted = correctWith === undefined ? new Float64Array(n) : predictedFrom(y, correctWith, k);
  if (predicted === undefined)
    return notEstimable("a covariate of the correction varies among the treated but not among the controls used");
  let bias = 0;
  let estimate = 0;
  const effects = matched.map(({ treated: row, controls }) => {
    let outcome = 0;
    let prediction = 0;
    for (const control of controls) {
      outcome += y[control] / controls.length;
      prediction += predicted[control] / controls.length;
    }
    const own = predicted[row] - prediction;
    bias += own / matched.length;
    const effect = y[row] - outcome - own;
    estimate += effect / matched.length;
    return effect;
  });

  const variance = residualVariances({ y, treated, space, neighbours }, [
    ...matched.map((set) => set.treated),
    ...[...k.keys()].filter((row) => k[row] > 0),
  ]);
  if (typeof variance === "string") return notEstimable(variance);
  let sampling = 0;
  let conditional = 0;
  for (const effect of effects) sampling += (effect - estimate) ** 2;
  for (const { treated: row } of matched) conditional += variance[row];
  for (let row = 0; row < n; row++) {
    if (k[row] === 0) continue;
    sampling += (k[row] ** 2 - kSquares[row]) * variance[row];
    conditional += k[row] ** 2 * variance[row];
  }
  const se = Math.sqrt(sampling) / matched.length;
  const reach = normalQuantile((1 + level) / 2) * se;
  return {
    state: "estimated",
    estimate,
    se,
    seConditional: Math.sqrt(conditional) / matched.length,
    p: se > 0 ? 2 * normalTail(Math.abs(estimate) / se) : Number.NaN,
    low: estimate - reach,
    high: estimate + reach,
    matchedTreated: matched.length,
    bias,
  };
}

/** Outcomes predicted for all rows from the controls used; undefined where a column cannot be carried over to the treated. */
function predictedFrom(y: Float64Array, x: Matrix, k: Float64Array): Float64Array | undefined {
  const design = new Matrix(x.rows, x.columns + 1);
  design.column(0).fill(1);
  design.data.set(x.data, x.rows);
  const names = Array.from({ length: design.columns }, (_, j) => `${j}`);
  const known = y.map((value, row) => (k[row] > 0 ? value : 0));
  const fit = fitLinear({ y: known, x: design, names, weights: k });
  const whole = fitLinear({ y: known, x: design, names });
  if (fit.dropped.some((name) => !whole.dropped.includes(name))) return undefined;
  const predicted = new Float64Array(y.length);
  for (let j = 0; j < design.columns; j++) {
    if (Number.isNaN(fit.beta[j])) continue;
    const column = design.column(j);
    for (let i = 0; i < predicted.length; i++) predicted[i] += fit.beta[j] * column[i];
  }
  return predicted;
}

/** Variance of the outcome around its mean at the place of each of the rows, NaN for others; or why there is none. */
function residualVariances(
  {
    y,
    treated,
    space,
    neighbours,
  }: {
    readonly y: Float64Array;
    readonly treated: Uint8Array;
    readonly space: Space;
    readonly neighbours: number;
  },
  rows: readonly number[],
): Float64Array | string {
  const distance = pairDistance(space);
  const arms = [0, 1].map((arm) =>
    Int32Array.from(treated.keys()).filter((row) => treated[row] === arm && !Number.isNaN(y[row])),
  );
  const taken = new Uint8Array(y.length);
  const result = new Float64Array(y.length).fill(Number.NaN);
  for (const row of rows) {
    if (!Number.isNaN(result[row])) continue;
    taken[row] = 1;
    const near = nearestFew(row, arms[treated[row]], taken, distance, neighbours);
    taken[row] = 0;
    if (near.length < neighbours) {
      const whose = treated[row] === 1 ? "treated" : "comparison";
      return `there are not ${neighbours + 1} ${whose} rows to take the spread of the outcome from`;
    }
    let mean = 0;
    for (const other of near) mean += y[other] / near.length;
    result[row] = (near.length / (near.length + 1)) * (y[row] - mean) ** 2;
  }
  return result;
}
