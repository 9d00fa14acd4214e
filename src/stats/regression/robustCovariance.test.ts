import { describe, expect, it } from "vitest";
import {
  expectedOf,
  hasReferences,
  near,
  numbers,
  readCsv,
  teacherCovariates,
  withIntercept,
} from "../testing/reference.ts";
import { testContrast } from "./contrastTests.ts";
import { fitLinear } from "./linearFit.ts";
import { robustCovariance } from "./robustCovariance.ts";

type ByName = Record<string, number>;
interface Expected {
  readonly estimate: ByName;
  readonly se: ByName;
  readonly p: ByName;
  readonly lower: ByName;
  readonly sigma: number;
  readonly cluster: {
    readonly cr0: { readonly se: ByName; readonly vcov: Record<string, ByName> };
    readonly cr1: { readonly se: ByName };
    readonly cr1s: { readonly se: ByName };
    readonly cr2: {
      readonly se: ByName;
      readonly dfSatterthwaite: ByName;
      readonly p: ByName;
      readonly vcov: Record<string, ByName>;
    };
  };
}

function unit(names: readonly string[], ...ones: string[]): Float64Array {
  return Float64Array.from(names, (name) => Number(ones.includes(name)));
}

describe.skipIf(!hasReferences)("weighted least squares with clusters, against R (sandwich, clubSandwich)", () => {
  const load = () => {
    const csv = readCsv("teachers.csv");
    const { names, columns } = teacherCovariates(csv);
    const fit = fitLinear({
      y: numbers(csv, "score"),
      x: withIntercept([numbers(csv, "treat"), ...columns]),
      names: ["(Intercept)", "treat", ...names],
      weights: numbers(csv, "w"),
    });
    const clusters = [Int32Array.from(csv.get("school")!, Number)];
    return { fit, clusters, expected: expectedOf<Expected>("dev-wls-cluster") };
  };

  it("gives the coefficients, model standard errors, p and limits of lm", () => {
    const { fit, expected } = load();
    const covariance = robustCovariance(fit, { kind: "model" });
    for (const [j, name] of fit.names.entries()) {
      near(fit.beta[j], expected.estimate[name], 1e-10);
      const test = testContrast(fit, covariance, unit(fit.names, name), { level: 0.95 });
      near(test.se, expected.se[name], 1e-10);
      near(test.p, expected.p[name], 1e-9);
      near(test.low, expected.lower[name], 1e-9);
      expect(test.df).toBe(1190);
    }
  });

  it.each([
    ["CR0", "cr0"],
    ["CR1", "cr1"],
    ["CR1S", "cr1s"],
  ] as const)("gives the %s standard errors with t on 59 degrees of freedom", (kind, key) => {
    const { fit, clusters, expected } = load();
    const covariance = robustCovariance(fit, { kind, clusters });
    for (const name of fit.names) {
      const test = testContrast(fit, covariance, unit(fit.names, name), { level: 0.95 });
      near(test.se, expected.cluster[key].se[name], 1e-8);
      expect(test.df).toBe(59);
    }
  });

  it("gives the CR2 standard errors, covariances, Satterthwaite degrees of freedom and p", () => {
    const { fit, clusters, expected } = load();
    const { se, dfSatterthwaite, p, vcov } = expected.cluster.cr2;
    const covariance = robustCovariance(fit, { kind: "CR2", clusters });
    for (const name of fit.names) {
      const test = testContrast(fit, covariance, unit(fit.names, name), { level: 0.95 });
      near(test.se, se[name], 1e-8);
      near(test.df, dfSatterthwaite[name], 1e-7);
      near(test.p, p[name], 1e-6);
    }
    const both = testContrast(fit, covariance, unit(fit.names, "treat", "fsm"), { level: 0.95 });
    near(both.se ** 2, vcov.treat.treat + vcov.fsm.fsm + 2 * vcov.treat.fsm, 1e-8);
  });
});
