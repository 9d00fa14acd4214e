import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signedRankTest } from "../comparisons/wilcoxon.ts";
import { near } from "../testing/reference.ts";
import { asRiskRatio, eValue, eValueOfInterval } from "./eValue.ts";
import { mcnemarBounds, signedRankBounds } from "./rosenbaumBounds.ts";

describe("E-value", () => {
  it("is that of the published example: risk ratio 3.9 (1.8 to 8.7) gives 7.26 and 3.0", () => {
    near(eValue(3.9), 7.2627, 1e-4);
    near(eValueOfInterval({ low: 1.8, high: 8.7 }), 3, 1e-3);
  });

  it("is the same for a ratio and its inverse, and 1 where an interval holds 1", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 20, noNaN: true }), (ratio) => {
        near(eValue(ratio), eValue(1 / ratio), 1e-9);
        expect(eValue(ratio)).toBeGreaterThanOrEqual(1);
      }),
    );
    expect(eValueOfInterval({ low: 0.8, high: 1.4 })).toBe(1);
    expect(() => eValue(0)).toThrow(RangeError);
    near(asRiskRatio("odds ratio", 4).riskRatio, 2, 1e-12);
    near(asRiskRatio("standardised difference", 0).riskRatio, 1, 1e-12);
  });
});

describe("Rosenbaum's bounds", () => {
  const differences = Float64Array.from({ length: 60 }, (_, i) => (i % 4 === 0 ? -1 : 1) * (1 + i / 7));

  it("meet at the ordinary test when there is no hidden bias, and part as it grows", () => {
    const result = signedRankBounds(differences, [1, 1.5, 2, 3], 0.05);
    if (result.state !== "estimated") throw new Error(result.reason);
    const [none, ...more] = result.bounds;
    near(none.low, none.high, 1e-12);
    const test = signedRankTest(differences);
    // The test adds a correction for continuity; half its p is near.
    if (test.state === "estimated") near(none.high, test.p / 2, 0.05);
    for (const [i, own] of more.entries()) {
      expect(own.high).toBeGreaterThan(result.bounds[i].high);
      expect(own.low).toBeLessThan(result.bounds[i].low);
    }
    const at = signedRankBounds(differences, [result.critical], 0.05);
    if (at.state === "estimated") near(at.bounds[0].high, 0.05, 1e-6);
  });

  it("of a yes-or-no outcome are binomial tails", () => {
    // 8 of 10 pairs one way: P(X ≥ 8 | 10, ½) = 56/1024.
    const result = mcnemarBounds(8, 2, [1], 0.05);
    if (result.state !== "estimated") throw new Error(result.reason);
    near(result.bounds[0].high, 56 / 1024, 1e-12);
    expect(result.critical).toBe(1);
    // 110 against 12, as in lung cancer and smoking: survives Γ of 5, not of 7.
    const strong = mcnemarBounds(110, 12, [5, 7], 0.05);
    if (strong.state !== "estimated") throw new Error(strong.reason);
    expect(strong.bounds[0].high).toBeLessThan(0.05);
    expect(strong.bounds[1].high).toBeGreaterThan(0.05);
    expect(strong.critical).toBeGreaterThan(5);
  });

  it("of many pairs keep their digits", () => {
    // The exact binomial p of 600 against 500.
    const result = mcnemarBounds(600, 500, [1], 0.05);
    if (result.state !== "estimated") throw new Error(result.reason);
    near(result.bounds[0].high, 0.00141, 0.01);
    const even = mcnemarBounds(560, 540, [1], 0.05);
    expect(even.state === "estimated" && even.critical).toBe(1);
  });

  it("say when there is nothing to bound", () => {
    expect(signedRankBounds(new Float64Array(5), [1], 0.05).state).toBe("not estimable");
    expect(mcnemarBounds(0, 0, [1], 0.05).state).toBe("not estimable");
    expect(() => mcnemarBounds(3, 1, [0.5], 0.05)).toThrow(RangeError);
    expect(() => mcnemarBounds(-3, 1, [1], 0.05)).toThrow(/no count|is a whole number/);
    expect(() => signedRankBounds(Float64Array.of(1, Number.NaN), [1], 0.05)).toThrow(/NaN/);
  });
});
