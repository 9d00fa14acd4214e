import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  findRoot,
  Matrix,
  minimise,
  multiply,
  NoSignChange,
  nelderMead,
  RandomStream,
  solveLinear,
  withDifferences,
} from "./index.ts";

const rosenbrock = (x: Float64Array): number => 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2;

describe("minimise", () => {
  it("finds the bottom of a bent valley", () => {
    const { x, stopped, path } = minimise({
      start: Float64Array.of(-1.2, 1),
      evaluate: (at) => ({
        value: rosenbrock(at),
        gradient: Float64Array.of(-400 * at[0] * (at[1] - at[0] ** 2) - 2 * (1 - at[0]), 200 * (at[1] - at[0] ** 2)),
      }),
    });
    expect(stopped).toBe("flat");
    expect(x[0]).toBeCloseTo(1, 8);
    expect(x[1]).toBeCloseTo(1, 8);
    for (let i = 1; i < path.length; i++) expect(path[i]).toBeLessThanOrEqual(path[i - 1]);
  });

  it("reaches the minimum of any bowl", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 6 }), (seed, n) => {
        const random = new RandomStream(seed, "bowl");
        const root = new Matrix(n, n);
        for (let i = 0; i < n * n; i++) root.data[i] = random.normal();
        const target = Float64Array.from({ length: n }, () => random.normal());
        const value = (at: Float64Array): number => {
          let sum = 0;
          for (let i = 0; i < n; i++) {
            let own = 0;
            for (let j = 0; j < n; j++) own += root.get(i, j) * (at[j] - target[j]);
            sum += own * own + 0.1 * (at[i] - target[i]) ** 2;
          }
          return sum;
        };
        const { x } = minimise({ start: new Float64Array(n), evaluate: withDifferences(value) });
        for (let i = 0; i < n; i++) expect(x[i]).toBeCloseTo(target[i], 4);
      }),
      { numRuns: 30 },
    );
  });

  it("steps back from places where the function is not finite", () => {
    const { x } = minimise({
      start: Float64Array.of(0.1),
      evaluate: withDifferences(([own]) => (own > 0 ? own - Math.log(own) : Number.POSITIVE_INFINITY)),
    });
    expect(x[0]).toBeCloseTo(1, 5);
  });

  it("has nothing to do without parameters", () => {
    expect(
      minimise({ start: new Float64Array(0), evaluate: () => ({ value: 3, gradient: new Float64Array(0) }) }).value,
    ).toBe(3);
  });
});

describe("nelderMead", () => {
  it("finds the bottom of a bent valley from values alone", () => {
    const { x } = nelderMead({ value: rosenbrock, start: Float64Array.of(-1.2, 1), scale: Float64Array.of(0.5, 0.5) });
    expect(x[0]).toBeCloseTo(1, 5);
  });

  it("finds a kink", () => {
    const { x } = nelderMead({
      value: ([own]) => Math.abs(own - 2),
      start: Float64Array.of(0),
      scale: Float64Array.of(1),
    });
    expect(x[0]).toBeCloseTo(2, 8);
  });
});

describe("findRoot", () => {
  it("finds the root of a monotone function", () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (root) => {
        expect(findRoot((x) => Math.expm1(x - root), -10, 10)).toBeCloseTo(root, 12);
      }),
    );
  });

  it("says when the ends enclose none", () => {
    expect(() => findRoot((x) => x * x + 1, -1, 1)).toThrow(NoSignChange);
    expect(() => findRoot(() => Number.NaN, -1, 1)).toThrow(NoSignChange);
  });
});

describe("solveLinear", () => {
  it("solves what it multiplies", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 8 }), (seed, n) => {
        const random = new RandomStream(seed, "linear");
        const a = new Matrix(n, n);
        const x = new Matrix(n, 2);
        for (let i = 0; i < a.data.length; i++) a.data[i] = random.normal();
        for (let i = 0; i < n; i++) a.data[i * n + i] += 4;
        for (let i = 0; i < x.data.length; i++) x.data[i] = random.normal();
        const solved = solveLinear(a, multiply(a, x))!;
        for (let i = 0; i < x.data.length; i++) expect(solved.data[i]).toBeCloseTo(x.data[i], 8);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses a singular matrix", () => {
    const a = Matrix.fromColumns([
      [1, 2],
      [2, 4],
    ]);
    expect(solveLinear(a, Matrix.fromColumns([[1, 1]]))).toBeUndefined();
  });
});
