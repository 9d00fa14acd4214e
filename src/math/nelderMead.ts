import type { Minimum } from "./minimise.ts";

/**
 * A local minimum of a function of a few parameters from its values alone: the simplex of Nelder and Mead, started anew at
 * its own result until that no longer helps. For functions without a usable slope; where there is one, `minimise` is
 * quicker and more exact.
 *
 * @param scale      First step along each parameter.
 * @param tolerance  Largest difference of value over the last simplex, relative to max(|value|, 1).
 *
 * Source: Nelder and Mead (1965), Computer Journal 7(4), with the adaptive coefficients of Gao and Han (2012),
 * Computational Optimization and Applications 51(1).
 */
export function nelderMead({
  value: f,
  start,
  scale,
  tolerance = 1e-12,
  mostSteps = 5000,
}: {
  readonly value: (x: Float64Array) => number;
  readonly start: Float64Array;
  readonly scale: Float64Array;
  readonly tolerance?: number;
  readonly mostSteps?: number;
}): Omit<Minimum, "gradient"> {
  let best: Corner = { x: start.slice(), value: f(start) };
  const path = [best.value];
  let stopped: Minimum["stopped"] = "limit";
  for (let round = 0; round < 10; round++) {
    const run = simplex(f, best, scale, tolerance, mostSteps);
    path.push(run.value);
    const gain = best.value - run.value;
    best = { x: run.x, value: run.value };
    stopped = run.isSettled ? "flat" : "limit";
    if (!(gain > tolerance * Math.max(Math.abs(best.value), 1))) break;
  }
  return { ...best, path, stopped };
}

interface Corner {
  readonly x: Float64Array;
  readonly value: number;
}

function simplex(
  f: (x: Float64Array) => number,
  start: Corner,
  scale: Float64Array,
  tolerance: number,
  mostSteps: number,
): Corner & { readonly isSettled: boolean } {
  const n = start.x.length;
  const expansion = 1 + 2 / n;
  const contraction = 0.75 - 1 / (2 * n);
  const shrinkage = 1 - 1 / n;
  const corner = (x: Float64Array): Corner => {
    const value = f(x);
    return { x, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  };
  const corners = [start];
  for (let j = 0; j < n; j++) corners.push(corner(start.x.map((own, i) => (i === j ? own + scale[j] : own))));
  for (let step = 0; step < mostSteps; step++) {
    corners.sort((a, b) => a.value - b.value);
    const low = corners[0];
    const high = corners[n];
    if (high.value - low.value <= tolerance * Math.max(Math.abs(low.value), 1)) return { ...low, isSettled: true };
    const centre = low.x.map((_, i) => corners.slice(0, n).reduce((sum, { x }) => sum + x[i], 0) / n);
    const towards = (factor: number) => corner(centre.map((own, i) => own + factor * (own - high.x[i])));
    const reflected = towards(1);
    if (reflected.value < low.value) {
      const expanded = towards(expansion);
      corners[n] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < corners[n - 1].value) corners[n] = reflected;
    else {
      const contracted = reflected.value < high.value ? towards(contraction) : towards(-contraction);
      if (contracted.value < Math.min(reflected.value, high.value)) corners[n] = contracted;
      else {
        const by = n === 1 ? 0.5 : shrinkage;
        for (let j = 1; j <= n; j++)
          corners[j] = corner(corners[j].x.map((own, i) => low.x[i] + by * (own - low.x[i])));
      }
    }
  }
  corners.sort((a, b) => a.value - b.value);
  return { ...corners[0], isSettled: false };
}
