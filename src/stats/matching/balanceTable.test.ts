import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, RandomStream } from "#math";
import { BadWeights } from "../common/badWeights.ts";
import type { Variable } from "../model/variable.ts";
import { near } from "../testing/reference.ts";
import { balanceSummary, effectiveSizes, rubinsBAndR } from "./balanceSummary.ts";
import { type BalanceRow, balanceTable } from "./balanceTable.ts";
import { distributionGap, meanDistributionGap } from "./distributionGap.ts";
import { numberOrNaN } from "./statistic.ts";

const samples = fc
  .array(
    fc.record({
      value: fc.integer({ min: -4, max: 4 }),
      code: fc.integer({ min: 0, max: 2 }),
      arm: fc.constantFrom(0, 1),
      weight: fc.constantFrom(0, 0.5, 1, 3),
    }),
    { minLength: 4, maxLength: 30 },
  )
  .map((rows) => ({
    values: Float64Array.from(rows, (row) => row.value),
    codes: Int32Array.from(rows, (row) => row.code),
    treated: Uint8Array.from(rows, (row) => row.arm),
    weights: Float64Array.from(rows, (row) => row.weight),
  }));

type Sample = typeof samples extends fc.Arbitrary<infer T> ? T : never;

const covariatesOf = ({ values, codes }: Pick<Sample, "values" | "codes">): Map<string, Variable> =>
  new Map<string, Variable>([
    ["value", { kind: "number", values }],
    ["group", { kind: "factor", codes, levels: ["a", "b", "c"] }],
  ]);

/** The statistics of a row as numbers, NaN where there is none. */
function figures({ before, after }: BalanceRow): number[] {
  return [before, after].flatMap((own) => [
    numberOrNaN(own.meanTreated),
    numberOrNaN(own.meanControl),
    numberOrNaN(own.smd),
    numberOrNaN(own.pctBias),
    numberOrNaN(own.varianceRatio),
    numberOrNaN(own.ks),
    numberOrNaN(own.meanGap ?? Number.NaN),
  ]);
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) {
    if (Number.isNaN(value)) expect(actual[i]).toBeNaN();
    else near(actual[i], value, 1e-9, 1);
  }
}

