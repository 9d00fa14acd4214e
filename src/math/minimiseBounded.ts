import { choleskyFactor, solveCholesky } from "./cholesky.ts";
import { Matrix } from "./matrix.ts";
import type { Evaluation, Minimum } from "./minimise.ts";

/** A function, its slope and its curvature at one place. */
export interface CurvedEvaluation extends Evaluation {
  readonly hessian: Matrix;
}

/**
 * A local minimum of a smooth function over x ≥ lower, by Newton steps in the coordinates that are free to move, cut off
 * at the bounds and halved until the value falls. Where the curvature is not positive it is lifted by a multiple of the
 * identity.
 *
 * @param start      Lifted to the bounds; not changed.
 * @param lower      One bound per coordinate, −∞ for none.
 * @param tolerance  Stops when no slope along a free coordinate is larger; its root, where rounding lets the value fall no
 *                   further.
 *
 * Source: Bertsekas (1982), SIAM Journal on Control and Optimization 20(2).
 */
export function minimiseBounded({
  evaluate,
  start,
  lower,
  tolerance = 1e-10,
  mostSteps = 200,
}: {
  readonly evaluate: (x: Float64Array) => CurvedEvaluation;
  readonly start: Float64Array;
  readonly lower: Float64Array;
  readonly tolerance?: number;
  readonly mostSteps?: number;
}): Minimum {
  let x: Float64Array = start.map((own, i) => Math.max(own, lower[i]));
  let now = evaluate(x);
  const path = [now.value];
  const ended = (stopped: Minimum["stopped"]): Minimum => ({
    x,
    value: now.value,
    gradient: now.gradient,
    path,
    stopped,
  });
  for (let step = 0; step < mostSteps; step++) {
    const free = Array.from(x.keys()).filter((i) => !(x[i] <= lower[i] && now.gradient[i] > 0));
    let steepest = 0;
    for (const i of free) steepest = Math.max(steepest, Math.abs(now.gradient[i]));
    if (steepest <= tolerance) return ended("flat");
    // Cutting a Newton step off at a bound can turn it uphill; a step scaled coordinate by coordinate stays downhill.
    const found =
      lineSearch(evaluate, x, now, free, lower, newtonDirection(now, free)) ??
      lineSearch(evaluate, x, now, free, lower, scaledSlope(now, free));
    if (found === undefined) return ended(steepest <= Math.sqrt(tolerance) ? "flat" : "still");
    x = found.x;
    now = found.evaluation;
    path.push(now.value);
  }
  return ended("limit");
}

/** The first of the lengths 1, ½, ¼ … along the direction at which the value has fallen. */
function lineSearch(
  evaluate: (x: Float64Array) => CurvedEvaluation,
  x: Float64Array,
  now: CurvedEvaluation,
  free: readonly number[],
  lower: Float64Array,
  direction: Float64Array,
): { readonly x: Float64Array; readonly evaluation: CurvedEvaluation } | undefined {
  for (let length = 1; length > 1e-12; length /= 2) {
    const next = x.slice();
    for (const [k, i] of free.entries()) next[i] = Math.max(lower[i], x[i] + length * direction[k]);
    let fall = 0;
    for (const i of free) fall += now.gradient[i] * (next[i] - x[i]);
    const evaluation = evaluate(next);
    if (evaluation.value <= now.value + 1e-4 * Math.min(fall, 0) + 1e-15 * Math.abs(now.value)) {
      return next.some((own, i) => own !== x[i]) ? { x: next, evaluation } : undefined;
    }
  }
  return undefined;
}

function scaledSlope({ gradient, hessian }: CurvedEvaluation, free: readonly number[]): Float64Array {
  return Float64Array.from(free, (i) => -gradient[i] / Math.max(Math.abs(hessian.get(i, i)), 1e-8));
}

function newtonDirection({ gradient, hessian }: CurvedEvaluation, free: readonly number[]): Float64Array {
  const own = new Matrix(free.length, free.length);
  const slope = Float64Array.from(free, (i) => -gradient[i]);
  let largest = 0;
  for (const i of free) largest = Math.max(largest, Math.abs(hessian.get(i, i)));
  for (let lift = 0; lift < 1e8; lift = lift === 0 ? 1e-6 : lift * 10) {
    for (const [a, i] of free.entries()) for (const [b, j] of free.entries()) own.set(a, b, hessian.get(i, j));
    for (let a = 0; a < free.length; a++) own.set(a, a, own.get(a, a) + lift * largest);
    const factor = choleskyFactor(own);
    if (factor !== undefined) return solveCholesky(factor, slope);
  }
  return slope;
}
