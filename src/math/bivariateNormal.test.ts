import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bivariateNormalCdf, bivariateNormalDensity, fQuantile, gaussLegendre, normalCdf } from "./index.ts";

describe("bivariate normal distribution", () => {
  // mvtnorm 1.1.3, pmvnorm(algorithm = TVPACK(1e-15)).
  it.each([
    [0.5, -0.3, 0.4, 0.3171269282861651],
    [-1, -1.2, -0.7, 0.0002187411059606272],
    [1, 0.98, 0.97, 0.8149384172598568],
    [-2, -2.1, 0.999, 0.01785480831491777],
    [0.3, -0.3, -0.95, 0.04829891520540629],
    [0.3, -0.29, -0.9999, 0.004582091613936579],
    [0, 0, 0.925, 0.4379676527521625],
    [2.5, -3, 0.2, 0.001349024842509628],
    [0.7, 0.7, 0.99999, 0.7574792477672775],
    [-0.5, 1.5, 0.94, 0.3085375386474516],
  ])("P(X ≤ %d, Y ≤ %d) at ρ %d", (x, y, rho, expected) => {
    expect(Math.abs(bivariateNormalCdf(x, y, rho) - expected)).toBeLessThan(1e-14);
  });

  it("is Sheppard's ¼ + arcsin ρ/2π at the centre, up to the ends", () => {
    for (const rho of [-1, -0.99999, -0.9, 0, 0.3, 0.92, 0.93, 0.999999, 1]) {
      expect(Math.abs(bivariateNormalCdf(0, 0, rho) - (0.25 + Math.asin(rho) / (2 * Math.PI)))).toBeLessThan(1e-14);
    }
  });

  it("adds up to one margin: P(X ≤ x, Y ≤ y; ρ) + P(X ≤ x, Y ≤ −y; −ρ) = P(X ≤ x)", () => {
    const place = fc.double({ min: -6, max: 6, noNaN: true });
    fc.assert(
      fc.property(place, place, fc.double({ min: -1, max: 1, noNaN: true }), (x, y, rho) => {
        const sum = bivariateNormalCdf(x, y, rho) + bivariateNormalCdf(x, -y, -rho);
        expect(Math.abs(sum - normalCdf(x))).toBeLessThan(1e-13);
        expect(Math.abs(bivariateNormalCdf(x, y, rho) - bivariateNormalCdf(y, x, rho))).toBeLessThan(1e-13);
      }),
    );
  });

  it("has its density as slope along ρ, and infinite ends", () => {
    const step = 1e-6;
    for (const rho of [-0.95, -0.4, 0.2, 0.9, 0.96]) {
      const slope =
        (bivariateNormalCdf(0.4, -0.7, rho + step) - bivariateNormalCdf(0.4, -0.7, rho - step)) / (2 * step);
      expect(Math.abs(slope - bivariateNormalDensity(0.4, -0.7, rho))).toBeLessThan(1e-7);
    }
    expect(bivariateNormalCdf(Number.POSITIVE_INFINITY, 0.3, 0.5)).toBe(normalCdf(0.3));
    expect(bivariateNormalCdf(0.3, Number.NEGATIVE_INFINITY, 0.5)).toBe(0);
    expect(bivariateNormalDensity(0, Number.POSITIVE_INFINITY, 0.5)).toBe(0);
  });
});

it("integrates polynomials of degree 2n − 1 exactly", () => {
  const { nodes, weights } = gaussLegendre(5);
  for (let degree = 0; degree < 10; degree++) {
    const sum = nodes.reduce((total, x, i) => total + weights[i] * x ** degree, 0);
    expect(Math.abs(sum - (degree % 2 === 0 ? 2 / (degree + 1) : 0))).toBeLessThan(1e-15);
  }
});

it("finds the quantiles of F that R does", () => {
  // R 4.2.2, qf.
  expect(Math.abs(fQuantile(0.025, 419, 1676) / 0.8563743808632545 - 1)).toBeLessThan(1e-12);
  expect(Math.abs(fQuantile(0.975, 9, 27) / 2.6308555879228082 - 1)).toBeLessThan(1e-12);
  expect(Math.abs(fQuantile(0.5, 3, 200) / 0.7913572456526464 - 1)).toBeLessThan(1e-12);
  expect(() => fQuantile(1, 3, 4)).toThrow(RangeError);
  expect(() => fQuantile(0.5, 0, 4)).toThrow(RangeError);
});
