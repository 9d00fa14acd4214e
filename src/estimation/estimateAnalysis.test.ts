import { describe, expect, test } from "vitest";
import { invented, type Parts, type Row } from "#testing";
import type { OutcomeEffect } from "./effect.ts";
import { estimateAnalysis } from "./estimateAnalysis.ts";
import { interactionOf, intervalOf } from "./reading.ts";
import { layOpen } from "./testing/layOpen.ts";

const rows = invented();
function effectsOf(own: readonly Row[], parts: Parts = {}): readonly OutcomeEffect[] {
  const { study, analysis, open } = layOpen(own, parts);
  return estimateAnalysis(study, analysis, open);
}
const lastOf = (own: readonly Row[], parts: Parts = {}): OutcomeEffect => effectsOf(own, parts).at(-1)!;

describe("an analysis", () => {
  test("estimates every outcome at every horizon, in the order of the protocol", () => {
    const found = effectsOf(rows, { outcomes: "mark, second" });
    expect(found.map(({ outcome, horizon, role }) => [outcome, horizon, role])).toEqual([
      ["mark", 2016, "secondary"],
      ["mark", 2017, "primary"],
      ["second", 2016, "secondary"],
      ["second", 2017, "secondary"],
    ]);
    expect(found[0]!.isPrimaryHorizon).toBe(false);
  });

  test("shows ANCOVA and change as a bracket, the declared one first", () => {
    const readings = (analysis: string) =>
      lastOf(rows, { analysis }).readings.map(({ contrast, isDeclared }) => [contrast, isDeclared]);
    expect(readings(", contrast: change")).toEqual([
      ["change", true],
      ["adjustedForBaseline", false],
    ]);
    expect(readings("")).toEqual([
      ["adjustedForBaseline", true],
      ["change", false],
    ]);
    expect(readings(", contrast: difference")).toEqual([["difference", true]]);
  });

  test("does not put another reading in the place of one that has no baseline", () => {
    const found = lastOf(rows.map((row) => (row.year === 2015 ? { ...row, mark: undefined } : row)));
    expect(found.readings.map(({ contrast, isDeclared, point }) => [contrast, isDeclared, point.state])).toEqual([
      ["adjustedForBaseline", true, "not estimable"],
    ]);
  });

  test("looks only at units its `where` is true of; an undecided one is left out", () => {
    const gappy = rows.map((row, i) => ({ ...row, urban: i % 3 === 0 ? undefined : row.urban }));
    const { question, open } = layOpen(gappy, { analysis: ", where: urban = yes" });
    const urban = open.at().column("urban", undefined);
    for (const [row, weight] of question.weights[0]!.entries()) {
      if (weight > 0) expect(urban.kind === "number" && urban.values[row]).toBe(1);
    }
    expect(lastOf(gappy, { analysis: ", where: urban = yes" }).readings[0]!.base.treated).toBeLessThan(40);
  });

  test("has means of the units with both values, which make the change", () => {
    const { means, readings } = lastOf(rows, { analysis: ", contrast: change" });
    const change = means.treatedAfter - means.treatedBefore - (means.comparisonAfter - means.comparisonBefore);
    expect(change).toBeCloseTo(readings[0]!.estimate, 10);
  });

  test("keeps up to five keys of each arm", () => {
    expect(lastOf(rows).rowKeys.length).toBe(10);
  });
});

describe("standard deviations", () => {
  const found = lastOf(rows, { analysis: ", contrast: change, show: [effectSize]" }).standardised!;

  test("are those between all schools of the file in the year, and say so", () => {
    const marks = rows.filter((row) => row.year === 2017).map((row) => row.mark!);
    const mean = marks.reduce((sum, mark) => sum + mark, 0) / marks.length;
    const sd = Math.sqrt(marks.reduce((sum, mark) => sum + (mark - mean) ** 2, 0) / (marks.length - 1));
    expect(found.sd).toBeCloseTo(sd, 12);
    expect(found.denominator).toBe(
      "school SD of 2017/18 over all 160 schools with a value that year, not comparable with pupil effect sizes",
    );
  });

  test("z-scores are within each year: doubling the spread after the start leaves no change in z", () => {
    // Everybody's mark is doubled in 2017, nothing else happens.
    const level = new Map(rows.filter((row) => row.year === 2015).map((row) => [row.school, row.mark!]));
    const wider = rows.map((row) => ({ ...row, mark: (row.year === 2017 ? 2 : 1) * level.get(row.school)! }));
    const { standardised, readings } = lastOf(wider, { analysis: ", contrast: change, show: [effectSize]" });
    expect(Math.abs(readings[0]!.estimate)).toBeGreaterThan(0.01);
    const z = standardised!.withinYear;
    // No change for anybody leaves no variance either: absent with a reason, or 0.
    expect(z.state === "estimated" ? Math.abs(z.estimate) : 0).toBeLessThan(1e-9);
  });

  test("are absent where nobody asked, and where schools do not differ", () => {
    expect(lastOf(rows).standardised).toBeUndefined();
    const flat = rows.map((row) => (row.year === 2017 ? { ...row, mark: 5 } : row));
    expect(lastOf(flat, { analysis: ", show: [effectSize]" }).standardised).toBeUndefined();
  });
});

