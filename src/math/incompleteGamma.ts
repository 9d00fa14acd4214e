import { stirlingRest } from "./logGamma.ts";
import { poissonDeviance } from "./saddlePoint.ts";

/** Both tails of the gamma distribution of shape a and scale 1 at x; the smaller keeps its digits. */
export interface GammaTails {
  /** P(a, x), the share below x. */
  readonly below: number;
  /** Q(a, x), the share above x. */
  readonly above: number;
}

/**
 * The regularised incomplete gamma functions, to about 1e-13 of the smaller of the two.
 * @param a  Above 0.
 * @param x  0 or more.
 *
 * Source: the power series below the mean and the continued fraction above it (Abramowitz and Stegun 6.5.29, 6.5.31), with
 * the leading factor in Loader's saddle-point form, which keeps its digits for large a.
 */
export function incompleteGamma(a: number, x: number): GammaTails {
  if (Number.isNaN(a) || Number.isNaN(x)) return { below: Number.NaN, above: Number.NaN };
  if (!(x > 0)) return { below: 0, above: 1 };
  if (x === Number.POSITIVE_INFINITY) return { below: 1, above: 0 };
  const weight = gammaWeight(a, x);
  if (x < a + 1) {
    const below = weight * series(a, x);
    return { below, above: 1 - below };
  }
  const above = weight * fraction(a, x);
  return { below: 1 - above, above };
}

/** xᵃ e⁻ˣ / Γ(a). */
function gammaWeight(a: number, x: number): number {
  return Math.sqrt(a / (2 * Math.PI)) * Math.exp(-stirlingRest(a) - poissonDeviance(a, x));
}

/** Σ xⁿ / (a(a + 1)…(a + n)). */
function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 1_000_000; n++) {
    term *= x / (a + n);
    sum += term;
    if (term <= sum * (Number.EPSILON / 4)) break;
  }
  return sum;
}

/** 1 / (x + 1 − a − 1(1 − a) / (x + 3 − a − …)), by Lentz's method. */
function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < 1_000_000; n++) {
    const above = -n * (n - a);
    b += 2;
    d = 1 / (above * d + b);
    c = b + above / c;
    const change = c * d;
    value *= change;
    if (Math.abs(change - 1) <= Number.EPSILON) break;
  }
  return value;
}
