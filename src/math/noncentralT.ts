import { findRoot } from "./findRoot.ts";
import type { QuadratureRule } from "./gaussHermite.ts";
import { gaussLegendre } from "./gaussLegendre.ts";
import { stirlingRest } from "./logGamma.ts";
import { normalCdf, normalTail } from "./normal.ts";
import { tTail } from "./studentT.ts";

/** The largest shift that can be asked for: beyond it the chance of the other sign is below the smallest number. */
const LARGEST_SHIFT = 37;
/** Gauss-Legendre points of each piece of the integral, and how far from a place in standard deviations it reaches. */
const POINTS = 20;
const REACH = 9.5;

/**
 * P(T ≤ t) for Student's t with `df` degrees of freedom shifted by `ncp`, the distribution of (Z + ncp)/√(χ²/df). Absolute
 * error about 1e-13.
 *
 *     P(T ≤ t) = ∫ Φ(t·u − ncp) f(u) du,   u = √(χ²/df)
 *
 * taken piece by piece: around where f is large, and around ncp/t, where Φ turns.
 *
 * @param df   1 or more; infinite for the normal distribution.
 * @param ncp  From −37 to 37.
 * @throws RangeError  df is below 1, |ncp| is above 37, or t is not a number.
 */
export function noncentralT(t: number, df: number, ncp: number): number {
  return shiftedT(t, df, ncp, gaussLegendre(POINTS));
}

function shiftedT(t: number, df: number, ncp: number, rule: QuadratureRule): number {
  if (!(df >= 1)) throw new RangeError(`the shifted t needs degrees of freedom of 1 or more, not ${df}`);
  if (!(Math.abs(ncp) <= LARGEST_SHIFT))
    throw new RangeError(`a shift of ${ncp} is beyond the 37 that can be worked out`);
  if (Number.isNaN(t)) throw new RangeError("the shifted t of what is not a number");
  if (ncp === 0) return t > 0 ? 1 - tTail(t, df) : tTail(-t, df);
  if (t === Number.POSITIVE_INFINITY) return 1;
  if (t === Number.NEGATIVE_INFINITY) return 0;
  if (df === Number.POSITIVE_INFINITY) return normalCdf(t - ncp);
  return t > 0 && t >= ncp ? 1 - integral(t, df, ncp, normalTail, rule) : integral(t, df, ncp, normalCdf, rule);
}

/** ∫ g(t·u − ncp) f(u) du. */
function integral(t: number, df: number, ncp: number, g: (z: number) => number, rule: QuadratureRule): number {
  // f is widest for few degrees of freedom; √(1 + REACH/√df)-like bounds hold all but 1e-20 of it.
  const spread = REACH / Math.sqrt(2 * df);
  const low = Math.max(0, 1 - spread);
  const high = 1 + spread * (df < 10 ? 1.3 : 1);
  const turn = ncp / t;
  const width = 1 / Math.abs(t);
  const places = [low, high];
  for (let k = 1; k < 12; k++) places.push(low + (k * (high - low)) / 12);
  for (const k of [-8, -5, -3, -1.5, 0, 1.5, 3, 5, 8]) places.push(turn + k * width);
  const inside = places.filter((place) => place >= low && place <= high).sort((a, b) => a - b);
  const { nodes, weights } = rule;
  let sum = 0;
  for (let piece = 1; piece < inside.length; piece++) {
    const half = (inside[piece] - inside[piece - 1]) / 2;
    if (!(half > 0)) continue;
    const centre = (inside[piece] + inside[piece - 1]) / 2;
    for (let k = 0; k < POINTS; k++) {
      const u = centre + half * nodes[k];
      sum += half * weights[k] * g(t * u - ncp) * rootDensity(u, df);
    }
  }
  return Math.min(1, sum);
}

/** Density of √(χ²/df) at u, by way of Stirling's formula so that large df lose nothing. */
function rootDensity(u: number, df: number): number {
  if (!(u > 0)) return df === 1 ? Math.sqrt(2 / Math.PI) : 0;
  const a = df / 2;
  const square = (u - 1) * (u + 1);
  // (df − 1)·ln u − df·(u² − 1)/2, and the constant at u = 1.
  const exponent = (df - 1) * Math.log(u) - a * square - stirlingRest(a);
  return Math.exp(exponent) * Math.sqrt(df / Math.PI);
}

/**
 * The shift of a t distribution under which P(T ≤ t) = p: the ends of intervals of standardised effects.
 * @throws RangeError  it lies beyond ±37.
 */
export function noncentralShift(t: number, df: number, p: number): number {
  const rule = gaussLegendre(POINTS);
  const excess = (ncp: number): number => shiftedT(t, df, ncp, rule) - p;
  if (excess(-LARGEST_SHIFT) < 0 || excess(LARGEST_SHIFT) > 0)
    throw new RangeError(`the shift of t = ${t} lies beyond ±37`);
  return findRoot(excess, -LARGEST_SHIFT, LARGEST_SHIFT, 1e-12);
}
