import { describe, expect, test } from "vitest";
import { invented, type Parts } from "#testing";
import { eventStudy, isDip } from "./eventStudy.ts";
import { layOpen } from "./testing/layOpen.ts";

const eventOf = (rows = invented(), parts: Parts = {}) => {
  const { study, analysis, open } = layOpen(rows, parts);
  return eventStudy(study, analysis, open, study.outcomes.get(analysis.outcomes[0]!)!);
};

describe("an event study", () => {
  test("has the years before as frozen by the design, and the years after with the same weights", () => {
    const event = eventOf();
    expect(event.before.contrasts.map(({ year }) => year)).toEqual([2014]);
    expect(event.after.map(({ year, isHorizon }) => [year, isHorizon])).toEqual([
      [2016, true],
      [2017, true],
    ]);
    for (const { estimate } of event.after) expect(estimate).toBeCloseTo(2, 0);
    expect([event.baseline, event.baselineYear]).toEqual(["2015/16", 2015]);
    expect(event.matchedOnADip).toBe(false);
  });

  test("marks a year after the start that is no horizon", () => {
    const { study, analysis, open } = layOpen(invented());
    const event = eventStudy(study, { ...analysis, horizons: [2017] }, open, study.outcomes.get("mark")!);
    expect(event.after.map(({ isHorizon }) => isHorizon)).toEqual([false, true]);
  });

  test("has no years after for a measure that stopped before the programme", () => {
    const { study, analysis, open } = layOpen(invented());
    const stopped = study.outcomes.get("old")!;
    const trend = { ...open.sample.preTrends[0]!, outcome: "old" };
    const event = eventStudy(study, analysis, { ...open, sample: { ...open.sample, preTrends: [trend] } }, stopped);
    expect(event.after).toEqual([]);
  });

  test("finds a dip: treated schools low in the baseline year alone", () => {
    const dip = invented({ effect: 0 }).map((row) =>
      row.programme && row.year === 2015 ? { ...row, mark: row.mark! - 2 } : row,
    );
    expect(eventOf(dip).matchedOnADip).toBe(true);
  });
});

describe("a dip", () => {
  const joint = (p: number) => ({ f: 4, dfNumerator: 3, dfDenominator: 100, p });
  const contrasts = (...estimates: readonly number[]) =>
    estimates.map((estimate) => ({ estimate, matchedOn: false }) as never);
  const later = (...estimates: readonly number[]) => estimates.map((estimate) => ({ estimate }));
  const of = (before: readonly number[], after: readonly number[], p = 0.009) =>
    isDip({ contrasts: contrasts(...before), joint: joint(p) }, later(...after));

  test("is the one of the trust joiners: as far from the baseline before as after it (methods, section 8)", () => {
    expect(of([0.085, 0.023, 0.073], [0.068, 0.081, 0.07])).toBe(true);
  });

  test("needs the same sign and between half and twice the size", () => {
    expect(of([0.06], [-0.06])).toBe(false);
    expect(of([0.06], [0.03])).toBe(true);
    expect(of([0.06], [0.029])).toBe(false);
    expect(of([0.06], [0.12])).toBe(true);
    expect(of([0.06], [0.121])).toBe(false);
    expect(of([0, 0], [0, 0])).toBe(false);
  });

  test("needs a joint test that doubts chance (p < .1)", () => {
    expect(of([0.06], [0.06], 0.1)).toBe(false);
    expect(of([0.06], [0.06], 0.0999)).toBe(true);
    expect(isDip({ contrasts: contrasts(0.06), joint: undefined }, later(0.06))).toBe(false);
  });

  test("is not read off years that were matched on, nor without years on both sides", () => {
    const matched = [{ estimate: 0.06, matchedOn: true }] as never;
    expect(isDip({ contrasts: matched, joint: joint(0.01) }, later(0.06))).toBe(false);
    expect(of([0.06], [])).toBe(false);
  });
});
