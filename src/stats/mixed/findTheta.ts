import { type Evaluation, Matrix, type Minimum, minimise } from "#math";

/** A deviance grows with its rows, and so do the roundings in its sums: their size, as a share of its square. */
const ROUNDING = 2 ** -64;

/**
 * The smallest deviance over parameters of which some, the diagonal of Λ, may not be below 0.
 *
 * The deviance is the same for Λ and for Λ with the sign of a column turned, so the search runs without bounds and signs
 * are turned at the end. A boundary shows as a diagonal near 0: it is set to 0, the others sought anew, and the result kept
 * where the deviance does not rise.
 *
 * @param evaluate  Value and slope; infinity where there is none.
 * @param diagonal  Places of the parameters that may not be below 0.
 * @param inverse   A guess of the inverse second derivatives at the start.
 */
export function findTheta({
  evaluate,
  start,
  diagonal,
  inverse,
  tolerance,
}: {
  readonly evaluate: (x: Float64Array) => Evaluation;
  readonly start: Float64Array;
  readonly diagonal: readonly number[];
  readonly inverse?: Matrix;
  readonly tolerance: number;
}): Minimum {
  // Below the rounding of the deviance no step can show a gain.
  const enough = Math.max(tolerance, Math.sqrt(2 * ROUNDING) * Math.abs(evaluate(start).value));
  let best = minimise({ evaluate, start, tolerance: enough, ...(inverse === undefined ? {} : { inverse }) });
  const isZero = new Set<number>();
  for (const place of [...diagonal].sort((a, b) => Math.abs(best.x[a]) - Math.abs(best.x[b]))) {
    if (Math.abs(best.x[place]) > NEAR_ZERO) continue;
    const free = Array.from(best.x.keys()).filter((i) => i !== place && !isZero.has(i));
    const whole = (part: Float64Array): Float64Array => {
      const x = new Float64Array(best.x.length);
      for (const [i, to] of free.entries()) x[to] = part[i];
      return x;
    };
    const found = minimise({
      evaluate: (part) => {
        const { value, gradient } = evaluate(whole(part));
        return { value, gradient: Float64Array.from(free, (i) => gradient[i]) };
      },
      start: Float64Array.from(free, (i) => best.x[i]),
      tolerance: enough,
      ...(inverse === undefined ? {} : { inverse: partOf(inverse, free) }),
    });
    if (found.value > best.value + 1e-13 * Math.abs(best.value)) continue;
    isZero.add(place);
    const x = whole(found.x);
    best = { ...found, x, gradient: evaluate(x).gradient, path: [...best.path, ...found.path] };
  }
  return best;
}

/** How near 0 a diagonal must lie for 0 itself to be tried. */
const NEAR_ZERO = 0.02;

function partOf(a: Matrix, places: readonly number[]): Matrix {
  const result = new Matrix(places.length, places.length);
  for (const [j, column] of places.entries()) {
    for (const [i, row] of places.entries()) result.set(i, j, a.get(row, column));
  }
  return result;
}
