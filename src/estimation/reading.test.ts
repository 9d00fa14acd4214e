import { describe, expect, test } from "vitest";
import type { Contrast } from "#protocol";
import { tInterval } from "#stats";
import { invented, type Row } from "#testing";
import { estimateReading, intervalOf, type Question } from "./reading.ts";
import { layOpen } from "./testing/layOpen.ts";

const rows = invented();
const laid = layOpen(rows);
const { question } = laid;

/** Weighted mean of a value by arm, over units with a value in both years. */
function gapOf(values: Float64Array, { open, weights, after, before }: Question): number {
  const mean = (arm: 0 | 1): number => {
    let sum = 0;
    let total = 0;
    for (const [row, weight] of weights[0]!.entries()) {
      if (open.treated[row] !== arm || weight === 0 || Number.isNaN(after[row]! - before[row]!)) continue;
      sum += weight * values[row]!;
      total += weight;
    }
    return sum / total;
  };
  return mean(1) - mean(0);
}
const lost = (name: string, year: number) => (row: Row) =>
  row.school === name && row.year === year ? { ...row, mark: undefined } : row;

describe("a reading", () => {
  test("of the change is the difference of mean changes of the matched units", () => {
    const { estimate } = estimateReading(question, "change");
    expect(estimate).toBeCloseTo(gapOf(question.after, question) - gapOf(question.before, question), 12);
  });

  test("of the difference without covariates is the difference of means", () => {
    const { question: bare } = layOpen(rows, { analysis: ", contrast: difference, adjustFor: none" });
    expect(estimateReading(bare, "difference").estimate).toBeCloseTo(gapOf(bare.after, bare), 12);
  });

  test("finds the effect put into the data", () => {
    for (const contrast of ["adjustedForBaseline", "change"] as const) {
      const { point } = estimateReading(question, contrast);
      if (point.state === "not estimable") throw new Error(point.reason);
      expect(Math.abs(point.estimate - 2)).toBeLessThan(3 * point.se);
      expect(point.low).toBeLessThan(2);
      expect(point.high).toBeGreaterThan(2);
    }
  });

  test("has interval and p from one distribution, t with the df it prints", () => {
    const { point } = estimateReading(question, "change");
    if (point.state === "not estimable") throw new Error(point.reason);
    expect(point).toEqual({ state: "estimated", ...tInterval(point.estimate, point.se, point.df, 0.95) });
  });

  test("has an interval at the level of the analysis", () => {
    const wide = estimateReading(layOpen(rows, { analysis: ", intervals: { level: 99% }" }).question, "change").point;
    const usual = estimateReading(question, "change").point;
    if (wide.state === "not estimable" || usual.state === "not estimable") throw new Error("no interval");
    expect(wide).toEqual({ state: "estimated", ...tInterval(usual.estimate, usual.se, usual.df, 0.99) });
  });
});

describe("its base", () => {
  test("adds up: analysed, lost and incomplete are the matched, by arm", () => {
    const bent = rows.map((row, i) => {
      const n = Number(row.school.slice(1));
      const isGone = (row.year === 2017 && n % 5 === 0) || (row.year === 2015 && n % 7 === 0);
      return isGone ? { ...row, mark: undefined } : { ...row, pupils: i % 11 === 0 ? undefined : row.pupils };
    });
    const own = layOpen(bent, { analysis: ", weights: pupils" });
    for (const contrast of ["adjustedForBaseline", "change", "difference"] as const) {
      const { base } = estimateReading(own.question, contrast);
      const matched = (arm: 0 | 1) =>
        own.open.draws[0]!.weights.filter((weight, row) => weight > 0 && own.open.treated[row] === arm).length;
      expect(base.treated + base.lostTreated + base.incompleteTreated).toBe(matched(1));
      expect(base.comparison + base.lostComparison + base.incompleteComparison).toBe(matched(0));
      expect(base.lostTreated).toBeGreaterThan(0);
      expect(base.incompleteComparison).toBeGreaterThan(0);
    }
  });

  test("a result that is missing is attrition; a baseline that is missing is not", () => {
    const [first, second] = laid.open.keys.filter((_, row) => laid.open.treated[row] === 1);
    const own = layOpen(rows.map(lost(first!, 2017)).map(lost(second!, 2015)));
    const { base } = estimateReading(own.question, "change");
    expect([base.lostTreated, base.incompleteTreated, base.treated]).toEqual([1, 1, 38]);
    expect(estimateReading(own.question, "difference").base).toMatchObject({ lostTreated: 1, incompleteTreated: 0 });
  });

  test("has effective treated clusters (Σn)²/Σn²", () => {
    const uneven = rows.map((row) => (row.district === "D01" ? { ...row, district: "D00" } : row));
    const { base } = estimateReading(layOpen(uneven).question, "change");
    // One district of eight schools and eight of four.
    expect(base.treatedClusters).toBe(9);
    expect(base.effectiveTreatedClusters).toBeCloseTo(40 ** 2 / (8 ** 2 + 8 * 4 ** 2), 12);
  });

  test("speaks of the level with fewest clusters, whatever the order of the columns", () => {
    for (const clusters of ["[district, set]", "[set, district]"]) {
      const own = layOpen(rows, { clusters });
      expect(estimateReading({ ...own.question }, "change").base.treatedClusters).toBe(10);
    }
  });
});

