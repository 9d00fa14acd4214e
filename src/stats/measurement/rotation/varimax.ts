import { identity, Matrix, multiply, singularValues, transpose, transposeMultiply } from "#math";
import { kaiserNormalised, scaleRows } from "./kaiserNormalised.ts";
import type { Rotation, RotationStop } from "./rotation.ts";

const TOLERANCE = 1e-10;
/** R's stop, for the sum of singular values. */
const R_GROWTH = 1e-5;
const MOST_STEPS = 2000;

/**
 * Varimax: orthogonal factors whose squared loadings vary as much as can be, Σⱼ [Σᵢ lᵢⱼ⁴ − (Σᵢ lᵢⱼ²)²/p]. Each step takes
 * the orthogonal matrix nearest to the slope, until no entry of the rotation moves by 1e-10 (or R's stop is met).
 *
 * @param normalise  Whether rows are scaled to length 1 first and back afterwards (Kaiser).
 *
 * Source: Kaiser (1958), Psychometrika 23(3); the step: Horst (1965), Factor Analysis of Data Matrices.
 */
export function varimax(loadings: Matrix, normalise: boolean, stop: RotationStop = "exact"): Rotation {
  const { scaled, lengths } = normalise
    ? kaiserNormalised(loadings)
    : { scaled: loadings, lengths: new Float64Array(loadings.rows).fill(1) };
  const p = loadings.rows;
  const k = loadings.columns;
  let rotation = identity(k);
  let stopped: Rotation["stopped"] = "limit";
  let steps = 0;
  let size = 0;
  while (steps < MOST_STEPS && stopped === "limit") {
    steps++;
    const turned = multiply(scaled, rotation);
    const slope = new Matrix(p, k);
    for (let j = 0; j < k; j++) {
      const column = turned.column(j);
      const mean = column.reduce((sum, own) => sum + own * own, 0) / p;
      for (let i = 0; i < p; i++) slope.set(i, j, column[i] ** 3 - column[i] * mean);
    }
    const { u, values, v } = singularValues(transposeMultiply(scaled, slope));
    const next = multiply(u, transpose(v));
    const moved = next.data.reduce((most, own, i) => Math.max(most, Math.abs(own - rotation.data[i])), 0);
    rotation = next;
    const before = size;
    size = values.reduce((sum, own) => sum + own, 0);
    if (moved <= TOLERANCE || (stop === "R" && size < before * (1 + R_GROWTH))) stopped = "converged";
  }
  return { loadings: scaleRows(multiply(scaled, rotation), lengths), steps, stopped };
}
