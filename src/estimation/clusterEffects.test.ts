import { describe, expect, test } from "vitest";
import { invented } from "#testing";
import { clusterMeansEffect, effectsByCluster } from "./clusterEffects.ts";
import type { ClusterEffect } from "./effect.ts";
import { intervalOf } from "./reading.ts";
import { layOpen } from "./testing/layOpen.ts";

const rows = invented();
const { question } = layOpen(rows, { analysis: ", contrast: change" });

/** Weights as they would be had a district's treated schools, and the neighbours found for them, never been there. */
function handWeights(use: "pairs" | "again", district: string) {
  const own = layOpen(rows, { use, analysis: ", contrast: change" });
  const column = own.open.at().column("district", undefined);
  const isIn = (row: number) => column.kind === "code" && column.levels[column.codes[row]!] === district;
  const weights = new Float64Array(own.open.keys.length);
  const [draw] = own.open.draws;
  const counts = new Float64Array(weights.length);
  for (const set of draw!.sets) for (const row of set.controls) counts[row]! += 1;
  for (const set of draw!.sets) {
    if (isIn(set.treated)) continue;
    weights[set.treated] = 1;
    // Each set shares one unit of weight among its neighbours, as all the sets do in the whole sample.
    for (const row of set.controls) weights[row]! += draw!.weights[row]! / counts[row]!;
  }
  return { own, weights };
}

describe("effects by cluster", () => {
  const effects = effectsByCluster(question);

  test("name each treated cluster once, with its number of units", () => {
    expect(effects.map(({ cluster, treated }) => [cluster, treated])).toEqual(
      Array.from({ length: 10 }, (_, i) => [`D0${i}`, 4]),
    );
  });

  test("are own change minus that of the neighbours, and their mean is the change in pairs", () => {
    const mean = effects.reduce((sum, { difference }) => sum + difference!, 0) / effects.length;
    const whole = intervalOf(question, "change").point;
    if (whole.state === "not estimable") throw new Error(whole.reason);
    expect(mean).toBeCloseTo(whole.estimate, 10);
  });

  test.each(["pairs", "again"] as const)(
    "without a cluster its neighbours keep only what other sets gave them (%s)",
    (use) => {
      const { own, weights } = handWeights(use, "D03");
      const left = effectsByCluster(own.question).find(({ cluster }) => cluster === "D03")!;
      const byHand = intervalOf({ ...own.question, weights: [weights] }, "change");
      expect(left.without).toEqual(byHand.point);
      expect(left.withoutBase).toEqual(byHand.base);
      expect(left.withoutBase.treated).toBe(36);
    },
  );

  test("a cluster leaves with the neighbours of those, too, whose result is missing", () => {
    const gone = layOpen(
      rows.map((row) => (row.school === "S012" && row.year === 2017 ? { ...row, mark: undefined } : row)),
      { analysis: ", contrast: change" },
    );
    const left = effectsByCluster(gone.question).find(({ cluster }) => cluster === "D03")!;
    expect([left.treated, left.withoutBase.treated, left.withoutBase.comparison]).toEqual([3, 36, 36]);
  });

  test("are of the year itself where the declared reading is the difference", () => {
    const own = layOpen(
      rows.map((row) => (row.year === 2015 ? { ...row, mark: 0 } : row)),
      { analysis: ", contrast: difference" },
    );
    const plain = effectsByCluster(own.question);
    // With a baseline of 0 for all, change and difference are the same numbers.
    const change = effectsByCluster({ ...own.question, analysis: { ...own.analysis, contrast: "change" } });
    expect(plain.map(({ difference }) => difference)).toEqual(change.map(({ difference }) => difference));
    const without = layOpen(
      rows.map((row) => (row.year === 2015 ? { ...row, mark: undefined } : row)),
      { analysis: ", contrast: difference" },
    );
    expect(effectsByCluster(without.question).length).toBe(10);
  });

  test("are not shown above thirty clusters", () => {
    expect(effectsByCluster(layOpen(invented({ districts: 120, treated: 30, size: 1 })).question).length).toBe(30);
    expect(effectsByCluster(layOpen(invented({ districts: 124, treated: 31, size: 1 })).question)).toEqual([]);
  });

  test("are empty without any result", () => {
    const none = rows.map((row) => (row.year === 2017 ? { ...row, mark: undefined } : row));
    expect(effectsByCluster(layOpen(none).question)).toEqual([]);
  });

  test("speak of districts, not of sets, where both are clusters", () => {
    const both = layOpen(rows, { clusters: "[set, district]" }).question;
    expect(effectsByCluster(both).map(({ cluster }) => cluster)).toEqual(effects.map(({ cluster }) => cluster));
  });

  test("compare with all comparison units where there are no sets", () => {
    const own = layOpen(rows, { use: "everyone", analysis: ", contrast: change" });
    const mean = effectsByCluster(own.question).reduce((sum, { difference }) => sum + difference! / 10, 0);
    const whole = intervalOf(own.question, "change").point;
    if (whole.state === "not estimable") throw new Error(whole.reason);
    expect(mean).toBeCloseTo(whole.estimate, 10);
  });

  test("leave out of the comparison who does not meet the condition of the analysis", () => {
    const own = layOpen(rows, { analysis: ", contrast: change, where: urban = yes" });
    const plain = layOpen(
      rows.map((row) => (row.urban ? row : { ...row, mark: row.year > 2015 ? 999 : row.mark })),
      {
        analysis: ", contrast: change, where: urban = yes",
      },
    );
    expect(effectsByCluster(plain.question)).toEqual(effectsByCluster(own.question));
    expect(own.question.open.keys.length).toBe(plain.question.open.keys.length);
  });
});

describe("the mean of cluster effects", () => {
  const of = (...differences: readonly (number | undefined)[]) =>
    clusterMeansEffect(
      differences.map((difference, i) => ({ cluster: `D${i}`, difference }) as ClusterEffect),
      0.95,
    );

  test("counts each cluster once, with t(clusters − 1)", () => {
    // Mean 3.5, SD √3.5, SE √(3.5/6); t(.975, 5) = 2.570582.
    const found = of(1, 2, 3, 4, 5, 6);
    if (found?.state !== "estimated") throw new Error("not estimated");
    expect(found.estimate).toBe(3.5);
    expect(found.df).toBe(5);
    expect(found.se).toBeCloseTo(Math.sqrt(3.5 / 6), 12);
    expect(found.high).toBeCloseTo(3.5 + 2.570582 * Math.sqrt(3.5 / 6), 5);
  });

  test("is not estimable below six, and absent without any", () => {
    expect(of(1, 2, 3, 4, 5)).toEqual({ state: "not estimable", reason: "only 5 clusters, under 6" });
    expect(of(1, undefined)).toEqual({ state: "not estimable", reason: "only 1 cluster, under 6" });
    expect(of(undefined)).toBeUndefined();
  });
});
