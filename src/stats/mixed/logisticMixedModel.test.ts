import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choleskyFactor, gaussHermite, Matrix, minimise, RandomStream, ShapeMismatch, withDifferences } from "#math";
import { BadWeights } from "../common/badWeights.ts";
import { NotFinite } from "../common/notFinite.ts";
import { type ModelData, numbersOf } from "../model/index.ts";
import { ColumnProducts } from "../regression/columnProducts.ts";
import { near } from "../testing/reference.ts";
import { BinomialLikelihood, type BinomialLink } from "./binomialLikelihood.ts";
import { ConditionalModes } from "./conditionalModes.ts";
import { laplaceDeviance } from "./laplaceDeviance.ts";
import { BadProportions, fitLogisticMixed, QuadratureNotPossible } from "./logisticMixedModel.ts";
import { QuadratureDeviance } from "./quadratureDeviance.ts";
import type { RandomEffects } from "./randomEffects.ts";
import { RandomStructure } from "./randomStructure.ts";
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
} from "./testing/cases.ts";

const OWN = ["glmer-nested", "glmer-slope", "glmer-crossed", "glmer-counts-agq0", "glmer-agq9", "glmer-probit"];
const SHARED = [
  "dev-glmer-did-agq0",
  "dev-glmer-did-agq1",
  "dev-glmer-did-agq15",
  "dev-glmer-grouse-agq15",
  "dev-glmer-grouse-laplace",
];

function agrees(id: string): void {
  const { spec, data, expect: expected } = readCase(id);
  const { y, x, names, effects } = arraysOf(spec.formula, data);
  const trials = spec.weights === undefined ? {} : { trials: numbersOf(data, spec.weights) };
  const link = spec.link ?? "logit";
  const fit = fitted(fitLogisticMixed({ y, x, names, effects, link, points: spec.nAGQ ?? 1, ...trials }));
  nearAll(fit.names, fit.beta, expected.fixed, 1e-4);
  nearAll(fit.thetaNames, fit.theta, expected.theta, 5e-4);
  near(fit.logLik, expected.logLik, 1e-7);
  // lme4 may stop a little below the top, never above it.
  expect(fit.logLik).toBeGreaterThan(expected.logLik - 1e-6);
  nearModes(fit, expected.ranefFirst10, 2e-3);
  if (expected.se !== undefined) nearAll(fit.names, errors(fit.covariance), expected.se, 1e-3);
  if (expected.seFromRX !== undefined) nearAll(fit.names, errors(fit.conditionalCovariance), expected.seFromRX, 5e-4);
}

const invented = (seed: number): ModelData =>
  inventedGroups({ seed, groups: 15, perGroup: 12, groupSd: 0.9, slope: 0.6, slopeSd: 0.4, isBinary: true });
const fitOf = (text: string, data: ModelData, points = 1) => {
  const { y, x, names, effects } = arraysOf(text, data);
  return fitted(fitLogisticMixed({ y, x, names, effects, points }));
};

/** The pieces of a fit before its search. */
function modesOf(text: string, data: ModelData, link: BinomialLink = "logit"): ConditionalModes {
  const { y, x, effects } = arraysOf(text, data);
  return new ConditionalModes({
    structure: new RandomStructure(effects),
    likelihood: new BinomialLikelihood(y, new Float64Array(y.length).fill(1), link),
    products: new ColumnProducts(x),
    x,
  });
}

