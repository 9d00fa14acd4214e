const ROOT_TWO_PI = 2.5066282746310007;

/** Density of the standard normal distribution. */
export function normalDensity(z: number): number {
  return Math.exp(-z * z * 0.5) / ROOT_TWO_PI;
}

/** P(Z ≤ z) of the standard normal distribution; a small share keeps its digits. */
export function normalCdf(z: number): number {
  return normalTail(-z);
}

/**
 * P(Z > z) of the standard normal distribution, to about 1e-14 of itself down to 1e-300.
 *
 * Source: below 2.5 the series of Marsaglia (2004), Journal of Statistical Software 11(4); above it Laplace's continued
 * fraction (Abramowitz and Stegun 26.2.14).
 */
export function normalTail(z: number): number {
  if (z < -2.5) return 1 - normalTail(-z);
  if (z < 2.5) return 0.5 - normalDensity(z) * marsagliaSeries(z);
  if (z === Number.POSITIVE_INFINITY) return 0;
  return densityInTwoParts(z) / laplaceFraction(z);
}

/**
 * ln P(Z > z), also where the tail itself is below the smallest number.
 */
export function logNormalTail(z: number): number {
  if (z < 5) return z < -2.5 ? Math.log1p(-normalTail(-z)) : Math.log(normalTail(z));
  return -z * z * 0.5 - Math.log(ROOT_TWO_PI * laplaceFraction(z));
}

/** z + z³/3 + z⁵/(3·5) + … */
function marsagliaSeries(z: number): number {
  const square = z * z;
  let term = z;
  let sum = z;
  for (let k = 3; k < 400; k += 2) {
    term *= square / k;
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** z + 1/(z + 2/(z + 3/(z + …))). */
function laplaceFraction(z: number): number {
  let value = z;
  // The number of terms that reach full precision falls with z: 160 at 2.5, a dozen at 10.
  const terms = Math.ceil(12 + 1000 / (z * z));
  for (let n = terms; n > 0; n--) value = z + n / value;
  return value;
}

/** The density with z² taken in two parts, so that the exponential keeps its last digits. */
function densityInTwoParts(z: number): number {
  const coarse = Math.round(z * 16) / 16;
  return (Math.exp(-coarse * coarse * 0.5) * Math.exp(-(z - coarse) * (z + coarse) * 0.5)) / ROOT_TWO_PI;
}
