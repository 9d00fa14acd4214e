import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Matrix, tInterval } from "#stats";
import type { EffectBase, Estimable } from "./effect.ts";
import { estimateRates, rateDifference, rateEstimate } from "./rateReading.ts";
import type { Layout, Question } from "./reading.ts";

const REFERENCE = join(import.meta.dirname, "..", "..", "test", "reference");

interface Answer {
  readonly treated: number;
  readonly comparison: number;
  readonly difference: number;
  readonly logOdds: number;
  readonly model: { readonly difference: number; readonly logOdds: number };
  readonly hc2: { readonly difference: number };
  readonly cr0: { readonly difference: number; readonly logOdds: number };
  readonly cr1: { readonly difference: number; readonly logOdds: number };
  readonly cr2: {
    readonly difference: number;
    readonly df: number;
    readonly logOdds: number;
    readonly dfLogOdds: number;
  };
}

/** test/reference/R/rates.R */
const { expect: answers } = JSON.parse(readFileSync(join(REFERENCE, "expected", "rate-reading.json"), "utf8")) as {
  expect: { onTreated: Answer; onAll: Answer; plain: Answer; profile: { low: number; high: number } };
};

/** Columns of `teachers.csv`, whose texts hold no commas. */
function teachers(): {
  readonly number: (name: string) => Float64Array;
  readonly is: (name: string, level: string) => Float64Array;
} {
  const [header, ...lines] = readFileSync(join(REFERENCE, "teachers.csv"), "utf8")
    .trim()
    .replaceAll('"', "")
    .split("\n");
  const names = header!.split(",");
  const cells = lines.map((line) => line.split(","));
  const of = (name: string) => cells.map((row) => row[names.indexOf(name)]!);
  return {
    number: (name) => Float64Array.from(of(name), Number),
    is: (name, level) => Float64Array.from(of(name), (own) => Number(own === level)),
  };
}

interface Parts {
  readonly y: Float64Array;
  readonly treated: Float64Array;
  readonly covariates: readonly (readonly [string, Float64Array])[];
  readonly weights: Float64Array;
  readonly clusters: Int32Array;
}

function layoutOf({ y, treated, covariates, weights, clusters }: Parts): Layout {
  const names = ["(Intercept)", "treated", ...covariates.map(([name]) => name)];
  return {
    rows: Int32Array.from(y.keys()),
    contrast: Float64Array.from(names, (_, j) => Number(j === 1)),
    clusters: [clusters],
    y,
    x: Matrix.fromColumns([new Float64Array(y.length).fill(1), treated, ...covariates.map(([, values]) => values)]),
    names,
    weights,
    treated: Uint8Array.from(treated),
  };
}

type Errors = Question["analysis"]["errors"];
const questionOf = (errors: Errors = "CR2", estimand = "treated", level = 0.95): Question =>
  ({
    analysis: { level, errors, minimumTreated: 0 },
    open: { sample: { comparison: { estimand } } },
  }) as unknown as Question;
const BASE = { treated: 200, comparison: 1000, treatedClusters: 60, comparisonClusters: 60 } as unknown as EffectBase;

function known<T>(point: Estimable<T>): T {
  if (point.state === "not estimable") throw new Error(point.reason);
  return point;
}
const near = (actual: number, wanted: number, relative: number) =>
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(relative * Math.abs(wanted));

const csv = teachers();
const PARTS: Parts = {
  y: csv.number("stay"),
  treated: csv.number("treat"),
  covariates: [
    ["male", csv.number("male")],
    ["age", csv.number("age")],
    ["middle", csv.is("role", "middle")],
    ["senior", csv.is("role", "senior")],
    ["fulltime", csv.number("fulltime")],
    ["ri", csv.is("ofsted", "ri")],
    ["inadequate", csv.is("ofsted", "inadequate")],
    ["fsm", csv.number("fsm")],
  ],
  weights: csv.number("w"),
  clusters: Int32Array.from(csv.number("school")),
};
const weighted = layoutOf(PARTS);
const plain = layoutOf({ ...PARTS, weights: new Float64Array(PARTS.y.length).fill(1) });

