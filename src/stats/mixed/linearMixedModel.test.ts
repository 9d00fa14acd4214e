import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, ShapeMismatch } from "#math";
import { BadWeights } from "../common/badWeights.ts";
import { type ModelData, numbersOf } from "../model/index.ts";
import { near } from "../testing/reference.ts";
import { NotFinite } from "./checkFinite.ts";
import { kenwardRoger } from "./kenwardRoger.ts";
import { satterthwaiteDegrees } from "./linearDegrees.ts";
import { fitLinearMixed } from "./linearMixedModel.ts";
import {
  arraysOf,
  errors,
  fitted,
  hasShared,
  inventedGroups,
  nearAll,
  nearModes,
  readCase,
  reordered,
  withNumbers,
} from "./testing/cases.ts";

const OWN = [
  "lmer-nested",
  "lmer-crossed",
  "lmer-crossed-reml",
  "lmer-slope-nested",
  "lmer-independent",
  "lmer-weighted-slope",
  "lmer-singular",
];
const SHARED = [
  "dev-lmer-3level",
  "dev-lmer-sleep-ml",
  "dev-lmer-sleep-reml",
  "dev-lmer-sleep-slope",
  "dev-lmer-weighted",
];

function agrees(id: string): void {
  const { spec, data, expect: expected } = readCase(id);
  const { y, x, names, effects } = arraysOf(spec.formula, data);
  const weights = spec.weights === undefined ? {} : { weights: numbersOf(data, spec.weights) };
  const fit = fitted(fitLinearMixed({ y, x, names, effects, isRestricted: spec.reml ?? true, ...weights }));
  nearAll(fit.names, fit.beta, expected.fixed, 1e-6);
  nearAll(fit.names, errors(fit.covariance), expected.se!, 1e-6);
  nearAll(fit.thetaNames, fit.theta, expected.theta, 1e-4);
  near(fit.logLik, expected.logLik, 1e-9);
  near(fit.sigma, expected.sigma!, 1e-5);
  nearModes(fit, expected.ranefFirst10, 1e-3);
  if (expected.satterthwaite !== undefined) {
    // lmerTest takes its own numerical derivatives.
    nearAll(fit.names, satterthwaiteDegrees(fit), expected.satterthwaite.df, 1e-3);
  }
  if (expected.kenwardRoger !== undefined) {
    const adjusted = kenwardRoger(fit);
    if (adjusted.state !== "estimated") throw new Error(adjusted.reason);
    nearAll(fit.names, adjusted.se, expected.kenwardRoger.se, 1e-5);
    nearAll(fit.names, adjusted.df, expected.kenwardRoger.df, 1e-4);
  }
}

const invented = (seed: number): ModelData =>
  inventedGroups({ seed, groups: 12, perGroup: 6, groupSd: 0.8, slope: 0.5, slopeSd: 0.3 });
const fitOf = (text: string, data: ModelData, weights?: Float64Array) => {
  const { y, x, names, effects } = arraysOf(text, data);
  return fitted(fitLinearMixed({ y, x, names, effects, ...(weights === undefined ? {} : { weights }) }));
};

