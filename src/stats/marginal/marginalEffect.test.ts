import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BadWeights } from "../common/badWeights.ts";
import { modelMatrix, readFormula, UnknownVariable, withValue } from "../model/index.ts";
import { FAMILIES, familyNamed } from "../regression/family.ts";
import { fitGeneralised } from "../regression/generalisedFit.ts";
import { coefficientCovariance, robustCovariance } from "../regression/robustCovariance.ts";
import { workingFit } from "../regression/workingFit.ts";
import { near } from "../testing/reference.ts";
import { simulatedRows } from "../testing/simulated.ts";
import { type MarginalEffect, marginalEffect, sharesOf } from "./marginalEffect.ts";

const seeds = fc.integer({ min: 1, max: 1_000_000 });

function setUp(seed: number, text: string, name = "binomial", link?: string) {
  const rows = simulatedRows(seed, 200);
  const formula = readFormula(text);
  const family = familyNamed(name, link)!;
  const y = name === "binomial" ? rows.yes : name === "poisson" ? rows.count : rows.score;
  const request = { family, y, ...modelMatrix(formula, rows.data) };
  const fit = fitGeneralised(request);
  if (fit.state === "not converged") throw new Error(fit.reason);
  const linear = workingFit(fit, request);
  const covariance = coefficientCovariance(
    linear,
    robustCovariance(linear, { kind: "CR1", clusters: [rows.cluster] }).v,
  );
  return { rows, formula, fit, request, covariance };
}

function estimated(effect: MarginalEffect): Extract<MarginalEffect, { state: "estimated" }> {
  if (effect.state !== "estimated") throw new Error(effect.reason);
  return effect;
}

describe("average marginal effect", () => {
  it("is the coefficient itself, with its error, when the link is the identity", () => {
    const { rows, formula, fit, covariance } = setUp(3, "~ treat + phase + x", "gaussian");
    const effect = estimated(
      marginalEffect({ fit, formula, data: rows.data, treatment: "treat", covariance, level: 0.95 }),
    );
    const place = fit.names.indexOf("treat");
    near(effect.difference.estimate, fit.beta[place], 1e-12);
    near(effect.difference.se, Math.sqrt(covariance.get(place, place)), 1e-10);
  });

  it("follows interactions with categories by rebuilding the design", () => {
    const { rows, formula, fit, covariance } = setUp(4, "~ treat * phase + x");
    const effect = estimated(
      marginalEffect({ fit, formula, data: rows.data, treatment: "treat", covariance, level: 0.95 }),
    );
    const mean = (value: number): number => {
      const { x } = modelMatrix(formula, withValue(rows.data, "treat", value));
      let sum = 0;
      for (let i = 0; i < rows.n; i++) {
        let eta = 0;
        for (const [j, beta] of fit.beta.entries()) eta += beta * x.get(i, j);
        sum += 1 / (1 + Math.exp(-eta)) / rows.n;
      }
      return sum;
    };
    near(effect.difference.estimate, mean(1) - mean(0), 1e-12);
  });

  it("compares levels of a category", () => {
    const { rows, formula, fit, covariance } = setUp(6, "~ treat + phase + x");
    const effect = estimated(
      marginalEffect({
        fit,
        formula,
        data: rows.data,
        treatment: "phase",
        from: "a",
        to: "c",
        covariance,
        level: 0.95,
      }),
    );
    expect(Math.sign(effect.difference.estimate)).toBe(Math.sign(fit.beta[fit.names.indexOf("phasec")]));
  });

  it("has the delta-method error of differences of the coefficients", () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(...FAMILIES), (seed, family) => {
        const { rows, formula, fit, covariance } = setUp(seed, "~ treat * x + phase", family.name, family.link);
        if (fit.state === "separated") return;
        const at = (beta: Float64Array) =>
          estimated(
            marginalEffect({
              fit: { ...fit, beta },
              formula,
              data: rows.data,
              treatment: "treat",
              covariance,
              level: 0.95,
            }),
          );
        const gradient = fit.beta.map((own, j) => {
          const step = 1e-5 * Math.max(1, Math.abs(own));
          const [up, down] = [1, -1].map((sign) =>
            at(fit.beta.map((value, l) => (l === j ? value + sign * step : value))),
          );
          return (up.difference.estimate - down.difference.estimate) / (2 * step);
        });
        let variance = 0;
        for (let a = 0; a < gradient.length; a++) {
          for (let b = 0; b < gradient.length; b++) variance += gradient[a] * covariance.get(a, b) * gradient[b];
        }
        near(at(fit.beta).difference.se, Math.sqrt(variance), 1e-5);
      }),
      { numRuns: 20 },
    );
  });

  it("counts a share of 2 as a row written twice, and averages over whom it is told", () => {
    const { rows, formula, fit, covariance } = setUp(8, "~ treat * phase + x");
    const effect = (over: Float64Array) =>
      estimated(marginalEffect({ fit, formula, data: rows.data, treatment: "treat", over, covariance, level: 0.95 }));
    const all = effect(sharesOf("all", rows.treat));
    const treated = effect(sharesOf("treated", rows.treat));
    const untreated = effect(sharesOf("untreated", rows.treat));
    const share = treated.averagedOver / rows.n;
    near(
      all.difference.estimate,
      share * treated.difference.estimate + (1 - share) * untreated.difference.estimate,
      1e-12,
    );
    near(effect(new Float64Array(rows.n).fill(2)).difference.se, all.difference.se, 1e-12);
  });

  it("has intervals that hold their estimate, and a wider one for a sampled population", () => {
    const { rows, formula, fit, covariance } = setUp(9, "~ treat * phase + x");
    const own = { fit, formula, data: rows.data, treatment: "treat", covariance, level: 0.95 };
    const effect = estimated(marginalEffect(own));
    for (const part of [effect.difference, effect.meanFrom, effect.meanTo, effect.riskRatio!, effect.oddsRatio!]) {
      expect(part.low).toBeLessThan(part.estimate);
      expect(part.high).toBeGreaterThan(part.estimate);
    }
    const sampled = estimated(marginalEffect({ ...own, isPopulationSampled: true }));
    expect(sampled.difference.se).toBeGreaterThan(effect.difference.se);
  });

  it("says when the effect rests on a dropped column", () => {
    const { rows, formula, fit, covariance } = setUp(10, "~ treat + x");
    const beta = fit.beta.map((own, j) => (fit.names[j] === "treat" ? Number.NaN : own));
    const effect = marginalEffect({
      fit: { ...fit, beta },
      formula,
      data: rows.data,
      treatment: "treat",
      covariance,
      level: 0.95,
    });
    expect(effect).toEqual({
      state: "not estimable",
      reason: '"treat" was dropped: it is a combination of other columns',
    });
  });

  it("refuses wrong arguments by name", () => {
    const { rows, formula, fit, covariance } = setUp(10, "~ treat + x");
    const own = { fit, formula, data: rows.data, covariance, level: 0.95 };
    expect(() => marginalEffect({ ...own, treatment: "nothing" })).toThrow(UnknownVariable);
    expect(() => marginalEffect({ ...own, treatment: "treat", over: new Float64Array(rows.n) })).toThrow(BadWeights);
  });
});
