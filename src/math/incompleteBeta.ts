import { stirlingRest } from "./logGamma.ts";
import { poissonDeviance } from "./saddlePoint.ts";

/**
 * The regularised incomplete beta function Iₓ(a, b), to about 1e-13 of its value where it is the smaller tail.
 * The other tail is I_y(b, a): call it that way round instead of taking it from 1.
 *
 * @param y  1 − x, given on its own so that neither loses its digits near 1.
 *
 * Source: continued fraction of DiDonato and Morris (1992), ACM Transactions on Mathematical Software 18(3), equation 9,
 * by Lentz's method; its factor by the saddle-point form of Loader (2000), "Fast and accurate computation of binomial
 * probabilities". Both keep their digits for large a and b.
 */
export function incompleteBeta(a: number, b: number, x: number, y: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  if (a * y < b * x) return 1 - fraction(b, a, y, x);
  return fraction(a, b, x, y);
}

const TINY = 1e-300;

function fraction(a: number, b: number, x: number, y: number): number {
  const lambda = a * y - b * x;
  let c = (a / (a + 1)) * (lambda + 1);
  let d = 0;
  let value = c;
  // The number of terms grows with √max(a, b); 100,000 serve every sample that fits in memory.
  for (let n = 1; n < 100_000; n++) {
    const above = (((a + n - 1) * (a + b + n - 1)) / (a + 2 * n - 1) ** 2) * n * (b - n) * x * x;
    const below = n + (n * (b - n) * x) / (a + 2 * n - 1) + ((a + n) / (a + 2 * n + 1)) * (lambda + 1 + n * (1 + y));
    d = 1 / awayFromZero(below + above * d);
    c = awayFromZero(below + above / c);
    const change = d * c;
    value *= change;
    if (Math.abs(change - 1) <= Number.EPSILON) break;
  }
  return betaWeight(a, b, x, y) / value;
}

const awayFromZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** xᵃ yᵇ / B(a, b). */
function betaWeight(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  const exponent =
    stirlingRest(n) - stirlingRest(a) - stirlingRest(b) - poissonDeviance(a, n * x) - poissonDeviance(b, n * y);
  return Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(exponent);
}
