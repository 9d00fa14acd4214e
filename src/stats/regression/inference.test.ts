import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Interval, smallestDetectable, tInterval } from "../common/interval.ts";
import { benjaminiHochberg, holm } from "../common/multiplicity.ts";
import { weightedMoments } from "../common/weightedMoments.ts";
import { coxIndex, hedgesG } from "../comparisons/effectSize.ts";
import { poolContrasts } from "../imputation/poolContrasts.ts";
import { robustnessValue } from "../sensitivity/robustnessValue.ts";
import { expectedOf, hasReferences, near, numbers, readCsv, withIntercept } from "../testing/reference.ts";
import { testContrast } from "./contrastTests.ts";
import { fitLinear } from "./linearFit.ts";
import { robustCovariance } from "./robustCovariance.ts";

describe.skipIf(!hasReferences)("pooling imputations, against mice", () => {
  it("gives estimates, standard errors, Barnard-Rubin degrees of freedom, p and limits", () => {
    const csv = readCsv("air-imputed.csv");
    const copy = numbers(csv, "imp");
    const names = ["(Intercept)", "Solar.R", "Wind", "Temp"];
    const expected = expectedOf<Record<string, Record<string, number>>>("dev-mi-pool");
    const fits = [1, 2, 3, 4, 5].map((imputation) => {
      const own = (column: string) => numbers(csv, column).filter((_, row) => copy[row] === imputation);
      return fitLinear({ y: own("Ozone"), x: withIntercept(names.slice(1).map(own)), names });
    });
    for (const [j, name] of names.entries()) {
      const contrast = Float64Array.from(names, (_, i) => Number(i === j));
      const tests = fits.map((fit) =>
        testContrast(fit, robustCovariance(fit, { kind: "model" }), contrast, { level: 0.9 }),
      );
      const pooled = poolContrasts(tests, 0.95);
      near(pooled.estimate, expected[name].estimate, 1e-9);
      near(pooled.se, expected[name].se, 1e-9);
      near(pooled.df, expected[name].df, 1e-8);
      near(pooled.p, expected[name].p, 1e-7);
      near(pooled.low, expected[name].lower, 1e-7);
      near(pooled.high, expected[name].upper, 1e-7);
    }
  });

  it("adjusts p-values as R's p.adjust", () => {
    const { pAdjust } = expectedOf<{ pAdjust: { p: number[]; holm: number[]; BH: number[] } }>("dev-mi-pool");
    for (const [i, p] of holm(pAdjust.p).entries()) near(p, pAdjust.holm[i], 1e-12);
    for (const [i, p] of benjaminiHochberg(pAdjust.p).entries()) near(p, pAdjust.BH[i], 1e-12);
  });
});

describe("pooling", () => {
  const one = tInterval(2, 0.5, 12, 0.95);

  it("keeps a single interval as it is, and one repeated nearly so", () => {
    expect(poolContrasts([one], 0.95)).toEqual(one);
    const pooled = poolContrasts([one, one, one], 0.95);
    near(pooled.se, 0.5, 1e-15);
    // Barnard and Rubin's complete-data df with no variance between: ν(ν + 1)/(ν + 3).
    near(pooled.df, (12 * 13) / 15, 1e-12);
  });

  it("says that nothing is left over when one draw has no uncertainty", () => {
    const saturated: Interval = tInterval(2, 0.5, 0, 0.95);
    expect(saturated).toMatchObject({ df: 0, p: Number.NaN, low: Number.NaN });
    expect(poolContrasts([one, saturated], 0.95)).toMatchObject({ df: 0, se: Number.NaN });
  });
});

describe("multiplicity", () => {
  const family = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

  it("keeps the order of p-values, never lowers one and never exceeds 1; Holm is the stricter", () => {
    fc.assert(
      fc.property(family, (p) => {
        const strict = holm(p);
        const mild = benjaminiHochberg(p);
        for (let i = 0; i < p.length; i++) {
          expect(mild[i]).toBeGreaterThanOrEqual(p[i]);
          expect(strict[i]).toBeGreaterThanOrEqual(mild[i] - 1e-15);
          expect(strict[i]).toBeLessThanOrEqual(1);
          for (let j = 0; j < p.length; j++) {
            if (p[i] >= p[j]) continue;
            expect(strict[i]).toBeLessThanOrEqual(strict[j]);
            expect(mild[i]).toBeLessThanOrEqual(mild[j]);
          }
        }
      }),
    );
  });
});

describe("standardised differences", () => {
  it.skipIf(!hasReferences)(
    "gives Hedges' g of the package effectsize to 1e-4 (it uses the exact small-sample factor)",
    () => {
      const csv = readCsv("anorexia.csv");
      const moments = (group: string) => {
        const own = numbers(csv, "post").filter((_, row) => csv.get("group")![row] === group);
        return { ...weightedMoments(own, new Float64Array(own.length).fill(1)), n: own.length };
      };
      const { hedges } = expectedOf<{ hedges: { g: number } }>("dev-tests");
      near(hedgesG(moments("Cont"), moments("FT")), hedges.g, 1e-4);
    },
  );

  it("gives the worked example of Cox's index: shares of .6 and .5 differ by ln 1.5 / 1.65", () => {
    near(coxIndex(0.6, 0.5), Math.log(1.5) / 1.65, 1e-14);
  });

  it("is 0 for equal groups, also where nothing varies, and infinite where only the means differ", () => {
    expect(hedgesG({ mean: 1, variance: 0, n: 5 }, { mean: 1, variance: 0, n: 5 })).toBe(0);
    expect(hedgesG({ mean: 2, variance: 0, n: 5 }, { mean: 1, variance: 0, n: 5 })).toBe(Number.POSITIVE_INFINITY);
    expect(coxIndex(1, 1)).toBe(0);
    expect(coxIndex(0, 0.3)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("robustness value", () => {
  it("gives the published values for Darfur: 13.9% and 7.6% (Cinelli and Hazlett 2020, table 1)", () => {
    near(robustnessValue({ t: 4.18445, df: 783 }), 0.138776, 1e-5);
    near(robustnessValue({ t: 4.18445, df: 783, alpha: 0.05 }), 0.076258, 1e-4);
  });

  it("is 0 for an estimate that is not significant to begin with", () => {
    expect(robustnessValue({ t: 1.5, df: 50, alpha: 0.05 })).toBe(0);
    expect(robustnessValue({ t: 0, df: 50 })).toBe(0);
  });
});

describe("intervals", () => {
  it("gives the tabled t of 2.228 on ten degrees of freedom", () => {
    near(tInterval(0, 1, 10, 0.95).high, 2.228138851986274, 1e-13);
  });

  it("puts p at 1 − level where the interval ends at 0", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 300, noNaN: true }),
        fc.double({ min: 0.5, max: 0.999, noNaN: true }),
        (df, level) => {
          const reach = tInterval(0, 1, df, level).high;
          near(tInterval(reach, 1, df, level).p, 1 - level, 1e-10);
        },
      ),
    );
  });

  it("has a smallest detectable effect of about 2.8 standard errors with many degrees of freedom", () => {
    near(smallestDetectable(1, 1e6), 0.8416212 + 1.959964, 1e-5);
    near(smallestDetectable(1, 1e6, 0.1), 0.8416212 + 1.6448536, 1e-5);
    expect(smallestDetectable(1, 0)).toBeNaN();
  });
});
