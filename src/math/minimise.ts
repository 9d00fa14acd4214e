import { Matrix } from "./matrix.ts";
import { dot, identity, timesVector } from "./products.ts";

/** A function and its slope at one place. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Where a search ended, and its record. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** The value at the start and after each step. */
  readonly path: readonly number[];
  /** `flat`: the slope is below its tolerance; `still`: no smaller value was found along the slope; `limit`: out of steps. */
  readonly stopped: "flat" | "still" | "limit";
}

/**
 * A local minimum of a smooth function by quasi-Newton steps (BFGS) with a line search for the strong Wolfe conditions.
 * Where the function is not finite the step is shortened.
 *
 * @param evaluate   Value and gradient.
 * @param start      Not changed.
 * @param inverse    First guess of the inverse of the second derivatives (scale of the parameters); the identity when left out.
 * @param tolerance  Stops when √(gᵀHg), the expected fall of the value by one more step (in units of √2·value), is below it.
 *
 * @throws RangeError  the function is not finite at the start.
 *
 * Source: Nocedal and Wright (2006), Numerical Optimization, algorithms 3.5, 3.6 and 6.1.
 */
export function minimise({
  evaluate,
  start,
  inverse,
  tolerance = 1e-8,
  mostSteps = 500,
}: {
  readonly evaluate: (x: Float64Array) => Evaluation;
  readonly start: Float64Array;
  readonly inverse?: Matrix;
  readonly tolerance?: number;
  readonly mostSteps?: number;
}): Minimum {
  const n = start.length;
  let h = new Matrix(n, n);
  h.data.set((inverse ?? identity(n)).data);
  let x: Float64Array = start.slice();
  let { value, gradient } = evaluate(x);
  if (!Number.isFinite(value)) throw new RangeError(`a search cannot begin where the function is ${value}`);
  const path = [value];
  const ended = (stopped: Minimum["stopped"]): Minimum => ({ x, value, gradient, path, stopped });
  if (n === 0) return ended("flat");
  for (let step = 0; step < mostSteps; step++) {
    let direction = timesVector(h, gradient).map((d) => -d);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      h = identity(n);
      direction = gradient.map((g) => -g);
      slope = dot(direction, gradient);
    }
    if (Math.sqrt(-slope) <= tolerance || !(slope < 0)) return ended("flat");
    const found = lineSearch(evaluate, { x, value, slope, direction });
    if (found === undefined) return ended("still");
    update(h, found, x, gradient, step === 0 && inverse === undefined);
    x = found.x;
    value = found.value;
    gradient = found.gradient;
    path.push(value);
  }
  return ended("limit");
}

/**
 * Value and gradient of a function known by its values only, by central differences.
 * @param step  Relative to max(|x|, 1).
 */
export function withDifferences(f: (x: Float64Array) => number, step = 6e-6): (x: Float64Array) => Evaluation {
  return (x) => {
    const at = x.slice();
    const gradient = x.map((own, j) => {
      const size = step * Math.max(Math.abs(own), 1);
      at[j] = own + size;
      const above = f(at);
      at[j] = own - size;
      const below = f(at);
      at[j] = own;
      return (above - below) / (2 * size);
    });
    return { value: f(x), gradient };
  };
}

interface Place extends Evaluation {
  readonly x: Float64Array;
  /** Length of the step and slope along it. */
  readonly length: number;
  readonly slope: number;
}

/** How far the value must fall, and how much of the slope may be left. */
const FALL = 1e-4;
const SLOPE_LEFT = 0.9;

function lineSearch(
  evaluate: (x: Float64Array) => Evaluation,
  from: { x: Float64Array; value: number; slope: number; direction: Float64Array },
): Place | undefined {
  const at = (along: number): Place => {
    const x = from.x.map((own, i) => own + along * from.direction[i]);
    const evaluation = evaluate(x);
    return { ...evaluation, x, length: along, slope: dot(evaluation.gradient, from.direction) };
  };
  // Rounding of the value must not stop a search that the slope still carries.
  const noise = 1e-14 * Math.abs(from.value);
  const isLow = (place: Place) => place.value <= from.value + FALL * place.length * from.slope + noise;
  const isFlat = (place: Place) => Math.abs(place.slope) <= -SLOPE_LEFT * from.slope;
  let low = { length: 0, value: from.value, slope: from.slope };
  let best: Place | undefined;
  let high: number | undefined;
  let length = 1;
  for (let round = 0; round < 60; round++) {
    const place = at(length);
    const isUsable = Number.isFinite(place.value) && Number.isFinite(place.slope);
    if (!isUsable || !isLow(place) || (best !== undefined && place.value > low.value + noise)) high = length;
    else {
      if (isFlat(place)) return place;
      if (place.slope > 0) high = length;
      else {
        low = place;
        best = place;
      }
      if (place.slope > 0 && place.value < from.value) best = place;
    }
    if (high !== undefined && high - low.length < 1e-14 * Math.max(high, 1e-8)) break;
    length = high === undefined ? 2 * length : between(low, isUsable ? place : undefined, high);
  }
  return best !== undefined && best.value < from.value ? best : undefined;
}

/** The next length to try inside the bracket: the lowest point of a parabola kept off the ends, or the middle. */
function between(
  low: { length: number; value: number; slope: number },
  place: Place | undefined,
  high: number,
): number {
  const width = high - low.length;
  if (place === undefined || place.length !== high) return low.length + width / 2;
  const curvature = place.value - low.value - low.slope * width;
  const lowest = (-low.slope * width * width) / (2 * curvature);
  return low.length + Math.min(Math.max(Number.isFinite(lowest) ? lowest : width / 2, 0.1 * width), 0.9 * width);
}

/** The BFGS update of the inverse of the second derivatives. */
function update(h: Matrix, to: Place, x: Float64Array, gradient: Float64Array, isFirst: boolean): void {
  const n = x.length;
  const s = to.x.map((value, i) => value - x[i]);
  const y = to.gradient.map((value, i) => value - gradient[i]);
  const sy = dot(s, y);
  if (!(sy > 1e-14 * Math.sqrt(dot(s, s) * dot(y, y)))) return;
  if (isFirst) for (let i = 0; i < n; i++) h.set(i, i, sy / dot(y, y));
  const hy = timesVector(h, y);
  const factor = (1 + dot(y, hy) / sy) / sy;
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) h.data[j * n + i] += factor * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
  }
}
