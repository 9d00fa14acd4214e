import { describe, expect, test } from "vitest";
import type { Effect, EventStudy, OutcomeEffect } from "#estimation";
import { invented } from "#testing";
import { evaluate } from "./testing/evaluate.ts";
import { warningsOf } from "./warnings.ts";

const whole = evaluate(invented(), { comparison: "assignedOver: districts volunteered" });
const primary = whole.effects.find(({ role }) => role === "primary")!;

function warnings(
  bend: {
    clusters?: number;
    df?: number;
    treated?: number;
    event?: Partial<EventStudy>;
    level?: number;
    own?: typeof whole;
  } = {},
): readonly string[] {
  const { study, sample, analysis, events } = bend.own ?? whole;
  const [declared] = primary.readings;
  const base = { ...declared!.base, treatedClusters: bend.clusters ?? 40, treated: bend.treated ?? 40 };
  const point = { ...(declared!.point as Extract<Effect["point"], { state: "estimated" }>), df: bend.df ?? 40 };
  const effect: OutcomeEffect = { ...primary, readings: [{ ...declared!, base, point }] };
  const bent = { ...study, analyses: new Map([["change", { ...analysis, level: bend.level ?? 0.95 }]]) };
  return warningsOf(bent, [effect], [{ ...events[0]!, ...bend.event }], new Map([["main", sample]])).map(
    ({ code, message, suggestion }) => `${code}: ${message} ${suggestion}`,
  );
}

describe("too few clusters", () => {
  test("is said below 20 treated clusters or 20 df, and not at 20", () => {
    expect(warnings({ clusters: 20, df: 20 })).toEqual([]);
    expect(warnings({ clusters: 19, df: 40 })[0]).toContain("too-few-clusters: change: 19 treated clusters");
    expect(warnings({ clusters: 40, df: 19.9 })[0]).toContain("19.9 degrees of freedom");
    expect(warnings({ clusters: 40, df: 19.9 })[0]).toContain("a wild cluster bootstrap stands beside it");
  });

  test("is not said of a result that nobody has", () => {
    expect(warnings({ clusters: 0, treated: 0 })).toEqual([]);
  });

  test("does not promise what the protocol leaves out", () => {
    const own = evaluate(invented(), { comparison: "assignedOver: chosen", analysis: ", fewClusters: none" });
    expect(warnings({ own, clusters: 10 })[0]).not.toContain("stands beside it");
    const narrow = evaluate(invented(), { comparison: "assignedOver: chosen", analysis: ", errors: CR1S" });
    expect(warnings({ own: narrow, clusters: 10 })[0]).toContain("CR1S errors are too narrow");
  });
});

describe("a difference before the first outcome year", () => {
  const early = (p: number, isHorizon: boolean) => [{ ...whole.events[0]!.after[0]!, p, isHorizon }];
  test("is one in a year after the start that is no outcome year", () => {
    expect(warnings({ event: { after: early(0.01, false) } })[0]).toContain(
      "difference-before-first-horizon: Mark in main: the groups already differ in 2016/17",
    );
    expect(warnings({ event: { after: early(0.01, true) } })).toEqual([]);
    expect(warnings({ event: { after: early(0.06, false) } })).toEqual([]);
    expect(warnings({ event: { after: early(0.06, false) }, level: 0.9 }).length).toBe(1);
    // 1 − 0.95 is 0.05 and a little more: a p of .05 is on the line, as in a finding.
    expect(warnings({ event: { after: early(0.05, false) } })).toEqual([]);
  });
});

test("a clear difference one year after the start is said, of as many as may be shown", () => {
  const { study, sample } = whole;
  const [declared] = primary.readings;
  const codes = (bend: { p?: number; treated?: number; horizon?: number }) => {
    const base = { ...declared!.base, treated: bend.treated ?? 40 };
    const point = { ...(declared!.point as Extract<Effect["point"], { state: "estimated" }>), p: bend.p ?? 0.01 };
    const effect = { ...primary, horizon: bend.horizon ?? 1, readings: [{ ...declared!, base, point }] };
    return warningsOf(study, [effect], [], new Map([["main", sample]])).map(({ code }) => code);
  };
  expect(codes({})).toContain("selection-at-year-one");
  for (const bend of [{ p: 0.2 }, { treated: 9 }, { horizon: 2 }])
    expect(codes(bend)).not.toContain("selection-at-year-one");
});

test("a dip is said", () => {
  expect(warnings({ event: { matchedOnADip: true } })[0]).toContain("matched-on-a-dip");
});

test("how it was decided who took part must be said", () => {
  const own = evaluate(invented());
  expect(warnings({ own })[0]).toContain("assignment-not-said: main does not say how it was decided who took part.");
  expect(warnings()).toEqual([]);
});

describe("matching on the years before", () => {
  const unit = whole.study.units.get("schools")!;
  const rate = {
    how: "rateBefore",
    name: "x",
    outcome: "mark",
    of: "schools",
    interval: -1,
    place: unit.place,
  } as const;
  const codes = (outcome: string, name: string, own: OutcomeEffect["yearly"]) => {
    const study = {
      ...whole.study,
      units: new Map([["schools", { ...unit, columns: [{ ...rate, outcome, name }] }]]),
    };
    const effect: OutcomeEffect = { ...primary, ...(own !== undefined && { yearly: own }) };
    const raised = warningsOf(study, [effect], [], new Map([["main", whole.sample]]));
    return raised.map(({ code }) => code).filter((code) => code === "matched-on-years-before");
  };
  const yearly = { preTrend: undefined, omitted: undefined } as OutcomeEffect["yearly"];

  test("is said of a difference over years whose own rates are matching covariates, and of no other", () => {
    expect(codes("mark", "x", yearly)).toEqual(["matched-on-years-before"]);
    expect(codes("second", "x", yearly)).toEqual([]);
    expect(codes("mark", "another", yearly)).toEqual([]);
    expect(codes("mark", "x", undefined)).toEqual([]);
  });
});
