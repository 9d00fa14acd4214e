import { describe, expect, it } from "vitest";
import { Matrix, RandomStream, ShapeMismatch } from "#math";
import { near, withIntercept } from "../testing/reference.ts";
import { fitLinear } from "./linearFit.ts";
import { wildClusterBootstrap } from "./wildClusterBootstrap.ts";

const NAMES = ["(Intercept)", "treated", "a"];

function sample(seed: number, clusters: number, size: number) {
  const random = new RandomStream(seed, "sample");
  const cluster = Int32Array.from({ length: clusters * size }, (_, i) => Math.floor(i / size));
  const effect = Float64Array.from({ length: clusters }, () => random.normal());
  const treated = Float64Array.from(cluster, (g) => Number(g % 4 === 0));
  const a = Float64Array.from(cluster, () => random.normal());
  const y = Float64Array.from(cluster, (g, i) => 0.8 * treated[i] + a[i] + effect[g] + random.normal());
  const weights = Float64Array.from(cluster, () => 0.5 + random.uniform());
  return { y, x: withIntercept([treated, a]), cluster, weights };
}

/** The statistic of every draw by fitting the restricted and the full model again and again. */
function pByRefitting(
  { y, x, cluster, weights }: ReturnType<typeof sample>,
  r: number,
  draws: number,
  random: RandomStream,
): number {
  const others = Matrix.fromColumns([x.column(0), x.column(2)]);
  const restricted = fitLinear({
    y: y.map((value, i) => value - r * x.get(i, 1)),
    x: others,
    names: ["(Intercept)", "a"],
    weights,
  });
  const statistic = (outcome: Float64Array): number => {
    const fit = fitLinear({ y: outcome, x, names: NAMES, weights });
    const partialled = fitLinear({ y: x.column(1).slice(), x: others, names: ["(Intercept)", "a"], weights }).residuals;
    const scores = new Map<number, number>();
    let information = 0;
    for (const [i, g] of cluster.entries()) {
      scores.set(g, (scores.get(g) ?? 0) + weights[i] * partialled[i] * fit.residuals[i]);
      information += weights[i] * partialled[i] ** 2;
    }
    const meat = [...scores.values()].reduce((sum, score) => sum + score * score, 0);
    return Math.abs(fit.beta[1] - r) / (Math.sqrt(meat) / information);
  };
  const own = statistic(y);
  let extreme = 0;
  for (let draw = 0; draw < draws; draw++) {
    const v = Float64Array.from({ length: new Set(cluster).size }, () => random.webb());
    const fitted = y.map((value, i) => value - restricted.residuals[i] + restricted.residuals[i] * v[cluster[i]]);
    if (statistic(fitted) >= own * (1 - 1e-9)) extreme++;
  }
  return (1 + extreme) / (1 + draws);
}

describe("wild cluster bootstrap", () => {
  const data = sample(1, 12, 5);
  const fit = fitLinear({ y: data.y, x: data.x, names: NAMES, weights: data.weights });
  const run = (draws: number, name: string) =>
    wildClusterBootstrap(fit, {
      clusters: data.cluster,
      coefficient: "treated",
      draws,
      level: 0.95,
      random: new RandomStream(2, name),
    });

  it("gives the p that fitting both models again for every draw gives", () => {
    const found = run(400, "draws");
    if (found.state !== "estimated") throw new Error(found.reason);
    expect(found.p).toBe(pByRefitting(data, 0, 400, new RandomStream(2, "draws")));
  });

  it("ends its interval where a test of that value, with the same draws, turns", () => {
    const found = run(199, "ends");
    if (found.state !== "estimated") throw new Error(found.reason);
    const pAt = (r: number) => pByRefitting(data, r, 199, new RandomStream(2, "ends"));
    const width = found.high - found.low;
    expect(pAt(found.low + 1e-6 * width)).toBeGreaterThan(0.05);
    expect(pAt(found.low - 1e-6 * width)).toBeLessThanOrEqual(0.05);
    expect(pAt(found.high - 1e-6 * width)).toBeGreaterThan(0.05);
    expect(pAt(found.high + 1e-6 * width)).toBeLessThanOrEqual(0.05);
  });

  it("contains 0 exactly when p is above .05", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const own = sample(seed, 10, 4);
      const found = wildClusterBootstrap(fitLinear({ y: own.y, x: own.x, names: NAMES }), {
        clusters: own.cluster,
        coefficient: "treated",
        draws: 199,
        level: 0.95,
        random: new RandomStream(seed, "zero"),
      });
      if (found.state === "estimated") expect(found.low <= 0 && found.high >= 0).toBe(found.p > 0.05);
    }
  });

  it("gives the same numbers for the same stream, and scales with the outcome", () => {
    const once = run(499, "same");
    expect(run(499, "same")).toEqual(once);
    const tenfold = wildClusterBootstrap(
      fitLinear({ y: data.y.map((v) => 10 * v), x: data.x, names: NAMES, weights: data.weights }),
      {
        clusters: data.cluster,
        coefficient: "treated",
        draws: 499,
        level: 0.95,
        random: new RandomStream(2, "same"),
      },
    );
    if (once.state !== "estimated" || tenfold.state !== "estimated") throw new Error("not estimable");
    near(tenfold.p, once.p, 1e-12);
    near(tenfold.low, 10 * once.low, 1e-6);
  });

  it("says why it has no answer: too few clusters, no variance, a dropped column", () => {
    const options = { coefficient: "treated", draws: 99, level: 0.95, random: new RandomStream(1, "none") };
    const two = sample(3, 2, 10);
    const few = fitLinear({ y: two.y, x: withIntercept([two.x.column(2)]), names: ["(Intercept)", "treated"] });
    expect(wildClusterBootstrap(few, { ...options, clusters: two.cluster })).toMatchObject({
      state: "not estimable",
      reason: "only 2 clusters to draw from",
    });
    const flat = fitLinear({ y: new Float64Array(60), x: data.x, names: NAMES });
    expect(wildClusterBootstrap(flat, { ...options, clusters: data.cluster }).state).toBe("not estimable");
    const again = fitLinear({
      y: data.y,
      x: withIntercept([data.x.column(2), data.x.column(2)]),
      names: ["(Intercept)", "a", "treated"],
    });
    expect(wildClusterBootstrap(again, { ...options, clusters: data.cluster }).state).toBe("not estimable");
    expect(() => wildClusterBootstrap(fit, { ...options, coefficient: "nobody", clusters: data.cluster })).toThrow(
      ShapeMismatch,
    );
  });

  it("does not fail with a single treated cluster", () => {
    const alone = sample(4, 8, 5);
    const treated = Float64Array.from(alone.cluster, (g) => Number(g === 0));
    const found = wildClusterBootstrap(
      fitLinear({ y: alone.y, x: withIntercept([treated]), names: ["(Intercept)", "treated"] }),
      {
        clusters: alone.cluster,
        coefficient: "treated",
        draws: 199,
        level: 0.95,
        random: new RandomStream(4, "alone"),
      },
    );
    if (found.state === "estimated") expect(found.low).toBeLessThanOrEqual(found.high);
    else expect(found.reason).not.toBe("");
  });
});
