import { chiSquaredQuantile } from "#math";
import type { ProfileDeviance } from "#stats";

/**
 * Profile limits as R's `confint` for `glm` prints them: the signed root of the profile deviance at steps of a fifth of its
 * bound, a cubic spline through those places, and straight lines between three points of the spline per place. Good to
 * about 1e-3; the exact limits are `profileInterval`'s.
 */
export function interpolatedProfile(
  profile: () => ProfileDeviance,
  { estimate, se, dispersion, z }: { estimate: number; se: number; dispersion: number; z: number },
): { lower: number; upper: number } {
  const farthest = Math.sqrt(chiSquaredQuantile(1 - 0.05 / 4, 1));
  const places = [{ root: 0, value: estimate }];
  for (const sign of [-1, 1]) {
    const own = profile();
    let root = 0;
    for (let step = 1; step < 10 && Math.abs(root) < farthest; step++) {
      const value = estimate + (sign * step * farthest * se) / 5;
      root = sign * Math.sqrt((own.at(value) ?? Number.NaN) / dispersion);
      if (Number.isNaN(root)) break;
      places.push({ root, value });
    }
  }
  places.sort((a, b) => a.root - b.root);
  const spline = cubicSpline(
    places.map(({ value }) => value),
    places.map(({ root }) => root),
  );
  const count = 3 * places.length;
  const first = places[0].value;
  const last = places[places.length - 1].value;
  const points = Array.from({ length: count }, (_, i) => {
    const value = first + ((last - first) * i) / (count - 1);
    return { value, root: spline(value) };
  });
  return { lower: valueAt(points, -z), upper: valueAt(points, z) };
}

function valueAt(points: readonly { value: number; root: number }[], root: number): number {
  for (let i = 1; i < points.length; i++) {
    const low = points[i - 1];
    const high = points[i];
    if (low.root <= root && root <= high.root) {
      return low.value + ((root - low.root) / (high.root - low.root)) * (high.value - low.value);
    }
  }
  return Number.NaN;
}

/**
 * The cubic spline whose ends take the third derivative of the cubic through the four nearest places.
 * Source: Forsythe, Malcolm and Moler (1977), Computer Methods for Mathematical Computations, section 4.4.
 */
function cubicSpline(x: readonly number[], y: readonly number[]): (at: number) => number {
  const n = x.length;
  const b = new Array<number>(n).fill(0);
  const c = new Array<number>(n).fill(0);
  const d = new Array<number>(n).fill(0);
  if (n < 3) {
    const slope = n < 2 ? 0 : (y[1] - y[0]) / (x[1] - x[0]);
    return (at) => y[0] + slope * (at - x[0]);
  }
  d[0] = x[1] - x[0];
  c[1] = (y[1] - y[0]) / d[0];
  for (let i = 1; i < n - 1; i++) {
    d[i] = x[i + 1] - x[i];
    b[i] = 2 * (d[i - 1] + d[i]);
    c[i + 1] = (y[i + 1] - y[i]) / d[i];
    c[i] = c[i + 1] - c[i];
  }
  b[0] = -d[0];
  b[n - 1] = -d[n - 2];
  c[0] = 0;
  c[n - 1] = 0;
  if (n > 3) {
    c[0] = c[2] / (x[3] - x[1]) - c[1] / (x[2] - x[0]);
    c[n - 1] = c[n - 2] / (x[n - 1] - x[n - 3]) - c[n - 3] / (x[n - 2] - x[n - 4]);
    c[0] = (c[0] * d[0] ** 2) / (x[3] - x[0]);
    c[n - 1] = (-c[n - 1] * d[n - 2] ** 2) / (x[n - 1] - x[n - 4]);
  }
  for (let i = 1; i < n; i++) {
    const t = d[i - 1] / b[i - 1];
    b[i] -= t * d[i - 1];
    c[i] -= t * c[i - 1];
  }
  c[n - 1] /= b[n - 1];
  for (let i = n - 2; i >= 0; i--) c[i] = (c[i] - d[i] * c[i + 1]) / b[i];
  b[n - 1] = (y[n - 1] - y[n - 2]) / d[n - 2] + d[n - 2] * (c[n - 2] + 2 * c[n - 1]);
  for (let i = 0; i < n - 1; i++) {
    b[i] = (y[i + 1] - y[i]) / d[i] - d[i] * (c[i + 1] + 2 * c[i]);
    d[i] = (c[i + 1] - c[i]) / d[i];
    c[i] *= 3;
  }
  c[n - 1] *= 3;
  d[n - 1] = d[n - 2];
  return (at) => {
    let i = 0;
    while (i < n - 2 && at >= x[i + 1]) i++;
    const step = at - x[i];
    return y[i] + step * (b[i] + step * (c[i] + step * d[i]));
  };
}
