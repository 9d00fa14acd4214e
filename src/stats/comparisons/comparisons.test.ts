import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "#math";
import { near } from "../testing/reference.ts";
import { BadCounts, chiSquaredTest, crossTable, mcnemarTest } from "./contingency.ts";
import {
  coxIndex,
  hedgesG,
  smallSampleFactor,
  standardisedMeanChange,
  standardisedMeanDifference,
} from "./effectSize.ts";
import { fisherExactTest, fisherOddsRatio } from "./fisherExact.ts";
import { clusterTrialEffectSizes, multiSiteEffectSizes } from "./trialEffectSize.ts";
import { momentsOf, oneSampleT, twoSampleT } from "./tTest.ts";
import { rankSumTest, signedRankTest } from "./wilcoxon.ts";

/** From test/reference/R/comparisons.R. */
const R = JSON.parse(
  readFileSync(join(dirname(fileURLToPath(import.meta.url)), "..", "testing", "comparisons.json"), "utf8"),
);
const numbers = (values: readonly number[]): Float64Array => Float64Array.from(values);

function estimated<T extends { readonly state: string }>(result: T): Extract<T, { state: "estimated" }> {
  expect(result.state).toBe("estimated");
  return result as Extract<T, { state: "estimated" }>;
}

describe("against R", () => {
  it("signed ranks, exact and with ties and zeros", () => {
    for (const [values, expected, method] of [
      [R.change, R.signedExact, "exact"],
      [R.tied, R.signedTies, "normal"],
    ] as const) {
      const test = estimated(signedRankTest(numbers(values)));
      near(test.statistic, expected[0], 1e-12);
      near(test.p, expected[1], 1e-12);
      expect(test.method).toBe(method);
    }
  });

  it("rank sums, exact and with ties", () => {
    for (const [one, other, expected] of [
      [R.a, R.b, R.sumExact],
      [R.tied, R.tiedTwo, R.sumTies],
    ] as const) {
      const test = estimated(rankSumTest(numbers(one), numbers(other)));
      near(test.statistic, expected[0], 1e-12);
      near(test.p, expected[1], 1e-12);
    }
  });

  it("contingency tables", () => {
    near(estimated(fisherExactTest(R.table34)).p, R.fisher34, 1e-7);
    const two = estimated(fisherOddsRatio(R.two, 0.95));
    for (const [i, value] of [two.p, two.oddsRatio, two.low, two.high].entries())
      near(value, R.fisherTwo[i], i === 0 ? 1e-10 : 1e-3);
    const zero = estimated(fisherOddsRatio(R.zero, 0.95));
    expect(zero.oddsRatio).toBe(Number.POSITIVE_INFINITY);
    near(zero.p, R.fisherZero[0], 1e-10);
    near(zero.low, R.fisherZero[2], 1e-3);
    near(estimated(chiSquaredTest(R.two, { continuity: true })).statistic, R.yates[0], 1e-12);
    near(estimated(chiSquaredTest(R.two, { continuity: true })).p, R.yates[1], 1e-12);
    near(estimated(chiSquaredTest(R.table34)).statistic, R.plain, 1e-12);
    near(estimated(mcnemarTest(R.two, { continuity: true })).statistic, R.mcnemar[0], 1e-12);
    near(estimated(mcnemarTest(R.two, { continuity: false })).statistic, R.mcnemar[1], 1e-12);
  });

  it("t tests", () => {
    const a = momentsOf(R.a);
    const b = momentsOf(R.b);
    const welch = estimated(twoSampleT(a, b, { level: 0.95 }));
    for (const [i, value] of [welch.t, welch.df, welch.p, welch.low, welch.high].entries())
      near(value, R.welch[i], 1e-10);
    const pooled = estimated(twoSampleT(a, b, { level: 0.95, variances: "pooled" }));
    for (const [i, value] of [pooled.t, pooled.p].entries()) near(value, R.pooled[i], 1e-10);
    const one = estimated(oneSampleT(momentsOf(R.change), 0.95));
    for (const [i, value] of [one.t, one.p, one.low, one.high].entries()) near(value, R.oneSample[i], 1e-10);
  });
});

