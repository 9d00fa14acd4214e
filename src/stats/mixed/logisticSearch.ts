import { choleskyFactor, type Evaluation, invertCholesky, Matrix, type Minimum, withDifferences } from "#math";
import type { ConditionalModes } from "./conditionalModes.ts";
import { findTheta } from "./findTheta.ts";
import { laplaceDeviance } from "./laplaceDeviance.ts";
import { QuadratureDeviance } from "./quadratureDeviance.ts";
import { canonicalTheta } from "./relativeCovariance.ts";

/** √2 × the square root of the fall of the deviance still expected when the search stops. */
const TOLERANCE = 1e-6;
const STARTING_THETA = 0.5;

/** Fixed and random effects together, the random ones of a middling variance: where a search starts. */
export function firstLook(modes: ConditionalModes, p: number): ReturnType<ConditionalModes["jointly"]> {
  const theta = modes.structure.startingTheta().map((value) => value * STARTING_THETA);
  return modes.jointly(theta, new Float64Array(p));
}

/** Where a search ended: over the columns of the basis, with random columns of unit size. */
export interface Search {
  readonly found: Minimum;
  readonly thetaHere: Float64Array;
  readonly gamma: Float64Array;
}

/** The smallest deviance over θ and the fixed effects together. */
export function searchFully(modes: ConditionalModes, startGamma: Float64Array, points: number): Search | undefined {
  const { structure } = modes;
  const k = structure.thetaSize;
  const evaluate = evaluation(modes, points);
  const theta = structure.startingTheta().map((value) => value * STARTING_THETA);
  const joint = modes.jointly(theta, startGamma);
  const gamma = joint?.gamma ?? startGamma;
  const start = Float64Array.of(...theta, ...gamma);
  const inverse = startingInverse(modes, evaluate, start, k);
  const found = findTheta({
    evaluate,
    start,
    diagonal: structure.diagonalPlaces(),
    tolerance: TOLERANCE,
    ...(inverse === undefined ? {} : { inverse }),
  });
  if (!Number.isFinite(found.value)) return undefined;
  return { found, thetaHere: canonicalTheta(structure, found.x.slice(0, k)), gamma: found.x.slice(k) };
}

/** The smallest deviance over θ, the fixed effects being wherever the penalised likelihood puts them (`nAGQ = 0`). */
export function searchJointly(modes: ConditionalModes, startGamma: Float64Array): Search | undefined {
  const { structure } = modes;
  const value = (theta: Float64Array): number => {
    const found = modes.jointly(theta, startGamma);
    return found === undefined ? Number.POSITIVE_INFINITY : found.point.penalised + structure.cholesky.logDeterminant();
  };
  const found = findTheta({
    evaluate: withDifferences(value, 3e-5),
    start: structure.startingTheta().map((own) => own * STARTING_THETA),
    diagonal: structure.diagonalPlaces(),
    tolerance: TOLERANCE,
  });
  const thetaHere = canonicalTheta(structure, found.x);
  const joint = modes.jointly(thetaHere, startGamma);
  return joint === undefined ? undefined : { found, thetaHere, gamma: joint.gamma };
}

/** The deviance over (θ, γ) with its slope. */
export function evaluation(modes: ConditionalModes, points: number): (x: Float64Array) => Evaluation {
  const k = modes.structure.thetaSize;
  const quadrature = points > 1 ? new QuadratureDeviance(modes, points) : undefined;
  return (x) => {
    const point = modes.at(x.subarray(0, k), x.subarray(k));
    if (point === undefined) return { value: Number.POSITIVE_INFINITY, gradient: new Float64Array(x.length) };
    return quadrature === undefined ? laplaceDeviance(modes, point) : quadrature.at(point);
  };
}

/** The inverse second derivatives at the start: differences of the slope along θ, the penalised information along γ. */
function startingInverse(
  modes: ConditionalModes,
  evaluate: (x: Float64Array) => Evaluation,
  start: Float64Array,
  k: number,
): Matrix | undefined {
  const size = start.length;
  const hessian = new Matrix(size, size);
  for (let i = 0; i < k; i++) {
    const column = slopeDifference(evaluate, start, i, 1e-3);
    for (let j = 0; j < size; j++) {
      hessian.set(j, i, column[j]);
      hessian.set(i, j, column[j]);
    }
  }
  const point = modes.at(start.subarray(0, k), start.subarray(k));
  if (point === undefined) return undefined;
  const information = modes.information(point);
  for (let i = k; i < size; i++) {
    for (let j = k; j < size; j++) hessian.set(i, j, 2 * information.get(i - k, j - k));
  }
  const inverse = inverseOf(hessian);
  if (inverse !== undefined) return inverse;
  // Not a bowl there: the parts by themselves, each with its curvature turned upwards.
  const ownInverse = inverseOf(information);
  if (ownInverse === undefined) return undefined;
  const result = new Matrix(size, size);
  for (let i = 0; i < k; i++) result.set(i, i, 1 / Math.max(Math.abs(hessian.get(i, i)), 1));
  for (let i = k; i < size; i++) {
    for (let j = k; j < size; j++) result.set(i, j, ownInverse.get(i - k, j - k) / 2);
  }
  return result;
}

/** One column of second derivatives, by a central difference of the slope. */
export function slopeDifference(
  evaluate: (x: Float64Array) => Evaluation,
  x: Float64Array,
  i: number,
  step: number,
): Float64Array {
  const at = x.slice();
  at[i] = x[i] + step;
  const above = evaluate(at).gradient;
  at[i] = x[i] - step;
  const below = evaluate(at).gradient;
  return above.map((value, j) => (value - below[j]) / (2 * step));
}

/** undefined when the matrix is not positive definite. */
export function inverseOf(a: Matrix): Matrix | undefined {
  const root = choleskyFactor(a);
  return root === undefined ? undefined : invertCholesky(root);
}
