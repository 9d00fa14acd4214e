import { describe, expect, test } from "vitest";
import type { Effect, EventStudy, OutcomeEffect } from "#estimation";
import type { Study } from "#protocol";
import { invented } from "#testing";
import { type Finding, readFinding } from "./finding.ts";
import { evaluate } from "./testing/evaluate.ts";

const { study, sample, effects, events } = evaluate(invented());
const primary = effects.find(({ role }) => role === "primary")!;
const [event] = events;

interface Bend {
  readonly estimate?: number;
  readonly p?: number;
  readonly point?: Effect["point"];
  readonly base?: Partial<Effect["base"]>;
  readonly other?: number;
  readonly contrast?: Effect["contrast"];
  readonly effect?: Partial<OutcomeEffect>;
  readonly event?: Partial<EventStudy>;
  readonly level?: number;
  readonly better?: "higher" | "lower" | "neither";
  readonly about?: Partial<Study["about"]>;
}

/** The finding of the primary result with a few things changed. */
function finding(bend: Bend = {}): Finding {
  const { estimate = 0.5, p = 0.03, level = 0.95, better = "higher" } = bend;
  const [declared, beside] = primary.readings;
  const point: Effect["point"] = bend.point ?? {
    state: "estimated",
    estimate,
    se: 0.2,
    df: 12,
    p,
    low: estimate - 0.4,
    high: estimate + 0.4,
  };
  const effect: OutcomeEffect = {
    ...primary,
    adjustedP: p,
    readings: [
      {
        ...declared!,
        contrast: bend.contrast ?? "adjustedForBaseline",
        estimate,
        point,
        base: { ...declared!.base, ...bend.base },
      },
      { ...beside!, estimate: bend.other ?? estimate },
    ],
    ...bend.effect,
  };
  const bent: Study = {
    ...study,
    about: { ...study.about, ...bend.about },
    outcomes: new Map([["mark", { ...study.outcomes.get("mark")!, better }]]),
    analyses: new Map([["change", { ...study.analyses.get("change")!, level }]]),
  };
  return readFinding(bent, effect, sample, bend.event === undefined ? event : { ...event!, ...bend.event });
}

describe("the claim", () => {
  test("follows the sign where p is below the level", () => {
    expect(finding().claim).toBe("changed more");
    expect(finding({ estimate: -0.5 }).claim).toBe("changed less");
    expect(finding({ p: 0.05 }).claim).toBe("no clear difference");
    expect(finding({ p: 0.0499 }).claim).toBe("changed more");
  });

  test("uses the level of the analysis, not always 5%", () => {
    expect(finding({ p: 0.03, level: 0.99 }).claim).toBe("no clear difference");
    expect(finding({ p: 0.08, level: 0.9 }).claim).toBe("changed more");
    expect(finding({ p: 0.1, level: 0.9 }).claim).toBe("no clear difference");
    expect(finding({ level: 0.99 }).howSure).toContain("99% interval");
  });

  test("reads the adjusted p", () => {
    const found = finding({ p: 0.03, effect: { adjustedP: 0.06, adjustment: "Holm" } });
    expect(found.claim).toBe("no clear difference");
    expect(found.howSure).toContain(".060 after allowing for the other results (Holm)");
  });

  test("is withheld where the groups were already moving apart, however small p is", () => {
    const before = { ...event!.before, verdict: "departure" as const };
    const found = finding({ p: 0.0001, event: { before } });
    expect(found.claim).toBe("no effect can be claimed");
    expect(found.headline).toContain("already on a different path");
  });

  test("is withheld where they were matched on a dip", () => {
    const found = finding({ p: 0.0001, event: { matchedOnADip: true } });
    expect(found.claim).toBe("no effect can be claimed");
    expect(found.headline).toContain("the gap before the start is as large as the gap after it");
    expect(found.caveats.some((text) => text.includes("matched on a dip"))).toBe(true);
  });

  test("is never made without an interval; the difference itself is shown where it is known", () => {
    const point = { state: "not estimable", reason: "only 4 treated clusters, under 6" } as const;
    const found = finding({ point });
    expect(found.claim).toBe("not estimable");
    expect(found.headline).toContain("only 4 treated clusters, under 6");
    expect(found.headline).toContain("0.50 points higher");
    expect(found.howSure).toMatch(/^No range can be given\./);
    const unknown = finding({ point, estimate: Number.NaN });
    expect(unknown.headline).not.toContain("NaN");
    expect(unknown.caveats.join()).not.toContain("different directions");
  });
});