describe("laws", () => {
  const samples = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3, maxLength: 30 });

  it("swapping the groups turns the sign and leaves p", () => {
    fc.assert(
      fc.property(samples, samples, (one, other) => {
        const [a, b] = [momentsOf(one), momentsOf(other)];
        const there = twoSampleT(a, b, { level: 0.9 });
        const back = twoSampleT(b, a, { level: 0.9 });
        if (there.state !== "estimated" || back.state !== "estimated") return expect(there.state).toBe(back.state);
        near(back.t, -there.t, 1e-12, 1e-9);
        near(back.p, there.p, 1e-9, 1e-12);
        const w = rankSumTest(numbers(one), numbers(other));
        const v = rankSumTest(numbers(other), numbers(one));
        if (w.state === "estimated" && v.state === "estimated") near(w.p, v.p, 1e-10);
      }),
    );
  });

  it("the exact p of all sign patterns adds up", () => {
    const change = Float64Array.of(1, -2, 3, 4, -5);
    // Ranks 1 3 4 are positive: V = 8; of 32 patterns 13 have V of 8 or more on the nearer side of 7.5.
    expect(estimated(signedRankTest(change)).statistic).toBe(8);
    expect(estimated(signedRankTest(change)).p).toBe(1);
    expect(estimated(signedRankTest(Float64Array.of(1, 2, 3, 4, 5))).p).toBeCloseTo(2 / 32, 12);
  });

  it("Fisher's test of any table agrees with that of 2 × 2, and does not mind the order of rows", () => {
    const cells = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(cells, cells, cells, cells, (a, b, c, d) => {
        const table = [
          [a, b],
          [c, d],
        ];
        const small = fisherOddsRatio(table, 0.95);
        const any = fisherExactTest(table);
        const turned = fisherExactTest([table[1], table[0]]);
        expect(any.state).toBe(small.state);
        if (small.state === "estimated" && any.state === "estimated" && turned.state === "estimated") {
          near(any.p, small.p, 1e-7);
          near(turned.p, any.p, 1e-7);
          expect(small.low).toBeLessThanOrEqual(small.oddsRatio);
          expect(small.high).toBeGreaterThanOrEqual(small.oddsRatio);
        }
      }),
    );
  });

  it("effect sizes do not mind the unit, and their intervals hold them", () => {
    fc.assert(
      fc.property(samples, samples, fc.double({ min: 0.1, max: 50, noNaN: true }), (one, other, scale) => {
        const size = (factor: number) =>
          standardisedMeanDifference(momentsOf(one.map((x) => factor * x)), momentsOf(other.map((x) => factor * x)), {
            corrected: true,
            level: 0.95,
          });
        const plain = size(1);
        const scaled = size(scale);
        expect(scaled.state).toBe(plain.state);
        if (plain.state !== "estimated" || scaled.state !== "estimated") return;
        near(scaled.estimate, plain.estimate, 1e-8, 1);
        expect(plain.low).toBeLessThanOrEqual(plain.estimate + 1e-9);
        expect(plain.high).toBeGreaterThanOrEqual(plain.estimate - 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it("the small-sample factor is near 1 − 3/(4·df − 1), and g near the clearinghouse's", () => {
    near(smallSampleFactor(30), 1 - 3 / 119, 1e-4);
    const [a, b] = [momentsOf(R.a), momentsOf(R.b)];
    near(estimated(standardisedMeanDifference(a, b, { corrected: true, level: 0.95 })).estimate, hedgesG(a, b), 1e-3);
    expect(coxIndex(0.5, 0.5)).toBe(0);
    near(coxIndex(0.6, 0.5), Math.log(1.5) / 1.65, 1e-12);
  });

  it("an interval for a known shift covers it as often as it says", () => {
    const random = new RandomStream(4, "coverage of d");
    let held = 0;
    for (let run = 0; run < 400; run++) {
      const treated = momentsOf(Float64Array.from({ length: 12 }, () => 0.6 + random.normal()));
      const others = momentsOf(Float64Array.from({ length: 15 }, () => random.normal()));
      const { low, high } = estimated(standardisedMeanDifference(treated, others, { corrected: false, level: 0.9 }));
      if (low <= 0.6 && high >= 0.6) held++;
    }
    // 360 expected, standard error 6.
    expect(held).toBeGreaterThan(342);
    expect(held).toBeLessThan(378);
  });
});

describe("effect sizes of trials", () => {
  it("of schools of one pupil-equivalent reduce to a simple difference", () => {
    const school = Int32Array.from({ length: 40 }, (_, i) => Math.floor(i / 4));
    const treated = school.map((own) => own % 2);
    const sizes = estimated(
      clusterTrialEffectSizes({ difference: 2, residualVariance: 16, schoolVariance: 0, treated, school }),
    );
    near(sizes.within.estimate, 0.5, 1e-12);
    near(sizes.total.estimate, 0.5, 1e-12);
    expect(sizes.total.denominator).toBe("total SD (residual and school)");
  });

  it("of several sites hold their estimate", () => {
    const { within, total } = estimated(
      multiSiteEffectSizes({
        difference: 2,
        se: 0.8,
        residualVariance: 16,
        schoolVariance: 9,
        pupils: 200,
        schools: 10,
      }),
    );
    near(within.estimate, 0.5, 1e-12);
    near(total.estimate, 0.4, 1e-12);
    expect(within.low).toBeLessThan(0.5 - 1.96 * 0.2 + 1e-9);
  });
});

describe("what cannot be told", () => {
  it("has a reason", () => {
    const nothing = new Float64Array(0);
    const same = Float64Array.of(2, 2, 2);
    for (const result of [
      oneSampleT(momentsOf(nothing), 0.95),
      oneSampleT(momentsOf(same), 0.95),
      twoSampleT(momentsOf(same), momentsOf(same), { level: 0.95 }),
      twoSampleT(momentsOf([1]), momentsOf([1, 2]), { level: 0.95 }),
      signedRankTest(nothing),
      signedRankTest(new Float64Array(4)),
      rankSumTest(nothing, same),
      rankSumTest(new Float64Array(60), new Float64Array(60)),
      chiSquaredTest([[3, 4]]),
      chiSquaredTest([
        [3, 4],
        [0, 0],
      ]),
      fisherExactTest([[1], [2]]),
      fisherOddsRatio(
        [
          [0, 0],
          [1, 2],
        ],
        0.95,
      ),
      mcnemarTest(
        [
          [5, 0],
          [0, 5],
        ],
        { continuity: true },
      ),
      standardisedMeanDifference(momentsOf(same), momentsOf(same), { corrected: true, level: 0.95 }),
      standardisedMeanChange(momentsOf(same), { corrected: true, level: 0.95 }),
      clusterTrialEffectSizes({
        difference: 1,
        residualVariance: 1,
        schoolVariance: 1,
        treated: [1, 1],
        school: Int32Array.of(0, 1),
      }),
    ]) {
      expect(result.state).toBe("not estimable");
      expect("reason" in result && result.reason.length).toBeGreaterThan(10);
    }
  });

  it("what is not a number is refused by name, never ranked or averaged", () => {
    const gap = Float64Array.of(1, Number.NaN, 3);
    for (const call of [
      () => signedRankTest(gap),
      () => rankSumTest(gap, Float64Array.of(1, 2)),
      () => rankSumTest(Float64Array.of(1, 2), gap),
      () => momentsOf(gap),
      () => momentsOf([1, Number.POSITIVE_INFINITY]),
    ]) {
      expect(call).toThrow(/a finite number is needed/);
    }
  });

  it("counts that are none are refused by name", () => {
    expect(() =>
      chiSquaredTest([
        [1.5, 2],
        [1, 1],
      ]),
    ).toThrow(BadCounts);
    expect(() =>
      mcnemarTest(
        [
          [1, 2, 3],
          [1, 1, 1],
        ],
        { continuity: true },
      ),
    ).toThrow(BadCounts);
    expect(() =>
      fisherExactTest([
        [-1, 2],
        [1, 1],
      ]),
    ).toThrow(BadCounts);
    expect(crossTable(Int32Array.of(0, 1, -1), Int32Array.of(1, 0, 0), [2, 2])).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
});
