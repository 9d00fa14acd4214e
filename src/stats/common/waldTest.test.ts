import fc from "fast-check";
import { expect, test } from "vitest";
import { Matrix } from "#math";
import { near } from "../testing/reference.ts";
import { waldTest } from "./waldTest.ts";

const covarianceOf = (rows: readonly (readonly number[])[]): Matrix => {
  const v = new Matrix(rows.length, rows.length);
  for (const [i, row] of rows.entries()) for (const [j, value] of row.entries()) v.set(i, j, value);
  return v;
};

test("of one estimate is its square over its variance: 1.96 standard errors is p 0.05", () => {
  // 2·Φ(−1.959963984540054) = 0.05.
  const wald = waldTest(Float64Array.of(1.959963984540054 * 3), covarianceOf([[9]]))!;
  near(wald.chiSquared, 3.841458820694124, 1e-12);
  near(wald.p, 0.05, 1e-12);
  expect(wald.df).toBe(1);
});

test("of two by hand: (1, 2) with variances 2 and 1, covariance 1", () => {
  // V⁻¹ = [[1, −1], [−1, 2]], so βᵀV⁻¹β = 1 − 4 + 8 = 5, and P(χ²₂ > 5) = e^(−5/2).
  const wald = waldTest(
    Float64Array.of(1, 2),
    covarianceOf([
      [2, 1],
      [1, 1],
    ]),
  )!;
  near(wald.chiSquared, 5, 1e-12);
  near(wald.p, Math.exp(-2.5), 1e-12);
});

test("does not change with the units or the order of the estimates", () => {
  const value = fc.integer({ min: -20, max: 20 }).map((own) => own / 4);
  fc.assert(
    fc.property(value, value, fc.constantFrom(0.01, 3, 100), (a, b, unit) => {
      const plain = waldTest(
        Float64Array.of(a, b),
        covarianceOf([
          [2, 0.5],
          [0.5, 1],
        ]),
      )!;
      const turned = waldTest(
        Float64Array.of(b * unit, a),
        covarianceOf([
          [unit * unit, 0.5 * unit],
          [0.5 * unit, 2],
        ]),
      )!;
      near(turned.chiSquared, plain.chiSquared, 1e-9, 1e-9);
    }),
  );
});

test("of estimates that depend on each other, or of none, is undefined", () => {
  const twice = covarianceOf([
    [1, 1],
    [1, 1],
  ]);
  expect(waldTest(Float64Array.of(1, 1), twice)).toBeUndefined();
  expect(waldTest(new Float64Array(0), new Matrix(0, 0))).toBeUndefined();
});