describe("a logistic mixed model", () => {
  it.each(OWN)("agrees with lme4: %s", agrees);
  it.skipIf(!hasShared).each(SHARED)("agrees with lme4: %s", agrees);

  it.each([
    ["y ~ x + w + (x | g)", "logit"],
    ["y ~ x + (x | g) + (1 | h)", "logit"],
    ["y ~ x + (1 | k:g) + (0 + x | h)", "logit"],
    ["y ~ x + w + (x | g)", "probit"],
  ] as const)("has the slope that differences of its deviance have: %s, %s", (text, link) => {
    const random = new RandomStream(7, "more groups");
    const data = new Map(invented(3))
      .set("h", { kind: "number", values: numbersOf(invented(3), "x").map(() => random.integer(6)) })
      .set("k", { kind: "number", values: numbersOf(invented(3), "x").map(() => random.integer(3)) });
    const modes = modesOf(text, data, link);
    const k = modes.structure.thetaSize;
    const at = Float64Array.from({ length: k + modes.x.columns }, (_, i) => 0.4 + 0.17 * Math.sin(3 * i));
    const evaluate = (x: Float64Array) => laplaceDeviance(modes, modes.at(x.subarray(0, k), x.subarray(k))!);
    const own = evaluate(at).gradient;
    const differences = withDifferences((x) => evaluate(x).value, 1e-5)(at).gradient;
    for (let i = 0; i < own.length; i++) near(own[i], differences[i], 1e-5, 1);
  });

  it.each([1, 2, 7])("has the slope that differences of its deviance have, by %i points", (points) => {
    for (const link of ["logit", "probit"] as const) {
      const modes = modesOf("y ~ x + (0 + x | g)", invented(4), link);
      const quadrature = new QuadratureDeviance(modes, points);
      const at = Float64Array.of(0.7, 0.3, -0.2);
      const evaluate = (x: Float64Array) => quadrature.at(modes.at(x.subarray(0, 1), x.subarray(1))!);
      const own = evaluate(at).gradient;
      const differences = withDifferences((x) => evaluate(x).value, 1e-5)(at).gradient;
      for (let i = 0; i < own.length; i++) near(own[i], differences[i], 1e-5, 1);
    }
  });

  it("is Laplace's method with one point", () => {
    const modes = modesOf("y ~ x + (1 | g)", invented(5));
    const point = modes.at(Float64Array.of(0.8), Float64Array.of(0.2, 0.4))!;
    const one = new QuadratureDeviance(modes, 1).at(point);
    const laplace = laplaceDeviance(modes, point);
    near(one.value, laplace.value, 1e-13);
    for (const [i, value] of laplace.gradient.entries()) near(one.gradient[i], value, 1e-10, 1);
  });

  it("is the integral itself with many points", () => {
    const data = inventedGroups({ seed: 8, groups: 6, perGroup: 4, groupSd: 1, slope: 0.5, isBinary: true });
    const y = numbersOf(data, "y");
    const x = numbersOf(data, "x");
    const { nodes, weights } = gaussHermite(150);
    const deviance = ([sd, constant, slope]: Float64Array): number => {
      let sum = 0;
      for (let g = 0; g < 6; g++) {
        let likelihood = 0;
        for (const [k, node] of nodes.entries()) {
          let product = weights[k];
          for (let i = 4 * g; i < 4 * g + 4; i++) {
            product /= 1 + Math.exp((y[i] === 1 ? -1 : 1) * (constant + slope * x[i] + sd * node));
          }
          likelihood += product;
        }
        sum -= 2 * Math.log(likelihood);
      }
      return sum;
    };
    const fit = fitOf("y ~ x + (1 | g)", data, 40);
    near(-2 * fit.logLik, deviance(Float64Array.of(fit.theta[0], ...fit.beta)), 1e-9);
    const brute = minimise({ evaluate: withDifferences(deviance), start: Float64Array.of(0.5, 0, 0), tolerance: 1e-6 });
    near(-2 * fit.logLik, brute.value, 1e-9);
  });

  it("takes counts as it takes the rows they count", () => {
    const groups = Float64Array.from({ length: 8 }, (_, i) => Math.floor(i / 2));
    const x = Float64Array.from({ length: 8 }, (_, i) => i % 2);
    const trials = Float64Array.of(5, 7, 6, 9, 4, 8, 5, 6);
    const successes = Float64Array.of(2, 6, 1, 4, 3, 7, 0, 3);
    const rows = [...trials.keys()].flatMap((i) =>
      Array.from({ length: trials[i] }, (_, m) => ({ i, one: Number(m < successes[i]) })),
    );
    const column = (values: Float64Array) => ({ kind: "number" as const, values });
    const counted = new Map([
      ["g", column(groups)],
      ["x", column(x)],
      ["y", column(successes.map((s, i) => s / trials[i]))],
    ]);
    const single = new Map([
      ["g", column(Float64Array.from(rows, ({ i }) => groups[i]))],
      ["x", column(Float64Array.from(rows, ({ i }) => x[i]))],
      ["y", column(Float64Array.from(rows, ({ one }) => one))],
    ]);
    for (const points of [0, 1, 9]) {
      const { y, x: columns, names, effects } = arraysOf("y ~ x + (1 | g)", counted);
      const one = fitted(fitLogisticMixed({ y, x: columns, names, effects, trials, points }));
      const other = fitOf("y ~ x + (1 | g)", single, points);
      let constant = 0;
      for (const [i, m] of trials.entries()) {
        for (let t = 1; t <= successes[i]; t++) constant += Math.log((m - successes[i] + t) / t);
      }
      near(one.logLik, other.logLik + constant, 1e-9);
      for (let j = 0; j < 2; j++) {
        near(one.beta[j], other.beta[j], 1e-6, 0.1);
        near(one.covariance.get(j, j), other.covariance.get(j, j), 1e-5);
      }
    }
  });

  it("does not depend on the order of rows, and turns with the outcome", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const data = invented(seed);
        const one = fitOf("y ~ x + w + (1 | g)", data);
        const other = fitOf("y ~ x + w + (1 | g)", reordered(data, seed));
        near(other.logLik, one.logLik, 1e-9);
        const turned = new Map(data).set("y", {
          kind: "number",
          values: numbersOf(data, "y").map((value) => 1 - value),
        });
        const third = fitOf("y ~ x + w + (1 | g)", turned);
        near(third.logLik, one.logLik, 1e-9);
        for (const [j, value] of one.beta.entries()) {
          near(other.beta[j], value, 1e-4, 0.1);
          near(third.beta[j], -value, 1e-4, 0.1);
        }
      }),
      { numRuns: 6 },
    );
  });

  it("sits at the top: its slope is nil there", () => {
    const data = invented(21);
    const fit = fitOf("y ~ x + (x | g)", data);
    const modes = modesOf("y ~ x + (x | g)", data);
    const { gradient, value } = laplaceDeviance(modes, modes.at(fit.theta, fit.beta)!);
    near(value, -2 * fit.logLik, 1e-10);
    for (const slope of gradient) expect(Math.abs(slope)).toBeLessThan(1e-3);
  });

  it("shifts by its offset", () => {
    const { y, x, names, effects } = arraysOf("y ~ x + (1 | g)", invented(6));
    const plain = fitted(fitLogisticMixed({ y, x, names, effects }));
    const shifted = fitted(fitLogisticMixed({ y, x, names, effects, offset: new Float64Array(y.length).fill(0.8) }));
    near(shifted.beta[0], plain.beta[0] - 0.8, 1e-6);
    near(shifted.logLik, plain.logLik, 1e-10);
  });

  it("recovers variance and effects that are known", () => {
    const runs = 25;
    let slope = 0;
    let variance = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const data = inventedGroups({ seed, groups: 60, perGroup: 15, groupSd: 0.8, slope: 0.5, isBinary: true });
      const fit = fitOf("y ~ x + w + (1 | g)", data, 15);
      slope += fit.beta[1] / runs;
      variance += fit.variances[0].covariance.get(0, 0) / runs;
    }
    // Monte Carlo errors are about .016 and .035.
    expect(Math.abs(slope - 0.5)).toBeLessThan(0.06);
    expect(Math.abs(variance - 0.64)).toBeLessThan(0.13);
  });

  it("reports a variance on its boundary as 0, and then is the ordinary model", () => {
    // Every group has the same rows.
    const y = Float64Array.from({ length: 60 }, (_, i) => Number(i % 3 === 0));
    const z = new Float64Array(60).fill(1);
    const effects = [
      {
        group: "g",
        codes: Int32Array.from({ length: 60 }, (_, i) => Math.floor(i / 6)),
        levels: Array.from({ length: 10 }, (_, g) => String(g)),
        columns: ["(Intercept)"],
        z: [z],
      },
    ];
    const fit = fitted(fitLogisticMixed({ y, x: Matrix.fromColumns([z]), names: ["(Intercept)"], effects }));
    expect([fit.isSingular, fit.theta[0]]).toEqual([true, 0]);
    // The search stops a millionth of a standard error from the top.
    near(fit.beta[0], Math.log(0.5), 1e-6);
    near(fit.covariance.get(0, 0), 1 / (60 * (2 / 9)), 1e-5);
    expect(fit.cautions.join()).toContain("singular");
  });

  it("advises quadrature where Laplace's method is rough", () => {
    const data = inventedGroups({ seed: 31, groups: 60, perGroup: 5, groupSd: 1.6, slope: 0.5, isBinary: true });
    expect(fitOf("y ~ x + (1 | g)", data).cautions.join()).toContain("adaptive quadrature");
    expect(fitOf("y ~ x + (1 | g)", data, 15).cautions).toEqual([]);
    expect(fitOf("y ~ x + (1 | g)", invented(1)).cautions).toEqual([]);
  });

  it("has a covariance that is positive definite and not below the conditional one", () => {
    const fit = fitOf("y ~ x + w + (x | g)", invented(9));
    expect(fit.covarianceFrom).toBe("second derivatives");
    expect(choleskyFactor(fit.covariance)).toBeDefined();
    expect(fit.record.path.at(-1)!).toBeLessThanOrEqual(fit.record.path[0]);
  });
});