describe("subgroups", () => {
  const analysis = ", contrast: change, subgroups: { urban: { where: urban = yes }, north: { where: x > 0 } }";
  /** The effect is 2 in towns, 0 elsewhere. */
  const differing = rows.map((row) =>
    row.programme && !row.urban && row.year > 2015 ? { ...row, mark: row.mark! - 2 } : row,
  );

  test("have an effect inside and outside, and a test of the gap adjusted by Holm over those declared", () => {
    const [urban, north] = lastOf(differing, { analysis }).subgroups;
    for (const one of [urban!, north!]) expect(one.interaction.state).toBe("estimated");
    if (urban!.interaction.state !== "estimated" || north!.interaction.state !== "estimated")
      throw new Error("no test");
    expect(Math.abs(urban!.interaction.estimate - 2)).toBeLessThan(3 * urban!.interaction.se);
    const ps = [urban!.interaction.p, north!.interaction.p];
    expect(urban!.adjustedP).toBeCloseTo(2 * Math.min(...ps), 12);
    expect(north!.adjustedP).toBeCloseTo(Math.max(2 * Math.min(...ps), Math.max(...ps)), 12);
  });

  test("the gap of a change without covariates is inside minus outside", () => {
    const { inside, outside, interaction } = lastOf(differing, { analysis }).subgroups[0]!;
    if (inside.state !== "estimated" || outside.state !== "estimated" || interaction.state !== "estimated")
      throw new Error("none");
    expect(interaction.estimate).toBeCloseTo(inside.estimate - outside.estimate, 10);
  });

  test("a unit whose membership is not known takes no part in the test, instead of spoiling it", () => {
    const gappy = differing.map((row) => (Number(row.school.slice(1)) % 10 === 0 ? { ...row, urban: undefined } : row));
    const { question } = layOpen(gappy, { analysis });
    const urban = question.open.at().column("urban", undefined);
    const inside = urban.kind === "number" ? urban.values : new Float64Array();
    const known = question.weights.map((own) => own.map((weight, row) => (Number.isNaN(inside[row]!) ? 0 : weight)));
    const found = interactionOf(question, "change", inside);
    expect(found).toEqual(
      interactionOf(
        { ...question, weights: known },
        "change",
        inside.map((value) => (Number.isNaN(value) ? 0 : value)),
      ),
    );
    expect(found.state === "estimated" && Number.isFinite(found.estimate)).toBe(true);
  });

  test("with one arm empty inside there is no test, and the reason is said", () => {
    const apart = rows.map((row) => ({ ...row, urban: row.programme ? row.urban : false }));
    const [urban] = lastOf(apart, { analysis }).subgroups;
    expect(urban!.inside).toEqual({ state: "not estimable", reason: "no comparison unit has this outcome" });
    expect(urban!.interaction).toEqual({
      state: "not estimable",
      reason: "one side of the subgroup has no treated or no comparison units",
    });
    expect(urban!.adjustedP).toBeUndefined();
  });

  test("too few to report: fewer than declared, or than six treated clusters", () => {
    const declared = ", subgroups: { urban: { where: urban = yes, minimum: 21 } }";
    expect(lastOf(rows, { analysis: declared }).subgroups[0]!.inside).toEqual({
      state: "not estimable",
      reason: "too few to report: fewer than 21 treated",
    });
    const few = rows.map((row) => ({ ...row, urban: row.programme ? row.district! < "D03" : row.urban }));
    expect(lastOf(few, { analysis }).subgroups[0]!.interaction).toEqual({
      state: "not estimable",
      reason: "too few to report: only 3 treated clusters, under 6",
    });
  });
});

describe("hidden bias", () => {
  test("stands beside a result that excludes 0, and beside no other", () => {
    const { hiddenBias, readings } = lastOf(rows);
    const { point, unclustered } = readings[0]!;
    if (point.state === "not estimable") throw new Error(point.reason);
    // Cinelli and Hazlett (2020), equation 19: f = |t|/√df.
    const share = (amount: number) => {
      const f = Math.abs(amount / unclustered!.se) / Math.sqrt(unclustered!.df);
      return (Math.sqrt(f ** 4 + 4 * f * f) - f * f) / 2;
    };
    expect(hiddenBias!.robustnessValue).toBeCloseTo(share(point.estimate), 12);
    expect(hiddenBias!.robustnessValueSignificance).toBeCloseTo(share(point.low), 12);
    expect(lastOf(invented({ effect: 0, seed: 4 })).hiddenBias).toBeUndefined();
  });

  test("what would undo the estimate does not hang on how its errors cluster", () => {
    const unclustered = lastOf(rows, { analysis: ", errors: HC2" }).hiddenBias!;
    expect(lastOf(rows).hiddenBias!.robustnessValue).toBe(unclustered.robustnessValue);
  });
});

test("weights of several imputations are pooled, and every reading says how many", () => {
  const gappy = rows.map((row) => (Number(row.school.slice(1)) % 9 === 0 ? { ...row, x: undefined } : row));
  const found = lastOf(gappy, { missing: "multipleImputation" });
  expect(found.readings.map(({ imputations }) => imputations)).toEqual([2, 2]);
  const { question } = layOpen(gappy, { missing: "multipleImputation" });
  const each = question.weights.map(
    (weights, draw) =>
      intervalOf(
        { ...question, weights: [weights], open: { ...question.open, draws: [question.open.draws[draw]!] } },
        "change",
      ).point,
  );
  const mean = each.reduce((sum, point) => sum + (point.state === "estimated" ? point.estimate : Number.NaN), 0) / 2;
  expect(found.readings[1]!.estimate).toBeCloseTo(mean, 12);
});
