import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, RandomStream, ShapeMismatch } from "#math";
import { near } from "../testing/reference.ts";
import { groupTimeEffects } from "./groupTimeEffects.ts";
import { type PanelRows, panelOf } from "./panel.ts";
import { panelEventStudy } from "./panelEventStudy.ts";
import { randomisationTest } from "./randomisationInference.ts";
import { relativeMagnitudes } from "./relativeMagnitudes.ts";
import { simplexWeights } from "./simplexWeights.ts";
import { syntheticControl } from "./syntheticControl.ts";
import { syntheticDid } from "./syntheticDid.ts";
import { complierEffect } from "./twoStageLeastSquares.ts";

const seeds = fc.integer({ min: 1, max: 1_000_000 });

/** Units with their own levels and a common path; those of `starts` gain `effect` from then on. */
function panel(seed: number, starts: readonly number[], periods: number, effect: number, noise = 1): PanelRows {
  const random = new RandomStream(seed, "panel");
  const path = Float64Array.from({ length: periods }, () => 2 * random.normal());
  const unit: number[] = [];
  const period: number[] = [];
  const outcome: number[] = [];
  for (const [u, start] of starts.entries()) {
    const level = 5 * random.normal();
    for (let t = 0; t < periods; t++) {
      unit.push(u);
      period.push(t);
      outcome.push(level + path[t] + (start >= 0 && t >= start ? effect : 0) + noise * random.normal());
    }
  }
  return { unit: Int32Array.from(unit), period: Int32Array.from(period), outcome: Float64Array.from(outcome) };
}

const arms = (starts: readonly number[]) => starts.map((start) => Number(start >= 0));

describe("panels", () => {
  it("refuse two rows for one unit and period", () => {
    expect(() =>
      panelOf({ unit: Int32Array.of(0, 0), period: Int32Array.of(1, 1), outcome: Float64Array.of(1, 2) }),
    ).toThrow(ShapeMismatch);
    const infinite = Float64Array.of(Number.POSITIVE_INFINITY);
    expect(() => panelOf({ unit: Int32Array.of(0), period: Int32Array.of(0), outcome: infinite })).toThrow(
      /infinite|Infinity/,
    );
    expect(() => panelOf({ unit: Int32Array.of(-1), period: Int32Array.of(1), outcome: Float64Array.of(1) })).toThrow(
      ShapeMismatch,
    );
  });
});

describe("event study", () => {
  const starts = [3, 3, 3, 3, 3, -1, -1, -1, -1, -1, -1, -1];

  it("gives the difference of mean changes in a full panel", () => {
    const rows = panel(1, starts, 6, 2);
    const study = panelEventStudy({ rows, treated: arms(starts), start: 3, level: 0.95 });
    if (study.state !== "estimated") throw new Error(study.reason);
    const { outcomes } = panelOf(rows);
    const change = (unit: number, period: number) => outcomes.get(unit, period) - outcomes.get(unit, 2);
    for (const { period, estimate } of study.effects) {
      let expected = 0;
      for (const [unit, start] of starts.entries())
        expected += start >= 0 ? change(unit, period) / 5 : -change(unit, period) / 7;
      near(estimate, expected, 1e-10, 1);
    }
    expect(study.before?.dfNumerator).toBe(2);
    for (const { low, high, estimate } of study.effects) expect(low < estimate && estimate < high).toBe(true);
  });

  it("does not mind the order of rows", () => {
    const rows = panel(2, starts, 5, 1);
    const order = Int32Array.from(rows.unit.keys());
    new RandomStream(1, "order").shuffle(order);
    const shuffled = {
      unit: order.map((row) => rows.unit[row]),
      period: order.map((row) => rows.period[row]),
      outcome: Float64Array.from(order, (row) => rows.outcome[row]),
    };
    const [one, other] = [rows, shuffled].map((own) =>
      panelEventStudy({ rows: own, treated: arms(starts), start: 3, level: 0.95 }),
    );
    if (one.state !== "estimated" || other.state !== "estimated") throw new Error("not estimated");
    for (const [i, { estimate, se }] of one.effects.entries()) {
      near(other.effects[i].estimate, estimate, 1e-9, 1);
      near(other.effects[i].se, se, 1e-9);
    }
  });

  it("says why there is none", () => {
    const rows = panel(3, starts, 5, 1);
    const reasonOf = (treated: readonly number[]) => panelEventStudy({ rows, treated, start: 3, level: 0.95 });
    expect(reasonOf(starts.map(() => 1))).toEqual({ state: "not estimable", reason: "there is no comparison unit" });
    expect(reasonOf(starts.map(() => 0))).toEqual({ state: "not estimable", reason: "there is no treated unit" });
    expect(() => panelEventStudy({ rows, treated: arms(starts), start: 3, baseline: 4, level: 0.95 })).toThrow(
      RangeError,
    );
    const cluster = new Int32Array(starts.length);
    expect(panelEventStudy({ rows, treated: arms(starts), start: 3, level: 0.95, clusters: [cluster] }).state).toBe(
      "not estimable",
    );
  });
});

