import { describe, expect, test } from "vitest";
import { RandomStream } from "#stats";
import { type ContrastSample, jointContrastTest, yearContrast } from "./yearContrasts.ts";

const random = new RandomStream(5, "contrasts");
const size = 40;
const sample: ContrastSample = {
  treated: Uint8Array.from({ length: size }, (_, i) => Number(i < 16)),
  weights: Float64Array.from({ length: size }, (_, i) => (i < 16 ? 1 : 0.5 + random.uniform())),
  clusters: [Int32Array.from({ length: size }, (_, i) => Math.floor(i / 2))],
};
const baseline = Float64Array.from({ length: size }, () => random.normal());
const values = baseline.map((value) => value + 0.3 * random.normal());

const meanOf = (of: Float64Array, arm: 0 | 1, { treated, weights }: ContrastSample): number => {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < of.length; i++) {
    if (treated[i] !== arm || Number.isNaN(of[i]!)) continue;
    sum += weights[i]! * of[i]!;
    total += weights[i]!;
  }
  return sum / total;
};
const contrast = (
  parts: { values?: Float64Array; baseline?: Float64Array; samples?: readonly ContrastSample[] } = {},
) =>
  yearContrast(
    2013,
    { values: parts.values ?? values, baseline: parts.baseline ?? baseline },
    parts.samples ?? [sample],
    0.95,
    false,
  );

describe("a year's contrast", () => {
  test("is the gap of the weighted means in the year less their gap at baseline", () => {
    const found = contrast()!;
    const gap = (of: Float64Array) => meanOf(of, 1, sample) - meanOf(of, 0, sample);
    expect(found.estimate).toBeCloseTo(gap(values) - gap(baseline), 12);
    expect([found.treated, found.comparison]).toEqual([16, 24]);
  });

  test("counts everybody with a value in a period, also who lacks the other", () => {
    const gappy = values.map((value, i) => (i === 0 || i === 20 ? Number.NaN : value));
    const found = contrast({ values: gappy })!;
    const gap = (of: Float64Array) => meanOf(of, 1, sample) - meanOf(of, 0, sample);
    expect(found.estimate).toBeCloseTo(gap(gappy) - gap(baseline), 12);
    expect([found.treated, found.comparison]).toEqual([15, 23]);
  });

  test("ignores rows of weight 0, whatever they hold", () => {
    const weights = sample.weights.map((weight, i) => (i === 39 ? 0 : weight));
    const wild = values.map((value, i) => (i === 39 ? 1e9 : value));
    const samples = [{ ...sample, weights }];
    expect(contrast({ values: wild, samples })).toEqual(contrast({ samples }));
  });

  test("is absent with fewer than two units in an arm, or one cluster", () => {
    const few = values.map((value, i) => (i > 0 && i < 16 ? Number.NaN : value));
    expect(contrast({ values: few })).toBeUndefined();
    expect(contrast({ samples: [{ ...sample, clusters: [new Int32Array(size)] }] })).toBeUndefined();
    expect(contrast({ values: new Float64Array(size).fill(Number.NaN) })).toBeUndefined();
  });

  test("pools imputations: the mean estimate, and a larger error than the mean where draws differ", () => {
    const other = { ...sample, weights: sample.weights.map((weight, i) => (i >= 16 && i % 3 === 0 ? 0 : weight)) };
    const [one, two] = [contrast()!, contrast({ samples: [other] })!];
    const both = contrast({ samples: [sample, other] })!;
    expect(both.estimate).toBeCloseTo((one.estimate + two.estimate) / 2, 12);
    expect(both.se).toBeGreaterThan(Math.sqrt((one.se ** 2 + two.se ** 2) / 2));
  });
});

describe("the joint test", () => {
  const change = values.map((value, i) => value - baseline[i]!);
  const second = Float64Array.from({ length: size }, () => 0.3 * random.normal());

  test("of one year is that year's t test", () => {
    const joint = jointContrastTest([{ year: 2013, change }], [sample])!;
    const { estimate, se, df, p } = contrast()!;
    expect(joint.f).toBeCloseTo((estimate / se) ** 2, 6);
    expect(joint.dfDenominator).toBeCloseTo(df, 3);
    expect(joint.p).toBeCloseTo(p, 4);
  });

  test("reports the weakest of the draws", () => {
    const changes = [
      { year: 2013, change },
      { year: 2014, change: second },
    ];
    const other = { ...sample, weights: sample.weights.map((weight, i) => (i % 3 === 0 && i >= 16 ? 0 : weight)) };
    const ps = [sample, other].map((own) => jointContrastTest(changes, [own])!.p);
    expect(jointContrastTest(changes, [sample, other])!.p).toBe(Math.max(...ps));
  });

  test("is absent when a year has nobody in one arm, or there are no samples", () => {
    const gone = change.map((value, i) => (i < 16 ? Number.NaN : value));
    expect(jointContrastTest([{ year: 2013, change: gone }], [sample])).toBeUndefined();
    expect(jointContrastTest([{ year: 2013, change }], [])).toBeUndefined();
  });
});
