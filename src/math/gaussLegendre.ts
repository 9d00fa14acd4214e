import type { QuadratureRule } from "./gaussHermite.ts";

/**
 * Gauss-Legendre quadrature on −1 … 1, ∫f ≈ Σ wᵢ·f(xᵢ), exact for polynomials of degree 2n − 1: the nodes are the roots of the Legendre polynomial Pₙ, found by Newton's method from
 * cos(π(i − ¼)/(n + ½)); the weights are 2/((1 − x²)·Pₙ′(x)²).
 *
 * Source: Abramowitz and Stegun, 25.4.29; Pₙ by its three-term recurrence (22.7.10).
 */
export function gaussLegendre(n: number): QuadratureRule {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let round = 0; round < 100; round++) {
      let before = 1;
      let value = x;
      for (let k = 2; k <= n; k++) {
        const next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
        before = value;
        value = next;
      }
      slope = (n * (before - x * value)) / (1 - x * x);
      const step = value / slope;
      x -= step;
      if (Math.abs(step) <= 1e-16) break;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}