describe("a linear mixed model", () => {
  it.each(OWN)("agrees with lme4: %s", agrees);
  it.skipIf(!hasShared).each(SHARED)("agrees with lme4: %s", agrees);

  it("is the analysis of variance where groups are balanced", () => {
    const data = inventedGroups({ seed: 4, groups: 8, perGroup: 5, groupSd: 1, slope: 0 });
    const y = numbersOf(data, "y");
    const means = Array.from(
      { length: 8 },
      (_, g) => y.slice(5 * g, 5 * g + 5).reduce((sum, value) => sum + value, 0) / 5,
    );
    const grand = means.reduce((sum, value) => sum + value, 0) / 8;
    const between = (5 * means.reduce((sum, value) => sum + (value - grand) ** 2, 0)) / 7;
    const within = y.reduce((sum, value, i) => sum + (value - means[Math.floor(i / 5)]) ** 2, 0) / 32;
    const fit = fitOf("y ~ 1 + (1 | g)", data);
    near(fit.sigma ** 2, within, 1e-7);
    near(fit.variances[0].covariance.get(0, 0), (between - within) / 5, 1e-6);
    near(fit.covariance.get(0, 0), between / 40, 1e-7);
    near(satterthwaiteDegrees(fit)[0], 7, 1e-5);
    const adjusted = kenwardRoger(fit);
    expect(adjusted.state).toBe("estimated");
    if (adjusted.state === "estimated") near(adjusted.df[0], 7, 1e-7);
  });

  it("does not depend on the order of rows", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const one = fitOf("y ~ x + w + (x | g)", invented(seed));
        const other = fitOf("y ~ x + w + (x | g)", reordered(invented(seed), seed));
        near(other.logLik, one.logLik, 1e-10);
        for (const [j, value] of one.beta.entries()) near(other.beta[j], value, 1e-5, 0.1);
      }),
      { numRuns: 8 },
    );
  });

  it("follows the outcome and the predictors to other units", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 1e-3, max: 1e4, noNaN: true }), (seed, unit) => {
        const data = invented(seed);
        const one = fitOf("y ~ x + (x | g)", data);
        const changed = withNumbers(
          withNumbers(
            data,
            "y",
            numbersOf(data, "y").map((value) => 3 * value - 7),
          ),
          "x",
          numbersOf(data, "x").map((value) => value * unit),
        );
        const other = fitOf("y ~ x + (x | g)", changed);
        near(other.beta[1], (3 * one.beta[1]) / unit, 1e-5, 1e-3 / unit);
        near(other.sigma, 3 * one.sigma, 1e-5);
        near(
          other.variances[0].covariance.get(1, 1) * unit ** 2,
          9 * one.variances[0].covariance.get(1, 1),
          1e-3,
          1e-3,
        );
      }),
      { numRuns: 8 },
    );
  });

  it("does not care for the size of precision weights, only for their ratios", () => {
    const data = invented(11);
    const weights = numbersOf(data, "x").map((value) => 1 + value * value);
    const one = fitOf("y ~ x + (1 | g)", data, weights);
    const other = fitOf(
      "y ~ x + (1 | g)",
      data,
      weights.map((value) => 4 * value),
    );
    near(other.logLik, one.logLik, 1e-9);
    near(other.beta[1], one.beta[1], 1e-6);
    near(other.sigma, 2 * one.sigma, 1e-6);
    near(other.variances[0].covariance.get(0, 0), one.variances[0].covariance.get(0, 0), 1e-5);
  });

  it("leaves rows of weight 0 out before it counts", () => {
    const data = invented(12);
    const weights = new Float64Array(72).fill(1).fill(0, 60);
    const part = new Map(
      [...data.keys()].map((name) => [name, { kind: "number" as const, values: numbersOf(data, name).slice(0, 60) }]),
    );
    const one = fitOf("y ~ x + (1 | g)", data, weights);
    const other = fitOf("y ~ x + (1 | g)", part);
    expect([one.n, one.effects[0].levels.length]).toEqual([60, 10]);
    near(one.logLik, other.logLik, 1e-12);
  });

  it("drops a column that repeats others and names it", () => {
    const data = invented(13);
    const doubled = withNumbers(
      data,
      "again",
      numbersOf(data, "x").map((value) => 2 * value + 1),
    );
    const fit = fitOf("y ~ x + again + (1 | g)", doubled);
    expect([fit.names, fit.dropped]).toEqual([["(Intercept)", "x"], ["again"]]);
    near(fit.logLik, fitOf("y ~ x + (1 | g)", data).logLik, 1e-10);
  });

  it("reports a variance on its boundary as exactly 0", () => {
    const data = inventedGroups({ seed: 2, groups: 10, perGroup: 6, groupSd: 0, slope: 0.5 });
    // Groups less alike than chance: every group has the same mean.
    const y = numbersOf(data, "y").slice();
    for (let g = 0; g < 10; g++) {
      const mean = y.slice(6 * g, 6 * g + 6).reduce((sum, value) => sum + value, 0) / 6;
      for (let m = 0; m < 6; m++) y[6 * g + m] -= mean;
    }
    const fit = fitOf("y ~ x + (x | g)", withNumbers(data, "y", y));
    expect(fit.isSingular).toBe(true);
    expect(fit.theta[0]).toBe(0);
    expect(fitOf("y ~ x + (1 | g)", invented(3)).isSingular).toBe(false);
  });

  it("recovers variances and effects that are known", () => {
    const runs = 30;
    let slope = 0;
    let group = 0;
    let slopes = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const data = inventedGroups({ seed, groups: 40, perGroup: 8, groupSd: 0.7, slope: 0.5, slopeSd: 0.4 });
      const fit = fitOf("y ~ x + w + (x | g)", data);
      slope += fit.beta[1] / runs;
      group += fit.variances[0].covariance.get(0, 0) / runs;
      slopes += fit.variances[0].covariance.get(1, 1) / runs;
    }
    // Monte Carlo errors are about .014, .03 and .013.
    expect(Math.abs(slope - 0.5)).toBeLessThan(0.05);
    expect(Math.abs(group - 0.49)).toBeLessThan(0.1);
    expect(Math.abs(slopes - 0.16)).toBeLessThan(0.045);
  });

  it("tells its record", () => {
    const { record } = fitOf("y ~ x + (x | g)", invented(5));
    expect(record.stopped).toBe("flat");
    expect(record.path.at(-1)!).toBeLessThan(record.path[0]);
  });
});

