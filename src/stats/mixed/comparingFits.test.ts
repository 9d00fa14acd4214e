import { describe, expect, it } from "vitest";
import { chiSquaredTail, Matrix, RandomStream } from "#math";
import { type ModelData, readFormula } from "../model/index.ts";
import { near } from "../testing/reference.ts";
import { explainedByLevel, explainedVariance, LevelsDiffer } from "./explainedVariance.ts";
import { likelihoodRatioTest, NotNested } from "./likelihoodRatioTest.ts";
import { fitLinearMixed } from "./linearMixedModel.ts";
import { fitLogisticMixed } from "./logisticMixedModel.ts";
import { omittedVariance } from "./omittedVariance.ts";
import { randomEffectsOf, termLabels } from "./randomEffects.ts";
import { arraysOf, fitted, inventedGroups } from "./testing/cases.ts";

const data = inventedGroups({ seed: 3, groups: 20, perGroup: 10, groupSd: 0.7, slope: 0.5, slopeSd: 0.3 });
const fitOf = (text: string, isRestricted = true, own: ModelData = data) => {
  const { y, x, names, effects } = arraysOf(text, own);
  return fitted(fitLinearMixed({ y, x, names, effects, isRestricted }));
};

describe("a likelihood-ratio test", () => {
  it("compares fixed effects by maximum likelihood", () => {
    const smaller = fitOf("y ~ x + (1 | g)", false);
    const larger = fitOf("y ~ x + w + (1 | g)", false);
    const { statistic, df, p, pBoundary } = likelihoodRatioTest(smaller, larger);
    near(statistic, 2 * (larger.logLik - smaller.logLik), 1e-12);
    expect([df, pBoundary]).toEqual([1, undefined]);
    near(p, chiSquaredTail(statistic, 1), 1e-12);
  });

  it("halves towards the boundary where one random slope is added", () => {
    const { statistic, df, pBoundary } = likelihoodRatioTest(fitOf("y ~ x + (1 | g)"), fitOf("y ~ x + (x | g)"));
    expect(df).toBe(2);
    near(pBoundary!, (chiSquaredTail(statistic, 1) + chiSquaredTail(statistic, 2)) / 2, 1e-12);
  });

  it("refuses what cannot be compared", () => {
    const one = fitOf("y ~ x + (1 | g)");
    const other = fitOf("y ~ x + w + (1 | g)");
    expect(() => likelihoodRatioTest(one, other)).toThrow(/REML/);
    expect(() => likelihoodRatioTest(other, one)).toThrow(NotNested);
    expect(() => likelihoodRatioTest(one, fitOf("y ~ x + (x | g)", false))).toThrow(NotNested);
    const fewer = inventedGroups({ seed: 3, groups: 10, perGroup: 10, groupSd: 0.7, slope: 0.5 });
    expect(() => likelihoodRatioTest(fitOf("y ~ x + (1 | g)", true, fewer), fitOf("y ~ x + (x | g)"))).toThrow(/rows/);
  });
});

describe("explained variance", () => {
  it("splits the variance into fixed, random and residual shares", () => {
    const { x } = arraysOf("y ~ x + w + (1 | g)", data);
    const fit = fitOf("y ~ x + w + (1 | g)");
    const { marginal, conditional, intraclass } = explainedVariance(fit, x, fit.sigma ** 2);
    const school = fit.variances[0].covariance.get(0, 0);
    near(intraclass.get("g")!, school / (school + fit.sigma ** 2), 1e-12);
    near((conditional - marginal) / (1 - marginal), intraclass.get("g")!, 1e-12);
    expect(marginal).toBeGreaterThan(0.1);
    expect(() => explainedVariance(fit, new Matrix(3, 3), 1)).toThrow();
  });

  it("takes from each level what its predictors explain", () => {
    const empty = fitOf("y ~ 1 + (1 | g)");
    const shares = explainedByLevel(fitOf("y ~ x + w + (1 | g)"), empty);
    expect([...shares.keys()]).toEqual(["g", "Residual"]);
    near(explainedByLevel(empty, empty).get("g")!, 0, 1e-12, 1e-12);
    expect(() => explainedByLevel(fitOf("y ~ x + (x | g)"), empty)).toThrow(LevelsDiffer);
  });
});

describe("random terms", () => {
  const column = (values: number[]) => ({ kind: "number" as const, values: Float64Array.from(values) });
  const rows = new Map([
    ["a", column([1, 1, 1, 2, 2, 2, 3, 3])],
    ["b", column([1, 2, 1, 1, 2, 2, 1, 2])],
    ["x", column([1, 2, 3, 4, 5, 6, 7, 8])],
  ]);
  const effectsOf = (text: string) => randomEffectsOf(readFormula(text), rows);

  it("are named and ordered as lme4 has them, the finer group first", () => {
    const [fine, coarse] = effectsOf("x ~ 1 + (1 | a/b)");
    expect([fine.group, coarse.group]).toEqual(["b:a", "a"]);
    expect(fine.levels).toEqual(["1:1", "1:2", "1:3", "2:1", "2:2", "2:3"]);
    expect(effectsOf("x ~ 1 + (1 | b) + (1 | a)").map(({ group }) => group)).toEqual(["a", "b"]);
    expect(effectsOf("x ~ 1 + (1 | a:b)")[0].group).toBe("a:b");
  });

  it("come apart where they are independent", () => {
    const effects = effectsOf("x ~ 1 + (x || a)");
    expect(effects.map(({ columns }) => columns)).toEqual([["(Intercept)"], ["x"]]);
    expect(termLabels(effects)).toEqual(["a", "a.1"]);
  });

  it("need something that varies", () => {
    expect(() => effectsOf("x ~ 1 + (0 | a)")).toThrow(/nothing varies/);
  });
});

describe("a variance left out", () => {
  /** Schools over four years, with shocks to a school in a year. */
  function panel(shockSd: number): ModelData {
    const random = new RandomStream(5, "shocks");
    const rows = { school: [] as number[], year: [] as number[], y: [] as number[] };
    for (let school = 0; school < 30; school++) {
      const own = 0.5 * random.normal();
      for (let year = 1; year <= 4; year++) {
        const shock = shockSd * random.normal();
        for (let m = 0; m < 20; m++) {
          rows.school.push(school);
          rows.year.push(year);
          rows.y.push(Number(random.uniform() < 1 / (1 + Math.exp(-0.4 - own - shock))));
        }
      }
    }
    return new Map(
      Object.entries(rows).map(([name, values]) => [name, { kind: "number", values: Float64Array.from(values) }]),
    );
  }
  const leftOut = (own: ModelData) => {
    const request = arraysOf("y ~ year + (1 | school)", own);
    const [extra] = randomEffectsOf(readFormula("y ~ 1 + (1 | school:year)"), own);
    const found = omittedVariance(request, fitted(fitLogisticMixed(request)), extra);
    if (found.state !== "estimated") throw new Error(found.reason);
    return found;
  };

  it("is found where years shake schools, and is small where they do not", () => {
    const shaken = leftOut(panel(0.6));
    expect(shaken.variance).toBeGreaterThan(0.15);
    expect(shaken.test.pBoundary!).toBeLessThan(0.001);
    expect(shaken.fit.effects.map(({ group }) => group)).toEqual(["school:year", "school"]);
    const calm = leftOut(panel(0));
    expect(calm.variance).toBeLessThan(0.08);
    expect(calm.test.pBoundary!).toBeGreaterThan(0.01);
  });
});
