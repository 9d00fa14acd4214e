import { describe, expect, it } from "vitest";
import { Matrix, RandomStream } from "#math";
import { near, withIntercept } from "../testing/reference.ts";
import { abadieImbens } from "./abadieImbens.ts";
import { augmentedWeighting, type DoublyRobustRequest } from "./augmentedWeighting.ts";
import { entropyBalance, withPowers } from "./entropyBalance.ts";
import { estimandWeights } from "./estimandWeights.ts";
import { mahalanobisPoints } from "./mahalanobisPoints.ts";
import { matchNearest } from "./matchNearest.ts";
import { pairDistance } from "./pairDistances.ts";
import { column, expectedIn, factorColumns } from "./testing/pupils.ts";
import { weightedDifference } from "./weightedDifference.ts";
import { weightedOutcomeModel } from "./weightedOutcomeModel.ts";

interface Estimated {
  readonly estimate: number;
  readonly se: number;
  readonly seConditional: number;
}

interface Expected {
  readonly mahalanobis: { treated: number[]; control: number[]; distances: number[][] };
  readonly aipw: Record<"ate" | "att", Estimated>;
  readonly abadieImbens: Record<"plain" | "corrected", Estimated>;
}

const expected = expectedIn<Expected>("formulas/matching-formulas.json");
const treated = Uint8Array.from(column("treat"));
const y = column("later");
const place = column("place");
const clusters = Int32Array.from(column("school"));
const covariates = [
  column("prior"),
  column("absence"),
  column("fsm"),
  ...factorColumns("phase", ["junior", "primary"]),
];
const n = treated.length;
const ranks = Float64Array.from({ length: n }, (_, i) => i);

describe("estimators against their formulas in R (test/reference/R/matching.R)", () => {
  it("measures Mahalanobis distances", () => {
    const points = mahalanobisPoints(Matrix.fromColumns(covariates), treated);
    if ("state" in points) throw new Error(points.reason);
    const distance = pairDistance({ points });
    const { treated: first, control: other, distances } = expected.mahalanobis;
    for (const [i, a] of first.entries())
      for (const [j, b] of other.entries()) near(distance(a - 1, b - 1), distances[i][j], 1e-10);
  });

  it.each(["ATE", "ATT"] as const)("augments %s weights by an outcome model, with errors by school", (estimand) => {
    const found = augmentedWeighting({
      y,
      treated,
      x: withIntercept(covariates),
      estimand,
      outcomeModel: "linear",
      clusters,
    });
    if (found.state !== "estimated") throw new Error(found.reason);
    const { estimate, se } = expected.aipw[estimand === "ATE" ? "ate" : "att"];
    near(found.estimate, estimate, 1e-9);
    near(found.se, se, 1e-8);
    expect(found.df).toBe(23);
    near(
      found.influence.reduce((sum, value) => sum + value, 0),
      0,
      1e-8,
      1,
    );
  });

  it.each(["plain", "corrected"] as const)("matches with the variance of Abadie and Imbens: %s", (kind) => {
    const { sets } = matchNearest({
      ...{ score: place, treated, neighbours: 2, replacement: true, tieRank: ranks },
      ...({ order: "data", discard: "none" } as const),
    });
    const found = abadieImbens({
      ...{ y, treated, sets, space: { score: place } },
      ...(kind === "corrected" && { correctWith: Matrix.fromColumns(covariates.slice(0, 2)) }),
    });
    if (found.state !== "estimated") throw new Error(found.reason);
    near(found.estimate, expected.abadieImbens[kind].estimate, 1e-10);
    near(found.se, expected.abadieImbens[kind].se, 1e-10);
    near(found.seConditional, expected.abadieImbens[kind].seConditional, 1e-10);
  });
});

/** People whose treatment follows a, with an outcome that follows it too and an effect of 2. */
function simulated(seed: number, rows: number) {
  const random = new RandomStream(seed, "doubly robust");
  const a = Float64Array.from({ length: rows }, () => random.normal());
  const arm = Uint8Array.from(a, (value) => Number(random.uniform() < 1 / (1 + Math.exp(1 - value))));
  const outcome = a.map((value, i) => 2 * arm[i] + 3 * value + random.normal());
  return { a, arm, outcome };
}