describe("staggered starts", () => {
  const starts = [2, 2, 2, 2, 4, 4, 4, 4, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1];
  const asked = (rows: PanelRows) => ({
    rows,
    firstTreated: Int32Array.from(starts),
    comparison: "notYet" as const,
    random: new RandomStream(1, "band"),
    level: 0.95,
  });

  it("finds an effect that is the same for all exactly, without noise", () => {
    const found = groupTimeEffects(asked(panel(4, starts, 7, 3, 0)));
    if (found.state !== "estimated") throw new Error(found.reason);
    for (const { group, period, estimate } of found.effects) near(estimate, period >= group ? 3 : 0, 1e-9, 1);
    near(found.overall.estimate, 3, 1e-9);
  });

  it("covers the truth, and its band is wider than a single interval", () => {
    let held = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const found = groupTimeEffects({ ...asked(panel(seed, starts, 7, 1)), draws: 19 });
      if (found.state !== "estimated") throw new Error(found.reason);
      if (found.overall.low <= 1 && found.overall.high >= 1) held++;
    }
    // 190 expected; 18 units are few, and influence functions a little short.
    expect(held).toBeGreaterThan(174);
    const one = groupTimeEffects(asked(panel(3, starts, 7, 1)));
    expect(one.state === "estimated" && one.simultaneous > 1.96).toBe(true);
  });

  it("never compares with units already treated", () => {
    const rows = panel(6, starts, 7, 0, 0);
    // The first group runs away after its start; the second's effects must not feel it.
    const outcome = rows.outcome.map((value, i) =>
      starts[rows.unit[i]] === 2 ? value + 10 * rows.period[i] ** 2 : value,
    );
    const found = groupTimeEffects(asked({ ...rows, outcome }));
    if (found.state !== "estimated") throw new Error(found.reason);
    for (const { group, period, estimate } of found.effects) if (group === 4 && period >= 4) near(estimate, 0, 1e-9, 1);
  });

  it("names what had to be left out", () => {
    const always = [0, 0, 2, 2, -1, -1, -1, -1];
    const found = groupTimeEffects({ ...asked(panel(7, always, 4, 1)), firstTreated: Int32Array.from(always) });
    expect(found.state === "estimated" && found.left[0]).toContain("group 0 starts in the first period");
    const nobody = groupTimeEffects({ ...asked(panel(7, always, 4, 1)), firstTreated: new Int32Array(8).fill(-1) });
    expect(nobody).toEqual({ state: "not estimable", reason: "no unit starts" });
  });
});

