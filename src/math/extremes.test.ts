import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, minimise, noncentralT, RandomStream, symmetricEigen, tQuantile, tTail } from "./index.ts";

const square = (entries: readonly number[]): Matrix => {
  const size = Math.sqrt(entries.length);
  const result = new Matrix(size, size);
  result.data.set(entries);
  return result;
};

describe("numbers at the ends of what doubles hold", () => {
  it("eigenvalues of very small and very large matrices are those of their own size, scaled", () => {
    const sorted = (values: Float64Array) => [...values].sort((a, b) => a - b);
    for (const scale of [1e-163, 1e-300, 1e160]) {
      const own = sorted(symmetricEigen(square([1, 1, 1, 2].map((entry) => entry * scale))).values);
      expect(own[0] / scale).toBeCloseTo((3 - Math.sqrt(5)) / 2, 12);
      expect(own[1] / scale).toBeCloseTo((3 + Math.sqrt(5)) / 2, 12);
    }
    expect(() => symmetricEigen(square([1, Number.NaN, Number.NaN, 1]))).toThrow(RangeError);
  });

  it("eigenvalues come to an end whatever the entries, and add up to the trace", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 7 }), (seed, n) => {
        const random = new RandomStream(seed, "extremes");
        const a = new Matrix(n, n);
        let trace = 0;
        let largest = 0;
        for (let i = 0; i < n; i++) {
          for (let j = 0; j <= i; j++) {
            const entry =
              random.uniform() < 0.3 ? 0 : random.normal() * 10 ** (40 * random.uniform() - 20 * random.integer(16));
            a.set(i, j, entry);
            a.set(j, i, entry);
            largest = Math.max(largest, Math.abs(entry));
          }
          trace += a.get(i, i);
        }
        const { values } = symmetricEigen(a);
        const sum = values.reduce((total, value) => total + value, 0);
        expect(Math.abs(sum - trace)).toBeLessThanOrEqual(1e-12 * n * largest);
      }),
    );
  });

  it("tails of t keep their size beyond the square root of the largest number", () => {
    // Of the Cauchy distribution, 1/(πt).
    expect(tTail(1e160, 1) * Math.PI * 1e160).toBeCloseTo(1, 12);
    expect(tQuantile(1e-250, 1) * Math.PI * 1e-250).toBeCloseTo(-1, 12);
    expect(tTail(1e101, 3) / tTail(1e100, 3)).toBeCloseTo(1e-3, 14);
  });

  it("the shifted t agrees with quadrature where its series lose digits", () => {
    // R's integrate at 1e-13 of the same integral.
    for (const [t, df, ncp, expected] of [
      [40, 1e6, 36, 0.9999681127316837],
      [40, 1e4, 36, 0.9999405471297272],
      [1.96, 1e8, 2.8, 0.2004541941484192],
      [30, 5, 36, 0.2074276885478935],
      [1, 1, 1, 0.4220200303926277],
    ]) {
      expect(Math.abs(noncentralT(t, df, ncp) - expected)).toBeLessThan(1e-12);
    }
    expect(noncentralT(Number.POSITIVE_INFINITY, 5, 1)).toBe(1);
    expect(noncentralT(1e200, 5, 1)).toBe(1);
  });

  it("a search refuses to begin where there is no value", () => {
    const evaluate = () => ({ value: Number.NaN, gradient: Float64Array.of(0) });
    expect(() => minimise({ start: Float64Array.of(1), evaluate })).toThrow(RangeError);
  });
});
