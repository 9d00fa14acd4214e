import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MatchSpecification } from "#protocol";
import {
  chooseSpecification,
  objections,
  type SpecificationScores,
  scoreRun,
  type TriedSpecification,
} from "./chooseSpecification.ts";
import type { MatchedDraw } from "./runSpecification.ts";
import { faultsOf, mainOf, studyOf } from "./testing/schools.ts";

const by = (choose: string) =>
  mainOf(
    studyOf({
      match: [
        "covariates: [x]",
        "specifications: { a: { neighbours: 1 }, b: { neighbours: 2 }, c: { neighbours: 3 } }",
        `choose: ${choose}`,
      ],
    }),
  );
const MEDIAN = by("{ by: medianAbsoluteBias }");
const scores = (parts: Partial<SpecificationScores>): SpecificationScores => ({
  treatedKept: 100,
  treatedKeptPercent: 100,
  comparisonUsed: 100,
  effectiveComparison: 100,
  medianBias: 5,
  maxBias: 10,
  ...parts,
});

describe("feasible", () => {
  const against = (parts: Partial<SpecificationScores>, clusters = 10) =>
    objections(scores(parts), MEDIAN.match.choose, clusters);

  test("is what keeps 95% or more of the treated", () => {
    expect(against({ treatedKeptPercent: 95 })).toEqual([]);
    expect(against({ treatedKeptPercent: 94.97 })).toEqual(["keeps 94.97% of the treated, under 95%"]);
  });

  test("has an effective comparison n of three times the treated clusters or more", () => {
    expect(against({ effectiveComparison: 30 })).toEqual([]);
    expect(against({ effectiveComparison: 29.9 })).toEqual([
      "effective comparison n 30, under 3 × 10 treated clusters",
    ]);
  });

  test("has no key covariate above 25%", () => {
    expect(against({ maxBias: 25 })).toEqual([]);
    expect(against({ maxBias: 25.1 })).toEqual(["a key covariate has 25.1% bias, above 25%"]);
    expect(against({ maxBias: Number.POSITIVE_INFINITY })).toEqual(["a key covariate has no value left to compare"]);
  });

  test("is what the study's own `require` says instead, where it has one", () => {
    const own = by('{ by: medianAbsoluteBias, require: "treated_kept >= 80% and effective_n >= 5" }').match.choose;
    expect(objections(scores({ treatedKeptPercent: 80, effectiveComparison: 5, maxBias: 60 }), own, 10)).toEqual([]);
    expect(objections(scores({ treatedKeptPercent: 79.9 }), own, 10)).toEqual([
      "does not meet `treated_kept >= 80% and effective_n >= 5`",
    ]);
    const bias = by('{ by: medianAbsoluteBias, require: "max_percent_bias < 50%" }').match.choose;
    expect(objections(scores({ maxBias: Number.NaN }), bias, 10).length).toBe(1);
  });
});

describe("the choice", () => {
  const tried = (id: string, parts: Partial<SpecificationScores>, feasible = true): TriedSpecification => ({
    specification: { id, exact: [], place: MEDIAN.place } as unknown as MatchSpecification,
    run: { state: "matched", draws: [] },
    balance: [],
    scores: scores(parts),
    feasible,
    against: feasible ? [] : ["too far off"],
  });
  const chosen = (...all: readonly TriedSpecification[]) => chooseSpecification(all, MEDIAN).tried.specification.id;

  test("is the lowest median, then the lowest maximum, then the highest effective n, then the order of the file", () => {
    expect(chosen(tried("a", { medianBias: 2 }), tried("b", { medianBias: 1, maxBias: 20 }))).toBe("b");
    expect(chosen(tried("a", { maxBias: 9 }), tried("b", { maxBias: 8, effectiveComparison: 1 }))).toBe("b");
    expect(chosen(tried("a", { effectiveComparison: 9 }), tried("b", { effectiveComparison: 10 }))).toBe("b");
    expect(chosen(tried("a", {}), tried("b", {}))).toBe("a");
  });

  test("does not let a hundredth of a point decide", () => {
    // Both medians lie halfway between two tenths; as binary fractions they differ in the last digit.
    expect((0.1 + 0.2) / 2).not.toBe(0.15);
    expect(
      chosen(tried("a", { medianBias: (0.1 + 0.2) / 2, maxBias: 9 }), tried("b", { medianBias: 0.15, maxBias: 9 })),
    ).toBe("a");
    expect(
      chosen(tried("a", { medianBias: 0.15, maxBias: 9 }), tried("b", { medianBias: (0.1 + 0.2) / 2, maxBias: 8 })),
    ).toBe("b");
  });

  test("never falls on one that is not feasible, however well it balances", () => {
    expect(chosen(tried("a", { medianBias: 0 }, false), tried("b", { medianBias: 20 }))).toBe("b");
  });

  test("is the best by its own order among any number of feasible ones", () => {
    const any = fc.record({
      medianBias: fc.integer({ min: 0, max: 3 }),
      maxBias: fc.integer({ min: 0, max: 3 }),
      effectiveComparison: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 8 }), (all) => {
        const best = Number(chosen(...all.map((one, i) => tried(String(i), one))));
        const key = (i: number) => [all[i]!.medianBias, all[i]!.maxBias, -all[i]!.effectiveComparison, i];
        const sorted = [...all.keys()].sort(
          (a, b) =>
            key(a)
              .map((v, k) => v - key(b)[k]!)
              .find((v) => v !== 0) ?? 0,
        );
        expect(best).toBe(sorted[0]);
      }),
    );
  });

  test("none feasible is a fault that says what speaks against each", () => {
    const faults = faultsOf(() => chooseSpecification([tried("a", {}, false), tried("b", {}, false)], MEDIAN));
    expect(faults).toEqual([
      "none-feasible: No matching specification of main is feasible. a: too far off. b: too far off.",
    ]);
  });

  test("when nothing could be matched at all, the reason is said, once", () => {
    const failed = (id: string): TriedSpecification => ({
      ...tried(id, {}, false),
      run: { state: "not estimable", fault: { code: "separation", severity: "fault", message: "x separates" } },
      scores: undefined,
    });
    expect(faultsOf(() => chooseSpecification([failed("a"), failed("b")], MEDIAN))).toEqual([
      "separation: x separates",
    ]);
  });

  test("fixed in advance it stands although it is not feasible, but not with nobody in it", () => {
    const fixed = by("{ use: b, because: agreed with the funder }");
    const found = chooseSpecification([tried("a", {}), tried("b", { medianBias: 40 }, false)], fixed);
    expect(found.tried.specification.id).toBe("b");
    expect(found.rule).toBe("fixed in advance by the protocol: agreed with the funder");
    const faults = faultsOf(() => chooseSpecification([tried("a", {}), tried("b", { treatedKept: 0 }, false)], fixed));
    expect(faults[0]).toContain("nobody-matched: Under b no treated unit has a comparison unit");
  });
});

test("scores of a run: share kept of all eligible, median and largest bias over covariates", () => {
  const draw = { weights: Float64Array.of(1, 0, 1, 1, 0) } as MatchedDraw;
  const balance = [4, 8, 1].map((percentBias, i) => ({ covariate: `c${i}`, percentBias, smdBefore: 0.1 }));
  const found = scoreRun({ state: "matched", draws: [draw] }, balance as never, Uint8Array.of(1, 1, 0, 0, 0));
  expect(found).toEqual({
    treatedKept: 1,
    treatedKeptPercent: 50,
    comparisonUsed: 2,
    effectiveComparison: 2,
    medianBias: 4,
    maxBias: 8,
  });
});
