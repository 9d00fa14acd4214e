/** The two ends given do not enclose a root. */
export class NoSignChange extends Error {
  override readonly name = "NoSignChange";
}

/**
 * A root of a continuous function between two places where it has different signs.
 *
 * @param tolerance  Width of the last bracket, absolute; the precision of doubles when left out.
 * @throws NoSignChange  f has the same sign at both ends, or is not a number there.
 *
 * Source: Brent (1973), Algorithms for Minimization without Derivatives, chapter 4.
 */
export function findRoot(f: (x: number) => number, low: number, high: number, tolerance = 0): number {
  let a = low;
  let b = high;
  let fa = f(a);
  let fb = f(b);
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (!(fa * fb < 0)) throw new NoSignChange(`a root needs a change of sign: f(${low}) = ${fa}, f(${high}) = ${fb}`);
  let c = a;
  let fc = fa;
  let step = b - a;
  let before = step;
  for (let round = 0; round < 500; round++) {
    if (fb * fc > 0) {
      c = a;
      fc = fa;
      step = b - a;
      before = step;
    }
    if (Math.abs(fc) < Math.abs(fb)) {
      [a, b, c] = [b, c, b];
      [fa, fb, fc] = [fb, fc, fb];
    }
    const enough = 2 * Number.EPSILON * Math.abs(b) + tolerance / 2;
    const half = (c - b) / 2;
    if (Math.abs(half) <= enough || fb === 0) return b;
    const interpolated = interpolate({ a, b, c, fa, fb, fc, half });
    const isTaken =
      Math.abs(before) >= enough &&
      Math.abs(fa) > Math.abs(fb) &&
      2 * interpolated.above <
        Math.min(
          3 * half * interpolated.below - Math.abs(enough * interpolated.below),
          Math.abs(before * interpolated.below),
        );
    before = isTaken ? step : half;
    step = isTaken ? interpolated.above / interpolated.below : half;
    a = b;
    fa = fb;
    b += Math.abs(step) > enough ? step : Math.sign(half) * enough;
    fb = f(b);
  }
  return b;
}

/** The step of inverse quadratic (or, of two points, linear) interpolation, as a fraction with its upper part positive. */
function interpolate({ a, b, c, fa, fb, fc, half }: Record<"a" | "b" | "c" | "fa" | "fb" | "fc" | "half", number>): {
  above: number;
  below: number;
} {
  const s = fb / fa;
  let above: number;
  let below: number;
  if (a === c) {
    above = 2 * half * s;
    below = 1 - s;
  } else {
    const q = fa / fc;
    const r = fb / fc;
    above = s * (2 * half * q * (q - r) - (b - a) * (r - 1));
    below = (q - 1) * (r - 1) * (s - 1);
  }
  return above > 0 ? { above, below: -below } : { above: -above, below };
}