describe("balance table", () => {
  it("never lets NaN out as a number", () => {
    fc.assert(
      fc.property(samples, fc.constantFrom("treated", "control", "pooled", "all"), (sample, denominator) => {
        for (const row of balanceTable({
          covariates: covariatesOf(sample),
          ...sample,
          denominator,
          withMeanGap: true,
        })) {
          for (const own of [row.before, row.after]) {
            for (const statistic of [...Object.values(own), row.pctReductionAbsBias]) {
              if (typeof statistic === "number") expect(statistic).not.toBeNaN();
              else expect(statistic.reason).not.toBe("");
            }
          }
        }
      }),
    );
  });

  it("gives the same for a level of a category and for its column of zeros and ones", () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const columns = new Map<string, Variable>(
          ["a", "b", "c"].map((level, code) => [
            `group_${level}`,
            { kind: "number", values: Float64Array.from(sample.codes, (one) => Number(one === code)) },
          ]),
        );
        const own = balanceTable({ covariates: covariatesOf(sample), ...sample, withMeanGap: true }).slice(1);
        const asColumns = balanceTable({ covariates: columns, ...sample, withMeanGap: true });
        for (const [i, row] of own.entries()) expectClose(figures(row), figures(asColumns[i]));
      }),
    );
  });

  it("does not depend on the order of the rows", () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const turned = {
          values: Float64Array.from(sample.values).reverse(),
          codes: Int32Array.from(sample.codes).reverse(),
          treated: Uint8Array.from(sample.treated).reverse(),
          weights: Float64Array.from(sample.weights).reverse(),
        };
        const there = balanceTable({ covariates: covariatesOf(sample), ...sample });
        const back = balanceTable({ covariates: covariatesOf(turned), ...turned });
        for (const [i, row] of there.entries()) expectClose(figures(back[i]), figures(row));
      }),
    );
  });

  it("does not change when all weights are multiplied, nor in bias and gap when the covariate is rescaled", () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const plain = balanceTable({ covariates: covariatesOf(sample), ...sample });
        const heavy = balanceTable({
          covariates: covariatesOf(sample),
          ...sample,
          weights: sample.weights.map((w) => 7 * w),
        });
        for (const [i, row] of plain.entries()) expectClose(figures(heavy[i]), figures(row));
        if (sample.values.every((value) => value === 0 || value === 1)) return;
        const values = sample.values.map((value) => 100 + 3 * value);
        const [scaled] = balanceTable({ covariates: covariatesOf({ ...sample, values }), ...sample });
        for (const when of ["before", "after"] as const) {
          for (const key of ["smd", "pctBias", "varianceRatio", "ks"] as const)
            expectClose([numberOrNaN(scaled[when][key])], [numberOrNaN(plain[0][when][key])]);
        }
      }),
    );
  });

  it("measures in the SD asked for", () => {
    const values = Float64Array.of(1, 3, 5, 2, 4, 9);
    const treated = Uint8Array.of(1, 1, 1, 0, 0, 0);
    const of = (denominator: "treated" | "control" | "pooled" | "all") =>
      balanceTable({
        covariates: new Map([["x", { kind: "number", values }]]),
        treated,
        weights: new Float64Array(6).fill(1),
        denominator,
      })[0].before.smd as number;
    // Variances by hand: treated 4, comparison 13, all 8; the means differ by −2.
    near(of("treated"), -1, 1e-14);
    near(of("control"), -2 / Math.sqrt(13), 1e-14);
    near(of("pooled"), -2 / Math.sqrt(8.5), 1e-14);
    near(of("all"), -2 / Math.sqrt(8), 1e-14);
  });

  it("says why there is no difference where the treated do not vary, or an arm has no weight", () => {
    const treated = Uint8Array.of(1, 1, 0, 0);
    const covariates = new Map<string, Variable>([["x", { kind: "number", values: Float64Array.of(2, 2, 1, 5) }]]);
    const [row] = balanceTable({ covariates, treated, weights: Float64Array.of(1, 1, 0, 0) });
    expect(row.before.smd).toMatchObject({ reason: expect.stringContaining("does not vary among the treated") });
    expect(row.after.pctBias).toMatchObject({ reason: "no comparison row has weight" });
    const [alone] = balanceTable({
      covariates,
      treated: Uint8Array.of(1, 1, 1, 1),
      weights: Float64Array.of(1, 1, 1, 1),
    });
    expect(alone.before.ks).toMatchObject({ reason: "no comparison row has weight" });
  });

  it("takes equal numbers that are no round ones for equal", () => {
    const covariates = new Map<string, Variable>([
      ["x", { kind: "number", values: Float64Array.of(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.7) }],
    ]);
    const weights = Float64Array.of(0.3, 0.1, 0.7, 1.1, 0.9, 0.2, 0);
    for (const denominator of ["treated", "all"] as const) {
      const [row] = balanceTable({ covariates, treated: Uint8Array.of(1, 1, 1, 0, 0, 0, 0), weights, denominator });
      expect(typeof row.before.smd).toBe(denominator === "all" ? "number" : "object");
      expect(row.after.varianceRatio).toMatchObject({ reason: "it does not vary among the comparison rows" });
    }
  });

  it("leaves out a row without a value in that covariate only", () => {
    const treated = Uint8Array.of(1, 1, 1, 0, 0, 0);
    const weights = new Float64Array(6).fill(1);
    const [x, y] = balanceTable({
      covariates: new Map<string, Variable>([
        ["x", { kind: "number", values: Float64Array.of(1, 2, Number.NaN, 0, 2, 5) }],
        ["y", { kind: "factor", codes: Int32Array.of(0, 0, 1, 0, -1, 1), levels: ["a", "b"] }],
      ]),
      treated,
      weights,
    });
    expect(x.before.meanTreated).toBe(1.5);
    expect(y.before.meanControl).toBe(0.5);
  });

  it("refuses weights that are none", () => {
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() =>
        balanceTable({ covariates: new Map(), treated: Uint8Array.of(1, 0), weights: Float64Array.of(1, bad) }),
      ).toThrow(BadWeights);
    }
  });
});