describe("a linear mixed model that the data cannot answer", () => {
  const x = (n: number) => Matrix.fromColumns([new Float64Array(n).fill(1)]);
  const effect = (codes: number[]) => {
    const levels = [...new Set(codes)].map(String);
    return [
      {
        group: "g",
        codes: Int32Array.from(codes),
        levels,
        columns: ["(Intercept)"],
        z: [new Float64Array(codes.length).fill(1)],
      },
    ];
  };
  const reasonOf = (y: number[], codes: number[]): string => {
    const fit = fitLinearMixed({
      y: Float64Array.from(y),
      x: x(y.length || 1),
      names: ["(Intercept)"],
      effects: effect(codes),
    });
    return fit.state === "fitted" ? "fitted" : fit.reason;
  };

  it("says why", () => {
    expect(reasonOf([1, 2, 3, 5], [0, 0, 0, 0])).toContain("one group only");
    expect(reasonOf([1, 2, 3, 5], [0, 1, 2, 3])).toContain("a group for every row");
    expect(reasonOf([2, 2, 2, 2], [0, 0, 1, 1])).toContain("without error");
    expect(reasonOf([1, 1, 3, 3], [0, 0, 1, 1])).toContain("without error");
    expect(reasonOf([1], [0])).toContain("one group only");
    const none = fitLinearMixed({ y: new Float64Array(0), x: new Matrix(0, 1), names: ["a"], effects: effect([]) });
    expect(none).toEqual({ state: "not estimable", reason: "there is no row" });
  });

  it("is refused with more columns than rows, and without random terms", () => {
    const wide = Matrix.fromColumns([
      [1, 1, 1, 1],
      [1, 2, 3, 5],
      [1, 0, 0, 1],
      [0, 1, 5, 2],
    ]);
    const y = Float64Array.of(1, 4, 2, 3);
    const names = ["a", "b", "c", "d"];
    expect(fitLinearMixed({ y, x: wide, names, effects: effect([0, 0, 1, 1]) }).state).toBe("not estimable");
    expect(fitLinearMixed({ y, x: wide, names, effects: [] }).state).toBe("not estimable");
  });

  it("throws for a caller's mistake", () => {
    const request = { x: x(4), names: ["(Intercept)"], effects: effect([0, 0, 1, 1]) };
    const y = Float64Array.of(1, 2, 4, 3);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => fitLinearMixed({ ...request, y: Float64Array.of(1, bad, 2, 3) })).toThrow(NotFinite);
    }
    expect(() => fitLinearMixed({ ...request, y: Float64Array.of(1, 2) })).toThrow(ShapeMismatch);
    for (const bad of [-1, Number.NaN]) {
      expect(() => fitLinearMixed({ ...request, y, weights: Float64Array.of(1, 1, bad, 1) })).toThrow(BadWeights);
    }
    expect(() => fitLinearMixed({ ...request, y, weights: new Float64Array(4) })).toThrow(BadWeights);
  });

  it("has no adjustment of Kenward and Roger by maximum likelihood", () => {
    const { y, x: columns, names, effects } = arraysOf("y ~ x + (1 | g)", invented(6));
    const fit = fitted(fitLinearMixed({ y, x: columns, names, effects, isRestricted: false }));
    expect(kenwardRoger(fit).state).toBe("not estimable");
  });
});
