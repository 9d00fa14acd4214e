import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as math from "./index.ts";

interface Row {
  readonly f: string;
  readonly args: readonly number[];
  readonly value: string;
}

/** From test/reference/R/tails.R. */
const ROWS = JSON.parse(
  readFileSync(join(dirname(fileURLToPath(import.meta.url)), "testing", "tails.json"), "utf8"),
) as readonly Row[];

/** R's own shifted t is good to 1e-9 or so; the rest to the last digits. */
const tolerance = (f: string): number => (f === "noncentralT" ? 1e-9 : 1e-12);

describe("tails and quantiles against R", () => {
  it.each(ROWS.map((row) => [`${row.f}(${row.args.join(", ")})`, row] as const))("%s", (_, { f, args, value }) => {
    const own = (math as unknown as Record<string, (...args: readonly number[]) => number>)[f](...args);
    const expected = Number(value);
    expect(Math.abs(own - expected)).toBeLessThanOrEqual(tolerance(f) * Math.abs(expected));
  });
});

describe("laws of distributions", () => {
  it("the two tails add to 1", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0.1, max: 80, noNaN: true }),
        (x, df) => {
          expect(math.chiSquaredCdf(x, df) + math.chiSquaredTail(x, df)).toBeCloseTo(1, 12);
          expect(math.normalCdf(x / 10) + math.normalTail(x / 10)).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it("a quantile gives its probability back", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        fc.double({ min: 1, max: 60, noNaN: true }),
        (p, df) => {
          expect(math.chiSquaredCdf(math.chiSquaredQuantile(p, df), df)).toBeCloseTo(p, 10);
          expect(math.noncentralT(math.noncentralShift(2, df, p), df, 0) >= 0).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("a t with infinite degrees of freedom is normal", () => {
    expect(math.tTail(1.5, Number.POSITIVE_INFINITY)).toBe(math.normalTail(1.5));
    expect(math.tQuantile(0.975, Number.POSITIVE_INFINITY)).toBe(math.normalQuantile(0.975));
  });

  it("what is not a number stays so", () => {
    expect(math.incompleteGamma(Number.NaN, 1).above).toBeNaN();
    expect(() => math.chiSquaredQuantile(1, 3)).toThrow(RangeError);
    expect(() => math.noncentralT(1, 5, 50)).toThrow(RangeError);
  });
});
