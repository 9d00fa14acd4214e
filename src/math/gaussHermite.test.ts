import { describe, expect, it } from "vitest";
import { gaussHermite } from "./gaussHermite.ts";

describe("Gauss-Hermite quadrature", () => {
  it.each([1, 2, 5, 15, 51, 100])("gives %i points the moments of the normal distribution", (count) => {
    const { nodes, weights } = gaussHermite(count);
    let moment = 1;
    for (let power = 0; power <= Math.min(2 * count - 1, 20); power += 2) {
      const sum = nodes.reduce((total, node, k) => total + weights[k] * node ** power, 0);
      expect(sum / moment).toBeCloseTo(1, 11);
      moment *= power + 1;
    }
  });

  it("is symmetric about 0, its nodes ascending", () => {
    const { nodes, weights } = gaussHermite(7);
    expect(nodes[3]).toBe(0);
    for (let k = 0; k < 3; k++) {
      expect(nodes[k]).toBe(-nodes[6 - k]);
      expect(weights[k]).toBe(weights[6 - k]);
      expect(nodes[k]).toBeLessThan(nodes[k + 1]);
    }
  });

  it("has the three points 0 and ±√3", () => {
    const { nodes, weights } = gaussHermite(3);
    expect(nodes[2]).toBeCloseTo(Math.sqrt(3), 14);
    expect(weights[0]).toBeCloseTo(1 / 6, 14);
  });

  it.each([0, 1.5, -2, Number.NaN, 201])("refuses %d points", (count) => {
    expect(() => gaussHermite(count)).toThrow(RangeError);
  });
});
