import { gaussLegendre } from "./gaussLegendre.ts";
import { normalCdf } from "./normal.ts";

const { nodes: NODES, weights: WEIGHTS } = gaussLegendre(20);
/** Above this |ρ| the integral is taken from 1 downwards instead of from 0 upwards. */
const STEEP = 0.925;

/** Density of the standard bivariate normal distribution with correlation rho, |rho| < 1; 0 where x or y is infinite. */
export function bivariateNormalDensity(x: number, y: number, rho: number): number {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return 0;
  const rest = (1 - rho) * (1 + rho);
  const square = ((x - y) ** 2 + 2 * (1 - rho) * x * y) / rest;
  return Math.exp(-square / 2) / (2 * Math.PI * Math.sqrt(rest));
}

/**
 * P(X ≤ x, Y ≤ y) for two standard normal numbers with correlation rho, to about 1e-14 absolute.
 *
 * By Plackett's identity ∂Φ₂/∂ρ = φ₂, Φ₂ is Φ(x)Φ(y) plus the integral of φ₂ over 0 … ρ, taken in θ = arcsin ρ where the
 * integrand is smooth. For |ρ| near 1 it is Φ(min(x, y)) less the integral over ρ … 1, taken in c = √(1 − ρ²):
 *
 *     ∫ exp(−(x − y)²/2c² − xy/(1 + √(1 − c²))) / (2π√(1 − c²)) dc
 *
 * over panels that narrow by a factor of three towards 0, since it rises at c of the size of |x − y|.
 *
 * @param x    Also ±∞.
 * @param rho  −1 … 1, ends included.
 *
 * Source: Plackett (1954), Biometrika 41; the change of variable as in Drezner and Wesolowsky (1990), Journal of
 * Statistical Computation and Simulation 35.
 */
export function bivariateNormalCdf(x: number, y: number, rho: number): number {
  if (x === Number.NEGATIVE_INFINITY || y === Number.NEGATIVE_INFINITY) return 0;
  if (x === Number.POSITIVE_INFINITY) return normalCdf(y);
  if (y === Number.POSITIVE_INFINITY) return normalCdf(x);
  if (rho < -STEEP) return Math.max(0, normalCdf(x) - steep(x, -y, -rho));
  if (rho > STEEP) return steep(x, y, rho);
  const half = Math.asin(rho) / 2;
  const squares = (x * x + y * y) / 2;
  let sum = 0;
  for (let i = 0; i < NODES.length; i++) {
    const sine = Math.sin(half * (1 + NODES[i]));
    sum += WEIGHTS[i] * Math.exp((x * y * sine - squares) / (1 - sine * sine));
  }
  return Math.max(0, normalCdf(x) * normalCdf(y) + (half * sum) / (2 * Math.PI));
}

function steep(x: number, y: number, rho: number): number {
  const gap = (x - y) ** 2 / 2;
  const product = x * y;
  let high = Math.sqrt(Math.max(0, (1 - rho) * (1 + rho)));
  // Below this the integrand is under e⁻⁴⁰ of what it is further up.
  const floor = Math.max(Math.sqrt(gap / 40), 1e-17);
  let sum = 0;
  while (high > floor) {
    const low = gap === 0 ? 0 : Math.max(high / 3, floor);
    const half = (high - low) / 2;
    for (let i = 0; i < NODES.length; i++) {
      const c = low + half * (1 + NODES[i]);
      const root = Math.sqrt((1 - c) * (1 + c));
      sum += (half * WEIGHTS[i] * Math.exp(-gap / (c * c) - product / (1 + root))) / root;
    }
    high = low;
  }
  return Math.max(0, normalCdf(Math.min(x, y)) - sum / (2 * Math.PI));
}