describe("gaps between distributions", () => {
  it("are the largest and mean gap at any value of either arm", () => {
    fc.assert(
      fc.property(samples, ({ values, treated, weights }) => {
        const rows = Int32Array.from(values.keys());
        const share = (arm: number, limit: number) => {
          let below = 0;
          let total = 0;
          for (const row of rows) {
            if (treated[row] !== arm) continue;
            total += weights[row];
            if (values[row] <= limit) below += weights[row];
          }
          return below / total;
        };
        const points = [...new Set([...rows].filter((row) => weights[row] > 0).map((row) => values[row]))];
        const gaps = points.map((value) => Math.abs(share(1, value) - share(0, value)));
        const hasBoth = [0, 1].every((arm) => [...rows].some((row) => treated[row] === arm && weights[row] > 0));
        expectClose([distributionGap(values, treated, weights, rows)], [hasBoth ? Math.max(...gaps) : Number.NaN]);
        const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
        expectClose([meanDistributionGap(values, treated, weights, rows)], [hasBoth ? mean : Number.NaN]);
      }),
    );
  });
});

describe("balance in a few numbers", () => {
  it("takes the median between the two in the middle, and only biases that are defined", () => {
    const covariates = new Map<string, Variable>([
      ["x", { kind: "number", values: Float64Array.of(1, 2, 3, 4) }],
      ["same", { kind: "number", values: Float64Array.of(5, 5, 5, 5) }],
      ["y", { kind: "number", values: Float64Array.of(4, 1, 3, 1) }],
    ]);
    const rows = balanceTable({ covariates, treated: Uint8Array.of(1, 1, 0, 0), weights: new Float64Array(4).fill(1) });
    const { meanAbsPctBias, medianAbsPctBias, maxAbsPctBias } = balanceSummary(rows, "before");
    expect(medianAbsPctBias).toBe(meanAbsPctBias);
    near(maxAbsPctBias as number, 200 / Math.SQRT1_2, 1e-12 * 1e3, 1);
    expect(balanceSummary([], "after").maxAbsPctBias).toMatchObject({ state: "not estimable" });
  });

  it("has B and R where columns repeat, and where they tell the groups apart", () => {
    const random = new RandomStream(3, "rubin");
    const treated = Uint8Array.from({ length: 200 }, (_, i) => Number(i < 80));
    const x = Float64Array.from(treated, (arm) => random.normal() + 0.5 * arm);
    const weights = new Float64Array(200).fill(1);
    const plain = rubinsBAndR({ x: Matrix.fromColumns([x]), treated, weights });
    const repeated = rubinsBAndR({ x: Matrix.fromColumns([x, x.map((value) => 2 - 3 * value)]), treated, weights });
    near(repeated.B as number, plain.B as number, 1e-9);
    near(repeated.R as number, plain.R as number, 1e-9);
    const apart = rubinsBAndR({
      x: Matrix.fromColumns([Float64Array.from(treated, (arm) => 5 * arm + random.uniform())]),
      treated,
      weights,
    });
    expect(apart.B as number).toBeGreaterThan(500);
  });

  it("says why there is neither B nor R for an arm without weight, and that B is 0 where nothing is left", () => {
    const treated = Uint8Array.of(1, 1, 1, 0, 0, 0);
    const x = Matrix.fromColumns([Float64Array.of(1, 2, 3, 1, 2, 3)]);
    const { B } = rubinsBAndR({ x, treated, weights: Float64Array.of(1, 1, 1, 0, 0, 0) });
    expect(B).toMatchObject({ reason: "a group has fewer than two rows with weight" });
    const even = rubinsBAndR({ x, treated, weights: new Float64Array(6).fill(1) });
    expect(even.B).toBe(0);
    expect(even.R).toMatchObject({ state: "not estimable" });
  });

  it("counts effective rows by arm", () => {
    expect(effectiveSizes(Uint8Array.of(1, 0, 0), Float64Array.of(1, 1, 3))).toEqual({ treated: 1, control: 1.6 });
    expect(effectiveSizes(Uint8Array.of(1, 0), Float64Array.of(1, 0)).control).toBe(0);
  });
});
