import { findRoot } from "./findRoot.ts";
import { incompleteBeta } from "./incompleteBeta.ts";
import { logGamma } from "./logGamma.ts";
import { normalCdf } from "./normal.ts";
import { tTail } from "./studentT.ts";

/**
 * P(T ≤ t) for Student's t with `df` degrees of freedom shifted by `ncp`, the distribution of (Z + ncp)/√(χ²/df). Absolute
 * error about 1e-12.
 *
 * @param ncp  From −37 to 37; beyond, the chance of the other sign is below the smallest number and terms vanish.
 * @throws RangeError  df is not above 0, or |ncp| is above 37.
 *
 * Source: Lenth (1989), Applied Statistics 38(1), algorithm AS 243.
 */
export function noncentralT(t: number, df: number, ncp: number): number {
  if (!(df > 0)) throw new RangeError(`Student's t needs degrees of freedom above 0, not ${df}`);
  if (!(Math.abs(ncp) <= 37)) throw new RangeError(`a shift of ${ncp} is beyond the 37 that can be worked out`);
  if (ncp === 0) return 1 - tTail(t, df);
  if (df === Number.POSITIVE_INFINITY) return normalCdf(t - ncp);
  if (t < 0) return 1 - noncentralT(-t, df, -ncp);
  const below = normalCdf(-ncp);
  if (t === 0) return below;
  const x = (t * t) / (t * t + df);
  const y = df / (t * t + df);
  const half = (ncp * ncp) / 2;
  // Poisson weights from their largest term outwards would lose nothing either; from 0 they are safe up to |ncp| = 37.
  let p = 0.5 * Math.exp(-half);
  let q = Math.sqrt(2 / Math.PI) * 0.5 * Math.exp(-half) * ncp;
  let left = 0.5 - p;
  const b = df / 2;
  let a = 0.5;
  let odd = incompleteBeta(a, b, x, y);
  const logBeta = logGamma(0.5) + logGamma(b) - logGamma(a + b);
  let godd = 2 * Math.exp(a * Math.log(x) + b * Math.log(y) - logBeta);
  let even = 1 - Math.exp(b * Math.log(y));
  let geven = b * x * Math.exp(b * Math.log(y));
  let sum = p * odd + q * even;
  for (let n = 1; n < 5000; n++) {
    a += 1;
    odd -= godd;
    even -= geven;
    godd *= (x * (a + b - 1)) / a;
    geven *= (x * (a + b - 0.5)) / (a + 0.5);
    p *= half / n;
    q *= half / (n + 0.5);
    left -= p;
    sum += p * odd + q * even;
    // The rest is at most twice the Poisson weight left times the last beta share.
    if (Math.abs(2 * left * (odd - godd)) < 1e-14 && n > half) break;
  }
  return Math.min(1, Math.max(0, sum + below));
}

/**
 * The shift of a t distribution under which P(T ≤ t) = p: the ends of intervals of standardised effects.
 * @throws RangeError  it lies beyond ±37.
 */
export function noncentralShift(t: number, df: number, p: number): number {
  const excess = (ncp: number): number => noncentralT(t, df, ncp) - p;
  if (excess(-37) < 0 || excess(37) > 0) throw new RangeError(`the shift of t = ${t} lies beyond ±37`);
  return findRoot(excess, -37, 37, 1e-12);
}
