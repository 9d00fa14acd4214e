import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "#math";
import { momentsOf, twoSampleT } from "../comparisons/tTest.ts";
import { near } from "../testing/reference.ts";
import { BadDesign, type PrecisionDesign, precisionOf } from "./design.ts";
import { detectableEffect, powerOf, seedDetectableEffect, unitsNeeded } from "./detectableEffect.ts";

const CLUSTERS: PrecisionDesign = {
  kind: "clusters",
  units: 50,
  size: 28,
  treatedShare: 0.4,
  icc: 0.12,
  r2: 0.45,
  r2Middle: 0.55,
  covariates: 1,
};

function effectOf(design: PrecisionDesign, aim = {}): number {
  const found = detectableEffect(design, aim);
  if (found.state !== "estimated") throw new Error(found.reason);
  return found.effect;
}

describe("the seed evaluation's detectable effects", () => {
  // Printed figures of the seed evaluation: they follow from 2.8 and an unexplained share of variance, not a correlation.
  it.each([
    ["24 and 24 schools", { treated: 24, comparison: 24, size: 170, icc: 0.2, unexplained: 0.6 }, 0.2833],
    [
      "24 and 24 schools, pupils on free meals",
      { treated: 24, comparison: 24, size: 76.5, icc: 0.2, unexplained: 0.6 },
      0.2872,
    ],
    ["15 and 30 schools", { treated: 15, comparison: 30, size: 170, icc: 0.2, unexplained: 0.6 }, 0.3103],
    ["protocol", { treated: 15, comparison: 15, size: 170, icc: 0.15, unexplained: 0.6 }, 0.3118],
    ["recruited", { treated: 14, comparison: 73, size: 13_323 / 87, icc: 0.086, unexplained: 0.58 }, 0.1887],
    // Printed as .182: its own figures give .197, more than before, as fewer schools must.
    ["analysis", { treated: 14, comparison: 41, size: 8650 / 55, icc: 0.083, unexplained: 0.58 }, 0.197],
  ])("%s", (_, own, expected) => {
    expect(Math.abs(seedDetectableEffect(own) - expected)).toBeLessThan(expected === 0.197 ? 5e-4 : 5e-5);
  });

  it("fall when units are added, and rise with the intraclass correlation", () => {
    const own = { treated: 14, comparison: 41, size: 58, icc: 0.15, unexplained: 0.58 };
    expect(seedDetectableEffect({ ...own, comparison: 50 })).toBeLessThan(seedDetectableEffect(own));
    expect(seedDetectableEffect({ ...own, icc: 0.2 })).toBeGreaterThan(seedDetectableEffect(own));
  });
});

describe("detectable effects, power and numbers", () => {
  it("power at the detectable effect is the power asked for, nearly: the multiplier takes the shifted t for a t", () => {
    near(powerOf(effectOf(CLUSTERS), CLUSTERS), 0.8, 2e-3);
    const many = { ...CLUSTERS, units: 2000 };
    near(powerOf(effectOf(many), many), 0.8, 1e-4);
  });

  it("agrees with R's shifted t", () => {
    const R = JSON.parse(
      readFileSync(join(dirname(fileURLToPath(import.meta.url)), "..", "testing", "comparisons.json"), "utf8"),
    );
    const individuals: PrecisionDesign = { kind: "individuals", units: 49, treatedShare: 0.5 };
    near(powerOf(2.5 * precisionOf(individuals).se, individuals), R.power[0], 1e-9);
    const few: PrecisionDesign = { kind: "individuals", units: 12, treatedShare: 0.5 };
    near(powerOf(1.2 * precisionOf(few).se, few, { tails: 1 }), R.power[1], 1e-9);
  });

  it("the number found is the first that reaches", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 0.8, noNaN: true }),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        (effect, icc) => {
          const { units: _, ...design } = { ...CLUSTERS, icc };
          const found = unitsNeeded(effect, design);
          if (found.state !== "estimated") throw new Error(found.reason);
          expect(found.power).toBeGreaterThanOrEqual(0.8);
          const fewer = powerOf(effect, { ...design, units: found.units - 1 });
          expect(Number.isNaN(fewer) || fewer < 0.8).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("fewer units, more clustering, uneven arms and less explained variance never help", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 200 }), fc.double({ min: 0.05, max: 0.5, noNaN: true }), (units, icc) => {
        const design = { ...CLUSTERS, units, icc };
        const own = effectOf(design);
        expect(effectOf({ ...design, units: units - 2 })).toBeGreaterThan(own);
        expect(effectOf({ ...design, icc: icc + 0.1 })).toBeGreaterThan(own);
        expect(effectOf({ ...design, treatedShare: 0.2 })).toBeGreaterThan(own);
        expect(effectOf({ ...design, r2Middle: 0.2 })).toBeGreaterThan(own);
      }),
    );
  });

  it("three levels without variance between areas are two, and blocks beat clusters", () => {
    const three: PrecisionDesign = {
      kind: "clusters of clusters",
      units: 40,
      middle: 1,
      size: 28,
      treatedShare: 0.5,
      icc: 0,
      iccTop: 0.12,
    };
    const two: PrecisionDesign = { kind: "clusters", units: 40, size: 28, treatedShare: 0.5, icc: 0.12 };
    near(precisionOf(three).se, precisionOf(two).se, 1e-12);
    expect(precisionOf({ ...two, kind: "blocks fixed" }).se).toBeLessThan(precisionOf(two).se);
    expect(precisionOf({ ...two, kind: "blocks random", effectVariance: 0.5 }).se).toBeLessThan(precisionOf(two).se);
  });

  it("finds in simulated trials as often as it says", () => {
    const design: PrecisionDesign = { kind: "individuals", units: 60, treatedShare: 0.5 };
    const random = new RandomStream(12, "power");
    let found = 0;
    for (let run = 0; run < 500; run++) {
      const draw = (shift: number) => momentsOf(Float64Array.from({ length: 30 }, () => shift + random.normal()));
      const test = twoSampleT(draw(0.7), draw(0), { level: 0.95, variances: "pooled" });
      if (test.state === "estimated" && test.p < 0.05) found++;
    }
    // Monte Carlo error of a share near .76 over 500: .019.
    expect(Math.abs(found / 500 - powerOf(0.7, design))).toBeLessThan(0.06);
  });
});

describe("designs that cannot be", () => {
  it("are named", () => {
    expect(() => precisionOf({ ...CLUSTERS, treatedShare: 1 })).toThrow(BadDesign);
    expect(() => precisionOf({ ...CLUSTERS, icc: 1.2 })).toThrow(/icc is 1.2/);
    const { size: _, ...without } = CLUSTERS;
    expect(() => precisionOf(without)).toThrow(/needs size/);
    expect(detectableEffect({ ...CLUSTERS, units: 3 }).state).toBe("not estimable");
    expect(powerOf(0.2, { ...CLUSTERS, units: 3 })).toBeNaN();
    expect(unitsNeeded(1e-6, { kind: "individuals", treatedShare: 0.5 }).state).toBe("not estimable");
    expect(detectableEffect(CLUSTERS, { power: 0.01 }).state).toBe("not estimable");
    expect(unitsNeeded(0, { kind: "individuals", treatedShare: 0.5 }).state).toBe("not estimable");
  });
});