describe("a logistic mixed model that the data cannot answer", () => {
  const n = 24;
  const one = new Float64Array(n).fill(1);
  const codes = Int32Array.from({ length: n }, (_, i) => Math.floor(i / 6));
  const y = Float64Array.from({ length: n }, (_, i) => Number((i * 7) % 5 < 2));
  const group = (own: Int32Array): RandomEffects[] => [
    { group: "g", codes: own, levels: [...new Set(own)].map(String), columns: ["(Intercept)"], z: [one] },
  ];
  const request = { y, x: Matrix.fromColumns([one]), names: ["(Intercept)"], effects: group(codes) };
  const reasonOf = (changed: Partial<Parameters<typeof fitLogisticMixed>[0]>): string => {
    const fit = fitLogisticMixed({ ...request, ...changed });
    return fit.state === "fitted" ? "fitted" : fit.reason;
  };

  it("says why", () => {
    expect(reasonOf({})).toBe("fitted");
    expect(reasonOf({ y: one })).toContain("the same in every row");
    expect(reasonOf({ y: new Float64Array(n) })).toContain("the same in every row");
    expect(reasonOf({ effects: group(new Int32Array(n)) })).toContain("one group only");
    expect(reasonOf({ effects: group(Int32Array.from(codes.keys())) })).toContain("a group for every row");
    expect(reasonOf({ effects: [] })).toContain("no random term");
    expect(reasonOf({ y: Float64Array.from(codes, (code) => code % 2) })).toContain("no finite variance");
  });

  it("names the columns that separate", () => {
    const tells = y.map((value, i) => value + 0.1 * Math.sin(i));
    expect(reasonOf({ x: Matrix.fromColumns([one, tells]), names: ["(Intercept)", "tells"] })).toContain(
      "separation: tells",
    );
    // A category whose rows all passed.
    const level = y.map((value, i) => Number(value === 1 && i < 10));
    expect(reasonOf({ x: Matrix.fromColumns([one, level]), names: ["(Intercept)", "level"] })).toContain(
      "separation: level",
    );
  });

  it("throws for a caller's mistake", () => {
    expect(() => reasonOf({ y: y.map((value) => 2 * value) })).toThrow(BadProportions);
    expect(() => reasonOf({ y: y.map(() => Number.NaN) })).toThrow(BadProportions);
    expect(() => reasonOf({ y: y.slice(1) })).toThrow(ShapeMismatch);
    expect(() => reasonOf({ x: Matrix.fromColumns([one.map(() => Number.POSITIVE_INFINITY)]) })).toThrow(NotFinite);
    expect(() => reasonOf({ trials: one.map(() => -1) })).toThrow(BadWeights);
    expect(() => reasonOf({ points: 1.5 })).toThrow(RangeError);
    expect(() => reasonOf({ points: 5, effects: [...group(codes), ...group(codes)] })).toThrow(QuadratureNotPossible);
  });
});