describe("the difference of two rates", () => {
  test.each([
    ["over the treated, weighted", "treated", weighted, answers.onTreated],
    ["over all matched alike", "matchedSample", weighted, answers.onAll],
    ["over the treated, unweighted", "treated", plain, answers.plain],
  ] as const)("%s, agrees with R: estimate to 1e-10, errors to 1e-8", (_, estimand, layout, answer) => {
    const { rates, estimate, unclustered } = estimateRates(questionOf("CR2", estimand), [layout], BASE);
    near(rates!.treated, answer.treated, 1e-10);
    near(rates!.comparison, answer.comparison, 1e-10);
    near(estimate, answer.difference, 1e-10);
    near(unclustered!.se, answer.hc2.difference, 1e-8);
    for (const [errors, wanted] of [
      ["CR0", answer.cr0],
      ["CR1", answer.cr1],
      ["CR2", answer.cr2],
      ["model", answer.model],
    ] as const) {
      const own = known(rateDifference(questionOf(errors, estimand), [layout], BASE));
      near(own.estimate, answer.difference, 1e-10);
      near(own.se, wanted.difference, 1e-8);
    }
  });

  test.each([
    ["treated", weighted, answers.onTreated],
    ["matchedSample", weighted, answers.onAll],
    ["treated", plain, answers.plain],
  ] as const)("has Satterthwaite degrees of freedom as clubSandwich has (%s)", (estimand, layout, answer) => {
    const { point } = estimateRates(questionOf("CR2", estimand), [layout], BASE);
    near(known(point).df, answer.cr2.df, 1e-6);
  });

  test("has interval and p from one distribution, at the level of the analysis", () => {
    for (const errors of ["CR2", "CR1S", "model"] as const)
      for (const level of [0.9, 0.95]) {
        const { point } = estimateRates(questionOf(errors, "treated", level), [weighted], BASE);
        const { estimate, se, df } = known(point);
        expect(point).toEqual({ state: "estimated", ...tInterval(estimate, se, df, level) });
        expect(df === Number.POSITIVE_INFINITY).toBe(errors === "model");
      }
  });

  test("is the same alone, without its interval, and pooled over draws that are all alike", () => {
    const { estimate, point } = estimateRates(questionOf(), [weighted], BASE);
    expect(known(rateEstimate(questionOf(), weighted)).estimate).toBe(estimate);
    const pooled = estimateRates(questionOf(), [weighted, weighted], BASE);
    near(pooled.estimate, estimate, 1e-12);
    near(known(pooled.point).se, known(point).se, 1e-12);
  });

  test("of a model without covariates is the difference of the weighted rates", () => {
    const bare = layoutOf({ ...PARTS, covariates: [] });
    const rateOf = (arm: number): number => {
      let ones = 0;
      let all = 0;
      for (const [i, weight] of PARTS.weights.entries())
        if (PARTS.treated[i] === arm) {
          ones += weight * PARTS.y[i]!;
          all += weight;
        }
      return (100 * ones) / all;
    };
    const { rates, estimate } = estimateRates(questionOf(), [bare], BASE);
    near(rates!.treated, rateOf(1), 1e-10);
    near(rates!.comparison, rateOf(0), 1e-10);
    near(estimate, rateOf(1) - rateOf(0), 1e-9);
  });

  test("counts a row of weight two as the row written twice", () => {
    const take = (values: Float64Array, rows: readonly number[]) => Float64Array.from(rows, (row) => values[row]!);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1199 }), (row) => {
        const n = PARTS.y.length;
        const twice = [...Array.from({ length: n }, (_, i) => i), row];
        const repeated = layoutOf({
          y: take(PARTS.y, twice),
          treated: take(PARTS.treated, twice),
          covariates: PARTS.covariates.map(([name, values]) => [name, take(values, twice)] as const),
          weights: new Float64Array(n + 1).fill(1),
          clusters: Int32Array.from(twice, (own) => PARTS.clusters[own]!),
        });
        const doubled = layoutOf({
          ...PARTS,
          weights: Float64Array.from({ length: n }, (_, i) => (i === row ? 2 : 1)),
        });
        // CR2's adjustment weighs each row by its variance, which a row of weight two has half of: there the two are only near.
        for (const errors of ["CR0", "CR1", "model"] as const) {
          const [one, other] = [doubled, repeated].map((layout) =>
            known(rateDifference(questionOf(errors), [layout], BASE)),
          );
          near(one!.estimate, other!.estimate, 1e-9);
          near(one!.se, other!.se, 1e-7);
        }
      }),
      { numRuns: 5 },
    );
  });

  test("turns its sign when the groups change places", () => {
    const there = layoutOf({ ...PARTS, covariates: [] });
    const back = layoutOf({ ...PARTS, covariates: [], treated: PARTS.treated.map((own) => 1 - own) });
    const [one, other] = [there, back].map((layout) => known(rateDifference(questionOf(), [layout], BASE)));
    near(one!.estimate, -other!.estimate, 1e-9);
    near(one!.se, other!.se, 1e-9);
  });
});