describe("weights on a simplex", () => {
  it("are the nearest: no other mixture is closer", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 12 }), fc.integer({ min: 2, max: 8 }), (seed, n, m) => {
        const random = new RandomStream(seed, "simplex");
        const a = new Matrix(m, n);
        for (let i = 0; i < a.data.length; i++) a.data[i] = random.normal();
        const b = Float64Array.from({ length: m }, () => random.normal());
        const ridge = random.uniform() < 0.5 ? 0 : random.uniform();
        const distance = (at: Float64Array): number => {
          let sum = 0;
          for (let i = 0; i < m; i++) {
            let own = -b[i];
            for (let j = 0; j < n; j++) own += at[j] * a.get(i, j);
            sum += own * own;
          }
          return sum + ridge * at.reduce((total, own) => total + own * own, 0);
        };
        const w = simplexWeights(a, b, ridge);
        near(
          w.reduce((sum, own) => sum + own, 0),
          1,
          1e-9,
        );
        for (const own of w) expect(own).toBeGreaterThanOrEqual(-1e-12);
        const best = distance(w);
        for (let j = 0; j < n; j++) {
          for (let l = 0; l < n; l++) {
            const step = Math.min(0.01, w[j]);
            const moved = w.slice();
            moved[j] -= step;
            moved[l] += step;
            expect(distance(moved)).toBeGreaterThanOrEqual(best - 1e-8);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it("give a target that is one of the columns to that column", () => {
    const a = Matrix.fromColumns([
      [1, 2, 3],
      [4, 4, 1],
      [0, -1, 5],
    ]);
    expect([...simplexWeights(a, Float64Array.of(4, 4, 1))].map((own) => Math.round(own * 1e6) / 1e6)).toEqual([
      0, 1, 0,
    ]);
  });
});

describe("synthetic control and synthetic difference-in-differences", () => {
  const starts = [5, 5, ...new Array<number>(18).fill(-1)];

  it("find the effect within their noise", () => {
    const rows = panel(8, starts, 8, 6, 0.5);
    const control = syntheticControl({ rows, treated: [0, 1], start: 5 });
    const did = syntheticDid({
      rows,
      treated: [0, 1],
      start: 5,
      uncertainty: "placebo",
      random: new RandomStream(1, "placebo"),
      level: 0.95,
    });
    if (control.state !== "estimated" || did.state !== "estimated") throw new Error("not estimated");
    expect(Math.abs(did.effect - 6)).toBeLessThan(1);
    if (!("se" in did.uncertainty)) throw new Error(did.uncertainty.reason);
    expect(did.uncertainty.low < 6 && did.uncertainty.high > 6).toBe(true);
    near(
      control.weights.reduce((sum, own) => sum + own, 0),
      1,
      1e-9,
    );
    expect(control.placeboP).toBeGreaterThanOrEqual(1 / 19 - 1e-12);
    expect(control.gaps.length).toBe(8);
  });

  it("levels that differ do not move the difference-in-differences", () => {
    const rows = panel(9, starts, 8, 2);
    const lifted = { ...rows, outcome: rows.outcome.map((value, i) => value + (rows.unit[i] < 2 ? 100 : 0)) };
    const [one, other] = [rows, lifted].map((own) =>
      syntheticDid({
        rows: own,
        treated: [0, 1],
        start: 5,
        uncertainty: "jackknife",
        random: new RandomStream(1, "x"),
        level: 0.95,
      }),
    );
    if (one.state !== "estimated" || other.state !== "estimated") throw new Error("not estimated");
    near(other.effect, one.effect, 1e-8, 1);
  });

  it("say why there is none", () => {
    const rows = panel(8, starts, 8, 6);
    const random = new RandomStream(1, "x");
    for (const result of [
      syntheticControl({ rows, treated: [], start: 5 }),
      syntheticControl({ rows, treated: [0], start: 0 }),
      syntheticControl({ rows, treated: [...starts.keys()].slice(1), start: 5 }),
      syntheticDid({ rows, treated: [0], start: 1, uncertainty: "placebo", random, level: 0.95 }),
      syntheticControl({
        rows: { ...rows, outcome: rows.outcome.map((own, i) => (i === 3 ? Number.NaN : own)) },
        treated: [0],
        start: 5,
      }),
    ]) {
      expect(result.state).toBe("not estimable");
    }
    const single = syntheticDid({ rows, treated: [0], start: 5, uncertainty: "jackknife", random, level: 0.95 });
    expect(single.state === "estimated" && "reason" in single.uncertainty).toBe(true);
  });
});

describe("trends that are not parallel", () => {
  const effects = [
    { period: 0, estimate: 0.3 },
    { period: 1, estimate: -0.1 },
    { period: 3, estimate: 2 },
    { period: 4, estimate: 2.2 },
  ];
  const covariance = new Matrix(4, 4);
  for (let i = 0; i < 4; i++) covariance.set(i, i, 0.04);
  const own = { effects, covariance, baseline: 2, start: 3, period: 3, level: 0.95 };

  it("widen the interval with the ratio, from the plain one at 0, and break it where they say", () => {
    const result = relativeMagnitudes({ ...own, ratios: [0, 0.5, 1, 2] });
    if (result.state !== "estimated") throw new Error(result.reason);
    near(result.worstStep, 0.4, 1e-12);
    near(result.bounds[0].low, 2 - 1.959963984540054 * 0.2, 1e-9);
    for (let i = 1; i < 4; i++) {
      expect(result.bounds[i].low).toBeLessThan(result.bounds[i - 1].low);
      expect(result.bounds[i].high).toBeGreaterThan(result.bounds[i - 1].high);
    }
    near(result.bounds[2].lowEstimate, 2 - 0.4, 1e-12);
    const at = relativeMagnitudes({ ...own, ratios: [result.breakdown] });
    expect(at.state === "estimated" && Math.abs(at.bounds[0].low)).toBeLessThan(1e-6);
  });

  it("let a departure add up with the time since the start", () => {
    const later = relativeMagnitudes({ ...own, period: 4, ratios: [1] });
    if (later.state !== "estimated") throw new Error(later.reason);
    near(later.bounds[0].lowEstimate, 2.2 - 2 * 0.4, 1e-12);
  });

  it("cannot be judged by one earlier period", () => {
    expect(
      relativeMagnitudes({ ...own, effects: effects.slice(2), covariance: new Matrix(2, 2), ratios: [1] }).state,
    ).toBe("not estimable");
    expect(() => relativeMagnitudes({ ...own, period: 1, ratios: [1] })).toThrow(RangeError);
    expect(() => relativeMagnitudes({ ...own, ratios: [-1] })).toThrow(RangeError);
  });
});

describe("randomisation", () => {
  it("of 4 against 4 with the largest difference has p 2/70", () => {
    const outcome = Float64Array.of(9, 8, 10, 11, 1, 2, 0, 3);
    const result = randomisationTest({
      outcome,
      treated: [1, 1, 1, 1, 0, 0, 0, 0],
      random: new RandomStream(1, "r"),
      level: 0.9,
    });
    if (result.state !== "estimated") throw new Error(result.reason);
    expect(result.isComplete).toBe(true);
    expect(result.allocations).toBe(70);
    near(result.p, 2 / 70, 1e-12);
    expect(result.low <= result.estimate && result.estimate <= result.high).toBe(true);
  });

  it("moves its interval with a constant effect, and its p not with a shift of all", () => {
    const random = new RandomStream(5, "r");
    const outcome = Float64Array.from({ length: 14 }, () => random.normal());
    const treated = outcome.map((_, i) => i % 2);
    const run = (values: Float64Array) => {
      const result = randomisationTest({
        outcome: values,
        treated,
        draws: 400,
        random: new RandomStream(2, "d"),
        level: 0.9,
      });
      if (result.state !== "estimated") throw new Error(result.reason);
      return result;
    };
    const plain = run(outcome);
    const raised = run(outcome.map((own, i) => own + 3 * treated[i]));
    near(raised.low, plain.low + 3, 1e-9, 1);
    near(raised.high, plain.high + 3, 1e-9, 1);
    near(run(outcome.map((own) => own + 7)).p, plain.p, 1e-12);
  });

  it("keeps its level when there is nothing", () => {
    const random = new RandomStream(6, "level");
    let rejected = 0;
    for (let run = 0; run < 300; run++) {
      const outcome = Float64Array.from({ length: 12 }, () => random.normal());
      const result = randomisationTest({
        outcome,
        treated: outcome.map((_, i) => Number(i < 6)),
        draws: 99,
        random,
        level: 0.9,
      });
      if (result.state === "estimated" && result.p <= 0.1) rejected++;
    }
    // 30 expected, standard error 5.2.
    expect(rejected).toBeLessThan(46);
    expect(rejected).toBeGreaterThan(14);
  });

  it("says what cannot have been allocated", () => {
    const outcome = Float64Array.of(1, 2, 3, 4);
    const random = new RandomStream(1, "r");
    const cluster = Int32Array.of(0, 0, 1, 1);
    const strata = Int32Array.of(0, 1, 0, 0);
    const reasonOf = (own: object) => randomisationTest({ outcome, treated: [1, 0, 0, 0], random, level: 0.9, ...own });
    expect(reasonOf({ cluster })).toEqual({
      state: "not estimable",
      reason: "cluster 0 is partly treated: it cannot have been allocated whole",
    });
    expect(reasonOf({ cluster, strata, treated: [1, 1, 0, 0] }).state).toBe("not estimable");
    expect(reasonOf({ treated: [1, 1, 1, 1] }).state).toBe("not estimable");
    expect(() => randomisationTest({ outcome, treated: [1], random, level: 0.9 })).toThrow(ShapeMismatch);
    expect(() => reasonOf({ outcome: Float64Array.of(1, Number.NaN, 2, 3) })).toThrow(/NaN/);
  });
});

describe("complier effect", () => {
  function offered(seed: number, n: number) {
    const random = new RandomStream(seed, "offer");
    const offer = Float64Array.from({ length: n }, () => Number(random.uniform() < 0.5));
    const willing = offer.map(() => random.normal());
    const takes = offer.map((own, i) => Number(own === 1 && willing[i] > -0.3));
    const outcome = takes.map((own, i) => 1.5 * own + willing[i] + random.normal());
    return { offered: offer, takesPart: takes, outcome };
  }

  it("is the ratio of the effect of the offer to that on taking part", () => {
    const result = complierEffect({ ...offered(1, 300), level: 0.95, kind: "HC1" });
    if (result.state !== "estimated") throw new Error(result.reason);
    near(result.effect.estimate, result.offer.estimate / result.firstStage.estimate, 1e-10);
    expect(result.isWeak).toBe(false);
  });

  it("covers the truth where those who take part differ", () => {
    let held = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const result = complierEffect({ ...offered(seed, 250), level: 0.95, kind: "HC1" });
      if (result.state === "estimated" && result.effect.low <= 1.5 && result.effect.high >= 1.5) held++;
    }
    // 190 expected, standard error 3.
    expect(held).toBeGreaterThan(179);
  });

  it("is the effect of the offer where everybody does as offered", () => {
    const rows = offered(2, 100);
    const result = complierEffect({ ...rows, takesPart: rows.offered, level: 0.95, kind: "HC1" });
    if (result.state !== "estimated") throw new Error(result.reason);
    near(result.effect.estimate, result.offer.estimate, 1e-10);
    near(result.effect.se, result.offer.se, 1e-9);
    expect(result.instrumentF).toBe(Number.POSITIVE_INFINITY);
  });

  it("warns of a weak offer and refuses one that changes nothing", () => {
    const rows = offered(3, 60);
    const random = new RandomStream(1, "weak");
    const weak = complierEffect({
      ...rows,
      takesPart: rows.offered.map((own) => Number(random.uniform() < 0.5 + 0.05 * own)),
      level: 0.95,
    });
    expect(weak.state === "estimated" && weak.isWeak).toBe(true);
    expect(complierEffect({ ...rows, offered: new Float64Array(60).fill(1), level: 0.95 }).state).toBe("not estimable");
    expect(complierEffect({ ...rows, takesPart: new Float64Array(60), level: 0.95 }).state).toBe("not estimable");
  });
});
