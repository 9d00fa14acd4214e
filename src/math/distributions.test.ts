import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fTail } from "./fDistribution.ts";
import { incompleteBeta } from "./incompleteBeta.ts";
import { logGamma, stirlingRest } from "./logGamma.ts";
import { normalQuantile } from "./normalQuantile.ts";
import { portableLog } from "./portableLog.ts";
import { tQuantile, tTail } from "./studentT.ts";

function near(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(
    tolerance * Math.abs(expected),
  );
}

const anyT = fc.double({ min: 1e-3, max: 200, noNaN: true });
const anyDf = fc.double({ min: 0.3, max: 5e5, noNaN: true });

describe("Student's t", () => {
  it("is the arctangent with one degree of freedom, and algebraic with two", () => {
    fc.assert(
      fc.property(anyT, (t) => {
        near(tTail(t, 1), Math.atan(1 / t) / Math.PI, 1e-13);
        // ½(1 − t/√(2 + t²)) without cancellation.
        const root = Math.sqrt(2 + t * t);
        near(tTail(t, 2), 1 / (root * (root + t)), 1e-13);
      }),
    );
  });

  // mpmath 1.4, betainc with 40 digits.
  it.each([
    [1.96, 13.1, 0.03580990989353858],
    [4.5, 343, 4.659298361812474e-6],
    [46, 1190, 1.333463139334084e-266],
    [1.96, 400_000, 0.024998241759456],
    [12, 12_000, 2.743280383909179e-33],
  ])("P(T > %d) with %d degrees of freedom agrees with forty-digit arithmetic", (t, df, expected) => {
    near(tTail(t, df), expected, 5e-13);
  });

  it("has quantiles that its tail gives back", () => {
    fc.assert(
      fc.property(anyDf, fc.double({ min: 1e-12, max: 0.4999, noNaN: true }), (df, tail) => {
        near(tTail(-tQuantile(tail, df), df), tail, 1e-11);
      }),
    );
  });

  // mpmath 1.4, root of betainc.
  it.each([
    [0.975, 10, 2.228138851986275],
    [0.8, 47.2, 0.8493029396739401],
    [0.975, 0.9, 16.58005817132714],
    [0.995, 343, 2.5902386576206133],
  ])("has the quantile at %d with %d degrees of freedom", (p, df, expected) => {
    near(tQuantile(p, df), expected, 1e-12);
    near(tQuantile(1 - p, df), -expected, 1e-12);
  });

  it("has its median at 0, and refuses what is no probability", () => {
    expect(tQuantile(0.5, 3)).toBe(0);
    expect(tTail(0, 3)).toBe(0.5);
    expect(() => tQuantile(1, 3)).toThrow(RangeError);
    expect(() => tQuantile(0.9, 0)).toThrow(RangeError);
  });
});

describe("the F distribution", () => {
  it("is (1 + 2f/m)^(−m/2) with two degrees of freedom above, and t² with one", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 50, noNaN: true }),
        fc.double({ min: 0.5, max: 2000, noNaN: true }),
        (f, m) => {
          // The closed form itself loses digits to the power.
          near(fTail(f, 2, m), Math.exp((-m / 2) * Math.log1p((2 * f) / m)), 1e-12);
          near(fTail(f, 1, m), 2 * tTail(Math.sqrt(f), m), 1e-12);
        },
      ),
    );
  });

  // mpmath 1.4, betainc with 40 digits.
  it.each([
    [3.9, 3, 343, 0.009215329733383078],
    [0.27, 3, 24, 0.8463791889694946],
    [10, 6.5, 1e5, 8.220428681059017e-12],
    [1, 1000, 1000, 0.5],
  ])("P(F > %d) with %d and %d degrees of freedom", (f, a, b, expected) => {
    near(fTail(f, a, b), expected, 1e-12);
  });

  it("is 1 at 0", () => {
    expect(fTail(0, 3, 5)).toBe(1);
  });
});

describe("the incomplete beta function", () => {
  it("adds to 1 with its other tail", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 1000, noNaN: true }),
        fc.double({ min: 0.1, max: 1000, noNaN: true }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (a, b, x) => {
          near(incompleteBeta(a, b, x, 1 - x) + incompleteBeta(b, a, 1 - x, x), 1, 1e-12);
        },
      ),
    );
  });

  it("is xᵃ for b = 1", () => {
    near(incompleteBeta(3.7, 1, 0.2, 0.8), 0.2 ** 3.7, 1e-13);
  });
});

describe("logarithms", () => {
  it("of the gamma function are those of factorials, and of √π at ½", () => {
    let factorial = 1;
    for (let n = 2; n <= 20; n++) {
      factorial *= n;
      near(logGamma(n + 1), Math.log(factorial), 2e-15);
    }
    near(logGamma(0.5), Math.log(Math.PI) / 2, 1e-14);
  });

  it("of the gamma function agree with Stirling's series where both hold", () => {
    const byGamma = logGamma(17) - 16.5 * Math.log(16) + 16 - Math.log(2 * Math.PI) / 2;
    expect(Math.abs(stirlingRest(16) - byGamma)).toBeLessThan(1e-14);
  });

  it("from basic arithmetic agree with the engine's", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        expect(Math.abs(portableLog(x) - Math.log(x))).toBeLessThanOrEqual(3e-16 * Math.abs(Math.log(x)));
      }),
    );
  });
});

describe("normal quantiles", () => {
  // R 4.2.2, qnorm (the same algorithm) and tables.
  it.each([
    [0.975, 1.959963984540054],
    [0.8, 0.8416212335729143],
    [1e-20, -9.262340089798409],
    [0.5, 0],
  ])("at %d", (p, expected) => {
    near(normalQuantile(p), expected, 1e-15);
  });
});