describe("what cannot be estimated says why", () => {
  const reasonOf = (own: readonly Row[], contrast: Contrast = "change", clusters = "district"): string | undefined => {
    const { point } = estimateReading(layOpen(own, { clusters }).question, contrast);
    return point.state === "estimated" ? undefined : point.reason;
  };
  const without = (year: number, of: (row: Row) => boolean) =>
    rows.map((row) => (row.year === year && of(row) ? { ...row, mark: undefined } : row));

  test("an outcome that nobody has, or nobody of one arm", () => {
    expect(reasonOf(without(2017, () => true))).toBe("no treated unit has this outcome");
    expect(reasonOf(without(2017, (row) => row.programme))).toBe("no treated unit has this outcome");
    expect(reasonOf(without(2017, (row) => !row.programme))).toBe("no comparison unit has this outcome");
  });

  test("an outcome that is there, without its baseline", () => {
    expect(reasonOf(without(2015, (row) => row.programme))).toBe(
      "no treated unit has both this outcome and the baseline values it is compared with",
    );
  });

  test("one or two clusters, or too few units", () => {
    expect(reasonOf(rows.map((row) => ({ ...row, district: row.programme ? "T" : "C" })))).toContain(
      "one or two clusters",
    );
    expect(reasonOf(without(2017, (row) => Number(row.school.slice(1)) % 20 > 0))).toContain("units have this outcome");
  });

  test("an interval below six treated clusters, while the estimate itself is known", () => {
    const five = invented({ treated: 5 });
    const { point, estimate, wild, detectable, unclustered } = estimateReading(layOpen(five).question, "change");
    expect(point).toEqual({ state: "not estimable", reason: "only 5 treated clusters, under 6" });
    expect(estimate).toBeCloseTo(2, 0);
    expect(wild).toEqual(point);
    expect(detectable).toBeUndefined();
    expect(unclustered!.se).toBeGreaterThan(0);
  });

  test("clusters few at a second level count as well", () => {
    const coarse = rows.map((row) => ({
      ...row,
      urban: row.programme ? row.district! < "D05" : row.district! < "D20",
    }));
    expect(reasonOf(coarse, "change", "[district, urban]")).toBe("only 2 treated clusters, under 6");
  });

  test("under 30 people, where units are people", () => {
    const few = invented({ treated: 7 });
    expect(estimateReading(layOpen(few).question, "change").point.state).toBe("estimated");
    expect(estimateReading(layOpen(few, { is: "teacher" }).question, "change").point).toEqual({
      state: "not estimable",
      reason: "too few to report: fewer than 30 treated",
    });
  });
});

describe("the bootstrap", () => {
  test("stands beside fewer than 20 treated clusters, and not beside 30 with many df", () => {
    expect(estimateReading(question, "change").wild).toMatchObject({ state: "estimated", draws: 199 });
    const many = layOpen(invented({ districts: 120, treated: 35, size: 2 })).question;
    expect(estimateReading(many, "change").wild).toBeUndefined();
  });

  test("is left out where the protocol says so, or the errors know no clusters", () => {
    expect(estimateReading(layOpen(rows, { analysis: ", fewClusters: none" }).question, "change").wild).toBeUndefined();
    expect(estimateReading(layOpen(rows, { analysis: ", errors: HC2" }).question, "change").wild).toBeUndefined();
    expect(estimateReading(layOpen(rows, { analysis: ", errors: CR1S" }).question, "change").wild).toBeDefined();
  });

  test("is not pooled over imputations, and says so", () => {
    const gappy = rows.map((row) => (Number(row.school.slice(1)) % 9 === 0 ? { ...row, x: undefined } : row));
    const { wild, imputations } = estimateReading(layOpen(gappy, { missing: "multipleImputation" }).question, "change");
    expect(imputations).toBe(2);
    expect(wild).toEqual({ state: "not estimable", reason: "the bootstrap is not pooled over imputations" });
  });

  test("draws the same numbers again", () => {
    expect(estimateReading(question, "change").wild).toEqual(estimateReading(question, "change").wild);
  });
});

describe("weights", () => {
  test("by a column multiply the matching weight; 0 and a gap leave the unit out", () => {
    const own = rows.map((row) => {
      const n = Number(row.school.slice(1));
      return { ...row, pupils: n % 8 === 0 ? 0 : n % 8 === 1 ? undefined : 50 };
    });
    const weighted = layOpen(own, { analysis: ", weights: pupils" }).question;
    const kept = layOpen(own).question;
    const only = kept.weights.map((weights) =>
      weights.map((weight, row) => (Number(kept.open.keys[row]!.slice(1)) % 8 < 2 ? 0 : weight)),
    );
    const [a, b] = [intervalOf(weighted, "change").point, intervalOf({ ...kept, weights: only }, "change").point];
    if (a.state === "not estimable" || b.state === "not estimable") throw new Error("no interval");
    // Equal weights for the rest: the same estimate and error as without them.
    expect(a.estimate).toBeCloseTo(b.estimate, 10);
    expect(a.se).toBeCloseTo(b.se, 10);
  });

  test("`none` counts every matched unit once", () => {
    const twice = layOpen(rows, { use: "again", analysis: ", weights: none" }).question;
    const ones = twice.weights.map((own) => own.map((weight) => Number(weight > 0)));
    const declared = layOpen(rows, { use: "again" }).question;
    expect(intervalOf(twice, "change").point).toEqual(intervalOf({ ...declared, weights: ones }, "change").point);
    expect(intervalOf(twice, "change").point).not.toEqual(intervalOf(declared, "change").point);
  });
});
