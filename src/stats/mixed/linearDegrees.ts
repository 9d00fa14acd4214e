import { Matrix, solveUpperTransposed, symmetricEigen } from "#math";
import type { LinearMixedFit } from "./linearMixedModel.ts";

/**
 * Degrees of freedom of each fixed effect by Satterthwaite's method:
 *
 *     df = 2·v² / (gᵀ·A·g)
 *
 * with v the variance of the coefficient, g its slope along (θ, σ) and A the covariance of (θ, σ), twice the inverse of the
 * second derivatives of the deviance (REML criterion) in them. Differences are central with one step of Richardson's
 * extrapolation. Directions in which the deviance does not curve (a variance on its boundary) are left out.
 *
 * @returns one number per fixed effect; NaN where nothing curves.
 *
 * Source: Kuznetsova, Brockhoff and Christensen (2017), Journal of Statistical Software 82(13), section 2.
 */
export function satterthwaiteDegrees(fit: LinearMixedFit): Float64Array {
  const { profile, theta, r } = fit.inner;
  const { sigma } = fit;
  const { isRestricted, degrees, p } = profile;
  const directions = Array.from({ length: p }, (_, j) => {
    const unit = new Float64Array(p);
    unit[j] = 1;
    return solveUpperTransposed(r, unit);
  });
  // By θ: what is added to the deviance, the sum of squares, and every variance in units of σ².
  const pieces = (at: Float64Array): Float64Array => {
    const point = profile.at(at);
    if (point === undefined) return new Float64Array(p + 2).fill(Number.NaN);
    const added = point.logDeterminant + (isRestricted ? point.logInformation : 0);
    const variances = directions.map((m) => profile.whiten(point, m).reduce((sum, value) => sum + value * value, 0));
    return Float64Array.of(added, point.squares, ...variances);
  };
  const k = theta.length;
  const { first, second } = derivatives(pieces, theta);
  const own = pieces(theta);
  const hessian = new Matrix(k + 1, k + 1);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) hessian.set(i, j, second[i][j][0] + second[i][j][1] / sigma ** 2);
    const mixed = (-2 * first[i][1]) / sigma ** 3;
    hessian.set(i, k, mixed);
    hessian.set(k, i, mixed);
  }
  hessian.set(k, k, (6 * own[1]) / sigma ** 4 - (2 * degrees) / sigma ** 2);
  const { values, vectors } = symmetricEigen(hessian);
  return Float64Array.from({ length: p }, (_, j) => {
    const slope = Float64Array.from({ length: k + 1 }, (_ignored, i) =>
      i < k ? sigma ** 2 * first[i][2 + j] : 2 * sigma * own[2 + j],
    );
    let spread = 0;
    for (let e = 0; e <= k; e++) {
      if (!(values[e] > 1e-8)) continue;
      let share = 0;
      for (let i = 0; i <= k; i++) share += vectors.get(i, e) * slope[i];
      spread += (2 * share * share) / values[e];
    }
    const variance = sigma ** 2 * own[2 + j];
    return spread > 0 ? (2 * variance * variance) / spread : Number.NaN;
  });
}

/** First and second derivatives of several functions at once, [i] and [i][j], each an array over the functions. */
function derivatives(
  f: (x: Float64Array) => Float64Array,
  x: Float64Array,
): { first: Float64Array[]; second: Float64Array[][] } {
  const k = x.length;
  const step = x.map((value) => 4e-3 * Math.max(Math.abs(value), 0.1));
  const middle = f(x);
  const moved = (i: number, a: number, j: number, b: number): Float64Array => {
    const at = x.slice();
    at[i] += a * step[i];
    at[j] += b * step[j];
    return f(at);
  };
  const extrapolated = (rough: Float64Array, fine: Float64Array) => fine.map((value, c) => (4 * value - rough[c]) / 3);
  const first: Float64Array[] = [];
  const second: Float64Array[][] = Array.from({ length: k }, () => []);
  for (let i = 0; i < k; i++) {
    const at = (size: number) => {
      const above = moved(i, size, i, 0);
      const below = moved(i, -size, i, 0);
      return {
        slope: above.map((value, c) => (value - below[c]) / (2 * size * step[i])),
        curve: above.map((value, c) => (value - 2 * middle[c] + below[c]) / (size * step[i]) ** 2),
      };
    };
    const rough = at(1);
    const fine = at(0.5);
    first.push(extrapolated(rough.slope, fine.slope));
    second[i][i] = extrapolated(rough.curve, fine.curve);
    for (let j = 0; j < i; j++) {
      const mixed = (size: number) => {
        const both = moved(i, size, j, size);
        const left = moved(i, -size, j, size);
        const right = moved(i, size, j, -size);
        const neither = moved(i, -size, j, -size);
        return both.map(
          (value, c) => (value - left[c] - right[c] + neither[c]) / (4 * size * size * step[i] * step[j]),
        );
      };
      second[i][j] = extrapolated(mixed(1), mixed(0.5));
      second[j][i] = second[i][j];
    }
  }
  return { first, second };
}