describe("the words", () => {
  test("say which direction was hoped for, and never that the programme made the difference", () => {
    expect(finding().headline).toContain(
      "Mark in 2017/18 was 0.50 points higher than in similar schools that started alike",
    );
    expect(finding().headline).toContain("in the hoped-for direction");
    expect(finding({ better: "lower" }).headline).toContain("against the hoped-for direction");
    expect(finding({ better: "neither" }).headline).not.toContain("direction");
    expect(finding().headline).toContain("not proof that the programme made it");
  });

  test("clusters of unlike size are said to be fewer in effect, clusters of much the same size are not", () => {
    const said = (effectiveTreatedClusters: number) => finding({ base: { effectiveTreatedClusters } }).howSure;
    expect(said(8.9)).toContain("together (8.9 in effect, because some hold many more schools than others).");
    expect(said(9.1)).not.toContain("in effect");
  });

  test("a change is said as a move between two years, never as a level", () => {
    const change = { contrast: "change" } as const;
    expect(finding({ ...change, estimate: 2.1 }).headline).toContain(
      "Mark moved up by 2.10 points against similar schools from 2015/16 to 2017/18, more than chance alone",
    );
    expect(finding({ ...change, estimate: -2.1 }).headline).toContain("Mark moved down by 2.10 points against");
    expect(finding({ ...change, p: 0.4, estimate: 0.12 }).headline).toBe(
      "Mark moved up by 0.12 points against similar schools from 2015/16 to 2017/18, which is too close to call: we cannot tell whether programme schools moved up or down against the others.",
    );
    expect(finding({ ...change, p: 0.4, estimate: 0.001 }).headline).toContain(
      "Mark moved by much the same as in similar schools from 2015/16 to 2017/18",
    );
    expect(finding({ ...change, event: { matchedOnADip: true } }).headline).toContain(
      "By itself, it moved up by 0.50 points against similar schools",
    );
    expect(finding({ ...change, estimate: 0.3 }).howSure).toContain(
      "anything from a move down of 0.10 to a move up of 0.70 (95% interval",
    );
  });

  test("a difference in the year does not say that the schools started alike", () => {
    expect(finding({ contrast: "difference" }).headline).toContain(
      "was 0.50 points higher than in similar schools, more",
    );
  });

  test("no clear difference is not no difference", () => {
    const { headline } = finding({ p: 0.4 });
    expect(headline).toContain("too close to call");
    expect(headline).not.toMatch(/no (effect|difference)/);
    expect(finding({ p: 0.4, estimate: 0.001 }).headline).toContain(
      "was much the same as in similar schools that started alike, which is too close to call",
    );
  });

  test("a clear but small difference is printed with the decimals it needs", () => {
    const { headline } = finding({ estimate: 0.0031 });
    expect(headline).toContain("0.003 points higher");
    expect(headline).not.toContain("the same as");
  });

  test("say how many clusters it rests on, and the smallest effect that would have been seen, after the interval", () => {
    const { howSure } = finding();
    expect(howSure).toContain("It rests on ten groups of schools that took part together. A true effect");
    expect(howSure).toMatch(/had to be about [\d.]+ points to have/);
    expect(howSure.indexOf("interval")).toBeLessThan(howSure.indexOf("good chance"));
  });
});

test("a result that rests on too few to be shown is withheld in words as in tables", () => {
  const found = finding({ base: { treated: 9 } });
  expect(found.claim).toBe("not estimable");
  expect(found.headline).toBe(
    "Mark in 2017/18: the result is withheld, because it rests on fewer than 10 schools of one group.",
  );
  expect(found.howSure).toBe("No range can be given.");
  expect(finding({ base: { treated: 10 } }).claim).toBe("changed more");
});

describe("caveats", () => {
  test("say what a clear result rests on, and nothing of it where none is clear", () => {
    const clear = { robustnessValue: 0.0512, robustnessValueSignificance: 0.018 };
    const told = finding({ effect: { hiddenBias: clear } }).caveats.join(" ");
    expect(told).toContain("Something unrecorded that explains 5.1% of what is left over");
    expect(told).toContain("bring the estimate to 0; 1.8% would be enough to make it unclear");
    expect(finding({ effect: { hiddenBias: undefined } }).caveats.join()).not.toContain("unrecorded");
  });

  test("an exploratory result says that it settles nothing", () => {
    const found = finding({ effect: { role: "exploratory", adjustedP: undefined, adjustment: "exploratory" } });
    expect(found.caveats[0]).toContain("exploratory");
    expect(finding().caveats.join()).not.toContain("exploratory");
  });

  test("two readings of different sign are said", () => {
    expect(finding({ other: -0.1 }).caveats.join()).toContain("point in different directions");
    expect(finding({ other: 0.1 }).caveats.join()).not.toContain("different directions");
    expect(finding({ other: Number.NaN }).caveats.join()).not.toContain("different directions");
  });

  test("units without a result, and units without a baseline, are counted apart", () => {
    const text = finding({
      base: { lostTreated: 1, lostComparison: 8, incompleteTreated: 0, incompleteComparison: 2 },
    }).caveats.join(" ");
    expect(text).toContain(
      " programme and fewer than 10 comparison schools in the matched sample have no result in 2017/18",
    );
    expect(text).toContain(
      "0 programme and fewer than 10 comparison schools have a result in 2017/18 but lack an earlier value",
    );
    expect(finding().caveats.join()).not.toContain("no result");
  });

  test("what the study says of a year or a result stands beside it, and nothing else does", () => {
    const about = {
      context: [
        { what: "a flood", from: 0, to: 0, years: [2017] },
        { what: "a storm", from: 0, to: 0, years: [2016] },
      ],
      caveats: [
        { text: "Marks are teacher-assessed.", on: ["mark"] },
        { text: "About something else.", on: ["absence"] },
        { text: "About every analysis.", on: ["analyses"] },
      ],
    };
    const text = finding({ about }).caveats.join(" ");
    expect(text).toContain("a flood.");
    expect(text).not.toContain("storm");
    expect(text).toContain("teacher-assessed");
    expect(text).toContain("every analysis");
    expect(text).not.toContain("something else");
  });

  test("the verdict on the years before always stands there", () => {
    expect(finding().caveats).toContain(event!.before.sentence);
  });
});