describe("augmented weighting", () => {
  const { a, arm, outcome } = simulated(11, 4000);
  const right = withIntercept([a]);
  const wrong = withIntercept([a.map((value) => Math.sin(5 * value))]);
  const request: DoublyRobustRequest = { y: outcome, treated: arm, x: right, estimand: "ATT", outcomeModel: "linear" };

  it("finds the effect when one of the two models is wrong", () => {
    for (const estimand of ["ATT", "ATE"] as const) {
      for (const models of [{ x: right }, { x: right, scoreX: wrong }, { x: wrong, scoreX: right }]) {
        const found = augmentedWeighting({ ...request, ...models, estimand });
        if (found.state !== "estimated") throw new Error(found.reason);
        expect(Math.abs(found.estimate - 2)).toBeLessThan(5 * found.se);
        expect(found.se).toBeLessThan(0.3);
      }
    }
  });

  it("moves with the outcome, and reads a constant added to it as nothing", () => {
    const plain = augmentedWeighting(request);
    const scaled = augmentedWeighting({ ...request, y: outcome.map((value) => 50 + 4 * value) });
    if (plain.state !== "estimated" || scaled.state !== "estimated") throw new Error("estimates expected");
    near(scaled.estimate, 4 * plain.estimate, 1e-9);
    near(scaled.se, 4 * plain.se, 1e-9);
  });

  it("takes an outcome of 0 and 1 by a logistic model", () => {
    const found = augmentedWeighting({
      ...request,
      y: outcome.map((value) => Number(value > 0)),
      outcomeModel: "logistic",
    });
    expect(found.state === "estimated" && found.estimate > 0.1 && found.estimate < 0.6).toBe(true);
  });

  it("says why there is no estimate", () => {
    const all = new Uint8Array(arm.length).fill(1);
    expect(augmentedWeighting({ ...request, treated: all })).toMatchObject({
      reason: "one of the two groups is empty",
    });
    const apart = withIntercept([Float64Array.from(arm)]);
    expect(augmentedWeighting({ ...request, x: apart })).toMatchObject({ state: "not estimable" });
    expect(augmentedWeighting({ ...request, x: withIntercept([Float64Array.from(arm)]), scoreX: right })).toMatchObject(
      {
        reason: expect.stringContaining("varies only outside the comparison rows"),
      },
    );
    expect(
      augmentedWeighting({ ...request, y: outcome.map((value, i) => (i === 3 ? Number.NaN : value)) }),
    ).toMatchObject({
      reason: "a row has no outcome",
    });
    const one = augmentedWeighting({ ...request, clusters: new Int32Array(arm.length) });
    expect(one.state).toBe("not estimable");
  });
});

describe("the variance of Abadie and Imbens", () => {
  it("covers the effect about as often as it says", () => {
    let covered = 0;
    const runs = 120;
    for (let run = 0; run < runs; run++) {
      const { a, arm, outcome } = simulated(100 + run, 150);
      const { sets } = matchNearest({
        ...{ score: a, treated: arm, neighbours: 1, replacement: true },
        tieRank: Float64Array.from(a.keys()),
        ...({ order: "data", discard: "none" } as const),
      });
      const found = abadieImbens({
        y: outcome,
        treated: arm,
        sets,
        space: { score: a },
        correctWith: Matrix.fromColumns([a]),
      });
      if (found.state !== "estimated") throw new Error(found.reason);
      if (found.low <= 2 && 2 <= found.high) covered++;
    }
    // 95% of 120 are 114; fewer than 105 or all of them would be odd.
    expect(covered).toBeGreaterThan(104);
  });

  it("says why there is none", () => {
    const arm = Uint8Array.of(1, 1, 0, 0);
    const space = { score: Float64Array.of(1, 2, 1, 2) };
    const sets = [
      { treated: 0, controls: Int32Array.of(2) },
      { treated: 1, controls: Int32Array.of(3) },
    ];
    const outcome = Float64Array.of(3, 4, 1, 2);
    expect(abadieImbens({ y: outcome, treated: arm, sets: sets.slice(0, 1), space })).toMatchObject({
      state: "not estimable",
    });
    expect(abadieImbens({ y: outcome, treated: arm, sets, space, neighbours: 2 })).toMatchObject({
      reason: "there are not 3 treated rows to take the spread of the outcome from",
    });
    const missing = Float64Array.of(3, 4, Number.NaN, 2);
    expect(abadieImbens({ y: missing, treated: arm, sets, space })).toMatchObject({
      reason: "a matched row has no outcome",
    });
    const onlyTreated = Matrix.fromColumns([Float64Array.of(0, 1, 5, 5)]);
    expect(abadieImbens({ y: outcome, treated: arm, sets, space, correctWith: onlyTreated })).toMatchObject({
      reason: expect.stringContaining("not among the controls used"),
    });
    const even = abadieImbens({ y: outcome, treated: arm, sets, space });
    expect(even).toMatchObject({ state: "estimated", estimate: 2, bias: 0 });
  });
});

