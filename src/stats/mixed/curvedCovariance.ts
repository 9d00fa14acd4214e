import { Matrix, symmetricEigen } from "#math";
import type { ConditionalModes } from "./conditionalModes.ts";
import { evaluation, inverseOf, slopeDifference } from "./logisticSearch.ts";

/** Step of the second derivatives, as a share of a parameter's standard error. */
const STEP = 3e-4;

/**
 * Twice the inverse second derivatives of the deviance over (θ, γ), its block of γ. Directions of θ in which the deviance
 * does not curve upwards (a variance on its boundary) are held fixed.
 */
export function curvedCovariance(
  modes: ConditionalModes,
  points: number,
  theta: Float64Array,
  gamma: Float64Array,
  conditional: Matrix,
): Matrix | undefined {
  const evaluate = evaluation(modes, points);
  const k = theta.length;
  const p = gamma.length;
  const x = Float64Array.of(...theta, ...gamma);
  const middle = modes.at(theta, gamma)?.u;
  if (middle === undefined) return undefined;
  const columns = Array.from(x, (value, i) => {
    const step = i < k ? STEP * Math.max(Math.abs(value), 0.1) : STEP * Math.sqrt(conditional.get(i - k, i - k));
    return slopeDifference(
      (at) => {
        modes.startFrom(middle);
        return evaluate(at);
      },
      x,
      i,
      step,
    );
  });
  const h = (i: number, j: number) => (columns[i][j] + columns[j][i]) / 2;
  const reduced = new Matrix(p, p);
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) reduced.set(i, j, h(k + i, k + j));
  const own = new Matrix(k, k);
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) own.set(i, j, h(i, j));
  const { values, vectors } = symmetricEigen(own);
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  for (let e = 0; e < k; e++) {
    if (!(values[e] > 1e-7 * largest)) continue;
    const along = Float64Array.from({ length: p }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += vectors.get(j, e) * h(j, k + i);
      return sum;
    });
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < p; j++) reduced.set(i, j, reduced.get(i, j) - (along[i] * along[j]) / values[e]);
    }
  }
  const inverse = inverseOf(reduced);
  if (inverse !== undefined) for (let i = 0; i < inverse.data.length; i++) inverse.data[i] *= 2;
  return inverse;
}
