import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, RandomStream, symmetricEigen } from "#math";
import { near, withIntercept } from "../testing/reference.ts";
import { jointTest, testContrast } from "./contrastTests.ts";
import { ContrastNotEstimable, fitLinear, type LinearFit } from "./linearFit.ts";
import { robustCovariance } from "./robustCovariance.ts";
import { wildClusterBootstrap } from "./wildClusterBootstrap.ts";

/** Rows in clusters of different size, with a treatment by cluster, two covariates and weights. */
function clustered(seed: number, sizes: readonly number[], isWeighted = true) {
  const random = new RandomStream(seed, "clustered");
  const cluster = Int32Array.from(sizes.flatMap((size, g) => Array.from({ length: size }, () => g)));
  const effect = sizes.map(() => random.normal());
  const treated = Float64Array.from(cluster, (g) => Number(g % 3 === 0));
  const a = Float64Array.from(cluster, () => random.normal());
  const b = Float64Array.from(cluster, (g) => effect[g] + random.normal());
  const weights = Float64Array.from(cluster, () => (isWeighted ? 0.2 + random.uniform() : 1));
  const y = Float64Array.from(cluster, (g, i) => 0.5 * treated[i] + a[i] + 0.7 * random.normal() + 0.5 * effect[g]);
  const x = withIntercept([treated, a, b]);
  const names = ["(Intercept)", "treated", "a", "b"];
  return { fit: fitLinear({ y, x, names, weights }), cluster, x, y, weights, names };
}

const identity = (n: number) =>
  Array.from({ length: n }, (_row, i) => Float64Array.from({ length: n }, (_column, j) => Number(i === j)));