describe("weights with an outcome model", () => {
  it("is the plain weighted difference without covariates", () => {
    const weights = estimandWeights({ logit: place, treated, estimand: "ATT" });
    const model = weightedOutcomeModel({ y, treated, x: new Matrix(n, 0), weights, clusters });
    const difference = weightedDifference({ y, treated, weights, clusters });
    if ("state" in model || "state" in difference) throw new Error("estimates expected");
    near(model.estimate, difference.estimate, 1e-10);
  });

  it("with entropy weights gives the same whether the model has the covariates or not", () => {
    const x = Matrix.fromColumns(covariates);
    const found = entropyBalance({ x, treated });
    if (found.state !== "balanced") throw new Error(found.reason);
    const { weights } = found;
    const model = weightedOutcomeModel({ y, treated, x, weights, clusters });
    const difference = weightedDifference({ y, treated, weights });
    if ("state" in model || "state" in difference) throw new Error("estimates expected");
    near(model.estimate, difference.estimate, 1e-8);
    expect(model.se).toBeLessThan(difference.se);
  });

  it("says which arm has no weight", () => {
    const x = Matrix.fromColumns(covariates);
    const none = Float64Array.from(treated);
    expect(weightedOutcomeModel({ y, treated, x, weights: none })).toMatchObject({
      reason: "no comparison row has weight",
    });
    expect(weightedDifference({ y, treated, weights: none })).toMatchObject({ reason: "no comparison row has weight" });
    expect(weightedDifference({ y, treated, weights: none.map((w) => 1 - w) })).toMatchObject({
      reason: "no treated row has weight",
    });
  });
});

describe("weights by estimand", () => {
  it("stay finite and exact far out, and cover ATE as the sum of ATT and ATC", () => {
    const logit = Float64Array.of(-800, 0, 800, 2);
    const arm = Uint8Array.of(0, 1, 1, 0);
    expect(Array.from(estimandWeights({ logit, treated: arm, estimand: "overlap" }))).toEqual([
      0,
      0.5,
      0,
      Math.exp(2) / (1 + Math.exp(2)),
    ]);
    const att = estimandWeights({ logit, treated: arm, estimand: "ATT" });
    const atc = estimandWeights({ logit, treated: arm, estimand: "ATC" });
    const ate = estimandWeights({ logit, treated: arm, estimand: "ATE" });
    for (const [i, weight] of ate.entries()) near(weight, att[i] + atc[i], 1e-15);
  });

  it("by entropy bring every mean, variance and skewness to those asked for", () => {
    const x = withPowers(Matrix.fromColumns(covariates), 3);
    expect(x.columns).toBe(covariates.length + 4);
    for (const estimand of ["ATT", "ATC", "ATE"] as const) {
      const found = entropyBalance({ x, treated, estimand });
      if (found.state !== "balanced") throw new Error(found.reason);
      for (let j = 0; j < x.columns; j++) {
        const values = x.column(j);
        const meanOf = (is: (row: number) => boolean, weights?: Float64Array) => {
          let sum = 0;
          let total = 0;
          for (let row = 0; row < n; row++) {
            if (!is(row)) continue;
            sum += (weights?.[row] ?? 1) * values[row];
            total += weights?.[row] ?? 1;
          }
          return sum / total;
        };
        const target = meanOf((row) => estimand === "ATE" || treated[row] === (estimand === "ATT" ? 1 : 0));
        const size = Math.max(...values.map(Math.abs));
        for (const arm of [0, 1])
          near(
            meanOf((row) => treated[row] === arm, found.weights),
            target,
            1e-8,
            size,
          );
      }
    }
  });

  it("by entropy are not to be had outside the other arm", () => {
    const far = Float64Array.from(treated, (arm) => 100 * arm);
    expect(
      entropyBalance({ x: Matrix.fromColumns([far.map((v, i) => v + place[i])]), treated, estimand: "ATE" }).state,
    ).toBe("not estimable");
    const missing = Matrix.fromColumns([place.map((value, i) => (i === 5 ? Number.NaN : value))]);
    expect(entropyBalance({ x: missing, treated })).toMatchObject({
      reason: "a column holds something that is not a number",
    });
  });
});
