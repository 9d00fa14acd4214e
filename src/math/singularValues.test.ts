import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, minimiseBounded, multiply, singularValues, transpose, transposeMultiply } from "./index.ts";

describe("singular values", () => {
  const square = fc
    .integer({ min: 1, max: 5 })
    .chain((n) => fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: n * n, maxLength: n * n }));

  it("give the matrix back, with orthogonal factors, also without full rank", () => {
    fc.assert(
      fc.property(square, fc.boolean(), (numbers, isSingular) => {
        const n = Math.sqrt(numbers.length);
        const a = new Matrix(n, n);
        a.data.set(numbers);
        if (isSingular) a.column(n - 1).set(a.column(0));
        const { u, values, v } = singularValues(a);
        for (const own of [transposeMultiply(u, u), transposeMultiply(v, v)]) {
          for (let i = 0; i < n; i++) {
            for (let j = 0; j < n; j++) expect(Math.abs(own.get(i, j) - (i === j ? 1 : 0))).toBeLessThan(1e-12);
          }
        }
        const scaled = new Matrix(n, n);
        for (let j = 0; j < n; j++) scaled.column(j).set(u.column(j).map((own) => own * values[j]));
        const again = multiply(scaled, transpose(v));
        for (let k = 0; k < numbers.length; k++) expect(Math.abs(again.data[k] - a.data[k])).toBeLessThan(1e-11);
        for (let j = 1; j < n; j++) expect(values[j]).toBeLessThanOrEqual(values[j - 1]);
      }),
    );
  });
});

describe("minimum within bounds", () => {
  it("stops at the bound where the slope pushes against it, and reaches the minimum elsewhere", () => {
    // (x − 3)² + (y + 2)² + xy within x ≥ 0, y ≥ −1: y ends at −1, x at 3.5.
    const found = minimiseBounded({
      evaluate: (at) => ({
        value: (at[0] - 3) ** 2 + (at[1] + 2) ** 2 + at[0] * at[1],
        gradient: Float64Array.of(2 * (at[0] - 3) + at[1], 2 * (at[1] + 2) + at[0]),
        hessian: Matrix.fromColumns([
          [2, 1],
          [1, 2],
        ]),
      }),
      start: Float64Array.of(5, -7),
      lower: Float64Array.of(0, -1),
    });
    expect(found.stopped).toBe("flat");
    expect([...found.x]).toEqual([3.5, -1]);
  });

  it("gets past places where the curvature is negative", () => {
    const found = minimiseBounded({
      evaluate: ([x]) => ({
        value: x ** 4 - 2 * x ** 2,
        gradient: Float64Array.of(4 * x ** 3 - 4 * x),
        hessian: Matrix.fromColumns([[12 * x * x - 4]]),
      }),
      start: Float64Array.of(0.1),
      lower: Float64Array.of(Number.NEGATIVE_INFINITY),
    });
    expect(found.x[0]).toBeCloseTo(1, 10);
    for (let k = 1; k < found.path.length; k++) expect(found.path[k]).toBeLessThanOrEqual(found.path[k - 1]);
  });
});