const times = (a: readonly Float64Array[], b: readonly Float64Array[]) =>
  a.map((row) => Float64Array.from(b[0], (_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
const flip = (a: readonly Float64Array[]) => Array.from(a[0], (_, j) => Float64Array.from(a, (row) => row[j]));
const trace = (a: readonly Float64Array[]) => a.reduce((sum, row, i) => sum + row[i], 0);

function power(a: readonly Float64Array[], exponent: number): Float64Array[] {
  const { values, vectors } = symmetricEigen(Matrix.fromColumns(a));
  return a.map((_, i) =>
    Float64Array.from(a, (_row, j) =>
      values.reduce(
        (sum, value, e) => sum + (value > 1e-12 ? value ** exponent * vectors.get(i, e) * vectors.get(j, e) : 0),
        0,
      ),
    ),
  );
}

/** The definitions of clubSandwich with matrices of n × n, for one or more contrasts of coefficients. */
function byDefinition({ x, weights, cluster, fit }: ReturnType<typeof clustered>, c: readonly Float64Array[]) {
  const n = x.rows;
  const rows = Array.from({ length: n }, (_row, i) =>
    Float64Array.from({ length: x.columns }, (_column, j) => x.get(i, j)),
  );
  const wx = rows.map((row, i) => row.map((value) => value * weights[i]));
  const m = power(times(flip(rows), wx), -1);
  const h = times(times(rows, m), flip(wx));
  const left = identity(n).map((row, i) => row.map((value, j) => value - h[i][j]));
  const errors = times(left, flip(left));
  const clusters = [...new Set(cluster)];
  // Each cluster's n-vectors p with D = Σ (pᵀe)(pᵀe)ᵀ.
  const shares = clusters.map((g) => {
    const own = [...cluster.keys()].filter((i) => cluster[i] === g);
    const b = own.map((i) => Float64Array.from(own, (j) => errors[i][j]));
    const scores = times(
      times(
        power(b, -0.5),
        own.map((i) => wx[i]),
      ),
      times(m, flip(c)),
    );
    return { own, scores };
  });
  const cov = (g: number, k: number) =>
    times(
      times(
        flip(shares[g].scores),
        shares[g].own.map((i) => Float64Array.from(shares[k].own, (j) => errors[i][j])),
      ),
      shares[k].scores,
    );
  const q = c.length;
  let omega = identity(q).map((row) => row.fill(0));
  const variance = identity(q).map((row) => row.fill(0));
  for (const [g, { own, scores }] of shares.entries()) {
    const share = flip(scores).map((column) =>
      column.reduce((sum, value, i) => sum + value * fit.residuals[own[i]], 0),
    );
    omega = omega.map((row, s) => row.map((value, t) => value + cov(g, g)[s][t]));
    for (let s = 0; s < q; s++) for (let t = 0; t < q; t++) variance[s][t] += share[s] * share[t];
  }
  const root = power(omega, -0.5);
  let total = 0;
  for (const g of shares.keys()) {
    for (const k of shares.keys()) {
      const standard = times(times(root, cov(g, k)), root);
      total += trace(standard) ** 2 + trace(times(standard, standard));
    }
  }
  return { variance, eta: (q * (q + 1)) / total };
}

describe("bias-reduced variance, against its definition with n × n matrices", () => {
  const SIZES = [1, 1, 2, 3, 5, 12, 14, 4, 9];

  it.each([
    ["unequal weights", true],
    ["equal weights", false],
  ])("gives variance and Satterthwaite degrees of freedom with %s, in small and large clusters", (_, isWeighted) => {
    const data = clustered(1, SIZES, isWeighted);
    const covariance = robustCovariance(data.fit, { kind: "CR2", clusters: [data.cluster] });
    for (const contrast of [...identity(4), Float64Array.of(0, 1, -2, 0.5)]) {
      const expected = byDefinition(data, [contrast]);
      const test = testContrast(data.fit, covariance, contrast, { level: 0.95 });
      near(test.se ** 2, expected.variance[0][0], 1e-9);
      near(test.df, expected.eta, 1e-9);
    }
  });

  it.each([
    ["unequal weights", true],
    ["equal weights", false],
  ])("gives the joint test with its approximate Hotelling degrees of freedom, with %s", (_, isWeighted) => {
    const data = clustered(2, SIZES, isWeighted);
    const contrasts = Matrix.fromColumns([
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
    const rows = [Float64Array.of(0, 1, 0, 0), Float64Array.of(0, 0, 1, 1)];
    const { variance, eta } = byDefinition(data, rows);
    const b = rows.map((row) => Float64Array.of(row.reduce((sum, value, j) => sum + value * data.fit.beta[j], 0)));
    const quadratic = times(times(flip(b), power(variance, -1)), b)[0][0];
    const test = jointTest(data.fit, robustCovariance(data.fit, { kind: "CR2", clusters: [data.cluster] }), contrasts)!;
    near(test.dfDenominator, eta - 1, 1e-9);
    near(test.f, ((eta - 1) / (eta * 2)) * quadratic, 1e-9);
    expect(test.dfNumerator).toBe(2);
  });

  it("is HC2 when every row is a cluster of its own and all weigh the same", () => {
    const { fit, cluster } = clustered(3, SIZES, false);
    const contrast = Float64Array.of(0, 1, 0, 0);
    const each = testContrast(fit, robustCovariance(fit, { kind: "CR2" }), contrast, { level: 0.95 });
    const named = testContrast(
      fit,
      robustCovariance(fit, { kind: "CR2", clusters: [Int32Array.from(cluster.keys())] }),
      contrast,
      { level: 0.95 },
    );
    const hc2 = testContrast(fit, robustCovariance(fit, { kind: "HC2" }), contrast, { level: 0.95 });
    near(each.se, hc2.se, 1e-12);
    expect(named).toEqual(each);
    expect(hc2.df).toBe(fit.dfResidual);
  });

  it("is unbiased when errors are independent and alike: the mean over many samples is σ²(XᵀX)⁻¹", () => {
    const { x, names, cluster } = clustered(4, SIZES, false);
    const random = new RandomStream(4, "errors");
    const contrast = Float64Array.of(0, 1, 0, 0);
    const samples = 4000;
    let sum = 0;
    let last: LinearFit | undefined;
    for (let s = 0; s < samples; s++) {
      last = fitLinear({ y: Float64Array.from(cluster, () => random.normal()), x, names });
      sum +=
        testContrast(last, robustCovariance(last, { kind: "CR2", clusters: [cluster] }), contrast, { level: 0.95 })
          .se ** 2;
    }
    const model = testContrast(last!, robustCovariance(last!, { kind: "model" }), contrast, { level: 0.95 });
    const sigma2 = last!.residuals.reduce((total, e) => total + e * e, 0) / last!.dfResidual;
    // The mean of 4,000 variances with about 3 df each has a standard error of 1.3%.
    near(sum / samples, model.se ** 2 / sigma2, 0.05);
  });
});

describe("laws of clustered covariances", () => {
  it("do not change when a column is scaled or another added to it, nor with the names of the clusters", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.01, max: 1000, noNaN: true }), (seed, factor) => {
        const { fit, cluster, x, y, names, weights } = clustered(seed, [3, 8, 1, 6, 2, 7, 5]);
        const columns = [0, 1, 2, 3].map((j) => x.column(j));
        const changed = Matrix.fromColumns([
          columns[0],
          columns[1],
          columns[2].map((v) => v * factor),
          columns[3].map((v, i) => v + 3 * columns[2][i]),
        ]);
        const again = fitLinear({ y, x: changed, names, weights });
        const contrast = Float64Array.of(0, 1, 0, 0);
        const renamed = cluster.map((g) => 1_000_003 * ((g * 5) % 7) - 17);
        for (const kind of ["CR0", "CR1", "CR1S", "CR2"] as const) {
          const one = testContrast(fit, robustCovariance(fit, { kind, clusters: [cluster] }), contrast, {
            level: 0.95,
          });
          const other = testContrast(again, robustCovariance(again, { kind, clusters: [renamed] }), contrast, {
            level: 0.95,
          });
          near(other.estimate, one.estimate, 1e-8, 1);
          near(other.se, one.se, 1e-8);
          near(other.df, one.df, 1e-6);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("count a row of weight two as the row twice under CR0, and a row of weight zero not at all", () => {
    const { cluster, x, y, names } = clustered(5, [3, 8, 1, 6, 2, 7, 5]);
    const weights = Float64Array.from(y, (_, i) => i % 3);
    const rows = [...y.keys()].flatMap((i) => Array.from({ length: i % 3 }, () => i));
    const take = (values: ArrayLike<number>) => Float64Array.from(rows, (i) => values[i]);
    const weighted = fitLinear({ y, x, names, weights });
    const repeated = fitLinear({
      y: take(y),
      x: Matrix.fromColumns([0, 1, 2, 3].map((j) => take(x.column(j)))),
      names,
    });
    const test = (fit: LinearFit, codes: Int32Array) =>
      testContrast(fit, robustCovariance(fit, { kind: "CR0", clusters: [codes] }), Float64Array.of(0, 1, 0, 0), {
        level: 0.95,
      });
    const one = test(weighted, cluster);
    const other = test(
      repeated,
      Int32Array.from(rows, (i) => cluster[i]),
    );
    near(one.estimate, other.estimate, 1e-11);
    near(one.se, other.se, 1e-11);
    expect(weighted.rows).toHaveLength(y.filter((_, i) => i % 3 > 0).length);
  });

  it("with two levels are the sum of both less their intersection, and nested levels are the upper one", () => {
    const { fit, cluster } = clustered(6, [3, 8, 1, 6, 2, 7, 5]);
    const other = Int32Array.from(cluster, (_, i) => i % 6);
    const both = Int32Array.from(cluster, (g, i) => g * 6 + other[i]);
    const contrast = Float64Array.of(0, 0, 1, 0);
    const test = (clusters: Int32Array[]) =>
      testContrast(fit, robustCovariance(fit, { kind: "CR2", clusters }), contrast, { level: 0.95 });
    const twoWay = test([cluster, other]);
    near(twoWay.se ** 2, test([cluster]).se ** 2 + test([other]).se ** 2 - test([both]).se ** 2, 1e-10);
    expect(twoWay.df).toBe(Math.min(test([cluster]).df, test([other]).df));
    near(test([cluster, both]).se, test([cluster]).se, 1e-10);
  });

  it("with three levels add what any three share, and a level given twice counts as once", () => {
    const { fit, cluster } = clustered(8, [3, 8, 1, 6, 2, 7, 5]);
    const second = Int32Array.from(cluster, (_, i) => i % 6);
    const third = Int32Array.from(cluster, (_, i) => Math.floor(i / 2));
    const of = (...levels: Int32Array[]) => {
      const [first] = levels;
      const codes = Int32Array.from(first, (_, i) => levels.reduce((code, level) => code * 100 + level[i], 0));
      return robustCovariance(fit, { kind: "CR2", clusters: [codes] }).v;
    };
    const parts: readonly (readonly [number, Matrix])[] = [
      [1, of(cluster)],
      [1, of(second)],
      [1, of(third)],
      [-1, of(cluster, second)],
      [-1, of(cluster, third)],
      [-1, of(second, third)],
      [1, of(cluster, second, third)],
    ];
    const whole = robustCovariance(fit, { kind: "CR2", clusters: [cluster, second, third] });
    for (let i = 0; i < whole.v.data.length; i++) {
      const expected = parts.reduce((sum, [sign, { data }]) => sum + sign * data[i], 0);
      near(whole.v.data[i], expected, 1e-12, 1);
    }
    const twice = robustCovariance(fit, { kind: "CR2", clusters: [cluster, second, cluster] });
    const once = robustCovariance(fit, { kind: "CR2", clusters: [cluster, second] });
    expect(twice.v.data).toEqual(once.v.data);
    expect(twice.reduced).toHaveLength(2);
  });

  it("do not change when all weights are multiplied", () => {
    const { cluster, x, y, names } = clustered(9, [3, 8, 1, 6, 2, 7, 5], false);
    const test = (weight: number) => {
      const fit = fitLinear({ y, x, names, weights: new Float64Array(y.length).fill(weight) });
      const covariance = robustCovariance(fit, { kind: "CR2", clusters: [cluster] });
      return testContrast(fit, covariance, Float64Array.of(0, 1, 0, 0), { level: 0.95 });
    };
    near(test(4).se, test(1).se, 1e-10);
    near(test(4).df, test(1).df, 1e-9);
  });
});

describe("what cannot be estimated", () => {
  it("names a repeated column, leaves its coefficient undefined and refuses to test it", () => {
    const { x, y, cluster } = clustered(7, [3, 8, 6]);
    const again = Matrix.fromColumns([x.column(0), x.column(1), x.column(1).map((v) => 1 - v), x.column(2)]);
    const fit = fitLinear({ y, x: again, names: ["(Intercept)", "treated", "untreated", "a"] });
    expect(fit.dropped).toEqual(["untreated"]);
    expect(fit.beta[2]).toBeNaN();
    const covariance = robustCovariance(fit, { kind: "CR1", clusters: [cluster] });
    expect(() => testContrast(fit, covariance, Float64Array.of(0, 0, 1, 0), { level: 0.95 })).toThrow(
      ContrastNotEstimable,
    );
    expect(testContrast(fit, covariance, Float64Array.of(0, 1, 0, 0), { level: 0.95 }).df).toBe(2);
  });

  it.each(["CR0", "CR1", "CR1S", "CR2", "HC2", "model"] as const)(
    "says under %s that a saturated model has no uncertainty",
    (kind) => {
      const fit = fitLinear({
        y: Float64Array.of(1, 2),
        x: Matrix.fromColumns([
          [1, 1],
          [0, 1],
        ]),
        names: ["(Intercept)", "treated"],
      });
      const clusters = [Int32Array.of(0, 1)];
      const test = testContrast(fit, robustCovariance(fit, { kind, clusters }), Float64Array.of(0, 1), { level: 0.95 });
      expect(test).toMatchObject({ estimate: expect.closeTo(1, 12), df: 0, se: Number.NaN, p: Number.NaN });
    },
  );

  it.each(["CR0", "CR1", "CR1S", "CR2"] as const)("says under %s that one cluster has no uncertainty", (kind) => {
    const { fit } = clustered(8, [9, 9, 9]);
    const one = [new Int32Array(27)];
    expect(
      testContrast(fit, robustCovariance(fit, { kind, clusters: one }), Float64Array.of(0, 1, 0, 0), { level: 0.95 }),
    ).toMatchObject({
      df: 0,
      p: Number.NaN,
    });
    expect(
      jointTest(fit, robustCovariance(fit, { kind, clusters: one }), Matrix.fromColumns([[0], [1], [0], [0]])),
    ).toBeUndefined();
  });

  it("has no joint test of more contrasts than the clusters allow", () => {
    const { fit, cluster } = clustered(9, [9, 9, 9]);
    const contrasts = new Matrix(3, 4);
    for (let i = 0; i < 3; i++) contrasts.set(i, i + 1, 1);
    expect(jointTest(fit, robustCovariance(fit, { kind: "CR2", clusters: [cluster] }), contrasts)).toBeUndefined();
  });
});

describe("coverage in a small design: 24 clusters, 6 treated, errors that go together", () => {
  it("is near 95% for CR2 and for the bootstrap, and lower for CR0 with the same t", () => {
    const sizes = Array.from({ length: 24 }, (_, g) => 3 + (g % 5));
    const cluster = Int32Array.from(sizes.flatMap((size, g) => Array.from({ length: size }, () => g)));
    const treated = Float64Array.from(cluster, (g) => Number(g < 6));
    const x = withIntercept([treated]);
    const random = new RandomStream(11, "coverage");
    const contrast = Float64Array.of(0, 1);
    const samples = 500;
    const covered = { CR0: 0, CR2: 0, wild: 0 };
    for (let s = 0; s < samples; s++) {
      const effect = sizes.map(() => random.normal());
      const fit = fitLinear({
        y: Float64Array.from(cluster, (g) => effect[g] + random.normal()),
        x,
        names: ["(Intercept)", "treated"],
      });
      for (const kind of ["CR0", "CR2"] as const) {
        const { low, high } = testContrast(fit, robustCovariance(fit, { kind, clusters: [cluster] }), contrast, {
          level: 0.95,
        });
        covered[kind] += Number(low <= 0 && high >= 0);
      }
      const wild = wildClusterBootstrap(fit, {
        clusters: cluster,
        coefficient: "treated",
        draws: 199,
        level: 0.95,
        random,
      });
      covered.wild += Number(wild.state === "estimated" && wild.low <= 0 && wild.high >= 0);
    }
    // 500 samples at .95 have a standard error of one point.
    expect(covered.CR2 / samples).toBeGreaterThan(0.92);
    expect(covered.CR2 / samples).toBeLessThan(0.98);
    expect(covered.wild / samples).toBeGreaterThan(0.92);
    expect(covered.wild / samples).toBeLessThan(0.985);
    expect(covered.CR0).toBeLessThan(covered.CR2);
  });
});