describe("the odds ratio", () => {
  test("is Wald's, with the covariance of the difference, and agrees with R", () => {
    for (const [layout, answer] of [
      [weighted, answers.onTreated],
      [plain, answers.plain],
    ] as const) {
      const { rates } = estimateRates(questionOf(), [layout], BASE);
      const { ratio, low, high, p } = known(rates!.oddsRatio);
      const wanted = tInterval(answer.logOdds, answer.cr2.logOdds, answer.cr2.dfLogOdds, 0.95);
      expect(rates!.oddsRatioInterval).toBe("wald");
      near(Math.log(ratio), answer.logOdds, 1e-10);
      near(Math.log(low), wanted.low, 1e-6);
      near(Math.log(high), wanted.high, 1e-6);
      near(p, wanted.p, 1e-5);
    }
  });

  test("has a profile interval only where there are neither weights nor clusters, as R finds it", () => {
    const { rates } = estimateRates(questionOf("model"), [plain], BASE);
    const { low, high } = known(rates!.oddsRatio);
    expect(rates!.oddsRatioInterval).toBe("profile");
    // The deviance changes little near its limit: both programs stop within about 1e-7 of it.
    near(Math.log(low), answers.profile.low, 1e-6);
    near(Math.log(high), answers.profile.high, 1e-6);
    for (const [errors, layouts] of [
      ["model", [weighted]],
      ["CR1", [plain]],
      ["model", [plain, plain]],
    ] as const)
      expect(estimateRates(questionOf(errors), layouts, BASE).rates!.oddsRatioInterval).toBe("wald");
  });

  test("is withheld where the difference is", () => {
    const few = { ...BASE, treatedClusters: 3 };
    const { point, rates, estimate, detectable } = estimateRates(questionOf(), [weighted], few);
    expect(point).toEqual({ state: "not estimable", reason: "only 3 treated clusters, under 6" });
    expect(rates!.oddsRatio).toEqual(point);
    expect(detectable).toBeUndefined();
    near(estimate, answers.onTreated.difference, 1e-10);
  });
});

describe("groups told apart without error", () => {
  const n = PARTS.y.length;
  const withOutcome = (y: (i: number) => number, covariates = PARTS.covariates) =>
    layoutOf({ ...PARTS, covariates, y: Float64Array.from({ length: n }, (_, i) => y(i)) });

  test.each([
    [1, 1, "everybody in the programme group has this outcome: no odds can be modelled"],
    [1, 0, "nobody in the programme group has this outcome: no odds can be modelled"],
    [0, 1, "everybody in the comparison group has this outcome: no odds can be modelled"],
    [0, 0, "nobody in the comparison group has this outcome: no odds can be modelled"],
  ])("by the group (%i, %i) are told with their plain rates and no interval", (arm, outcome, reason) => {
    const layout = withOutcome((i) => (PARTS.treated[i] === arm ? outcome : PARTS.y[i]!));
    const { point, rates, estimate, unclustered } = estimateRates(questionOf(), [layout], BASE);
    expect(point).toEqual({ state: "not estimable", reason });
    expect(arm === 1 ? rates!.treated : rates!.comparison).toBeCloseTo(100 * outcome, 10);
    expect(estimate).toBe(rates!.treated - rates!.comparison);
    expect(unclustered).toBeUndefined();
    expect(rateDifference(questionOf(), [layout], BASE)).toEqual({ state: "not estimable", reason });
    expect(rateEstimate(questionOf(), layout)).toEqual({ state: "not estimable", reason });
  });

  test("by a level of a covariate still have a difference: those of the level add none of their own", () => {
    // Everybody of one level stays: the model without them has the same coefficients.
    const level = PARTS.covariates.find(([name]) => name === "inadequate")![1];
    const all = withOutcome((i) => (level[i] === 1 ? 1 : PARTS.y[i]!));
    const rows = [...level.keys()].filter((i) => level[i] === 0);
    const take = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
    const rest = layoutOf({
      y: take(PARTS.y),
      treated: take(PARTS.treated),
      covariates: PARTS.covariates.flatMap(([name, values]) =>
        name === "inadequate" ? [] : [[name, take(values)] as const],
      ),
      weights: take(PARTS.weights),
      clusters: Int32Array.from(rows, (row) => PARTS.clusters[row]!),
    });
    const [whole, part] = [all, rest].map((layout) => estimateRates(questionOf("CR1"), [layout], BASE));
    const weightOf = (among: readonly number[]) =>
      among.reduce((sum, i) => sum + (PARTS.treated[i] === 1 ? PARTS.weights[i]! : 0), 0);
    const share = weightOf(rows) / weightOf([...level.keys()]);
    const odds = [whole, part].map((own) => Math.log(known(own!.rates!.oddsRatio).ratio));
    // The level's own coefficient is large and finite, so the agreement is not exact.
    near(odds[0]!, odds[1]!, 1e-4);
    near(whole!.estimate, share * part!.estimate, 1e-4);
    expect(known(whole!.point).se).toBeGreaterThan(0);
  });

  test("a covariate that repeats treatment is left out, and changes nothing", () => {
    const copy = withOutcome((i) => PARTS.y[i]!, [["copy", PARTS.treated], ...PARTS.covariates]);
    const { point } = estimateRates(questionOf(), [copy], BASE);
    // The later of two equal columns is dropped: treatment stays and its difference is that without the copy.
    near(known(point).estimate, answers.onTreated.difference, 1e-9);
  });
});
