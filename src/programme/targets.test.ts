import { describe, expect, it } from "vitest";
import type { DeclaredTarget } from "#domain";
import { countReturn } from "./counting.ts";
import { judgeTarget, reachedOf } from "./targets.ts";

const target = (changes: Partial<DeclaredTarget> = {}): DeclaredTarget => ({
  id: "schools",
  group: "school",
  what: "Schools recruited",
  measure: "schools",
  values: [{ value: 42, source: "contract", stated: 17_500 }],
  ...changes,
});
const reached = (value: number) => ({ state: "counted", value, withoutWithdrawn: value }) as const;
const DAY = 18_320;

describe("a target", () => {
  it.each([
    [41, "missed"],
    [42, "met"],
    [53, "exceeded"],
  ])("of 42 with %d reached is %s", (value, verdict) => {
    expect(judgeTarget(target(), reached(value), DAY).values[0]!.verdict).toBe(verdict);
  });

  it("keeps every value it was given: replaced, in force, not yet stated", () => {
    const values = [
      { value: 43, source: "contract", stated: 17_500 },
      { value: 34, source: "agreement", stated: 18_300 },
      { value: 30, source: "second agreement", stated: 18_400 },
    ];
    const judged = judgeTarget(target({ values }), reached(34), DAY);
    expect(judged.values.map(({ standing, verdict }) => [standing, verdict])).toEqual([
      ["replaced", "missed"],
      ["in force", "met"],
      ["not yet stated", "exceeded"],
    ]);
    expect(judged.isContradictory).toBe(false);
  });

  it("is contradictory where two values are in force, and both are judged", () => {
    const values = [
      { value: 234, source: "KPI list" },
      { value: 243, source: "paragraph on participants" },
    ];
    const judged = judgeTarget(target({ values }), reached(240), DAY);
    expect(judged.isContradictory).toBe(true);
    expect(judged.values.map(({ verdict }) => verdict)).toEqual(["exceeded", "missed"]);
  });
});

describe("what was reached", () => {
  const entries = [
    { line: 2, urn: "1", project: "A", cohort: "1", withdrawn: false },
    { line: 3, urn: "2", project: "A", cohort: "1", withdrawn: true },
    { line: 4, urn: "3", project: "A", cohort: "2", withdrawn: false },
  ];
  const people = [
    { line: 2, trn: "1000001", urn: "1", project: "A", roleLevel: "senior leader" },
    { line: 3, trn: "1000002", urn: "3", project: "A", roleLevel: "classroom teacher", withdrawn: true },
  ];
  const counted = countReturn(people, entries);
  const traits = new Map([
    ["1", { urn: "1", aea: "6" }],
    ["2", { urn: "2", aea: "4" }],
  ]);

  it("counts those who withdrew, and says how many are left", () => {
    expect(reachedOf(target(), counted, undefined)).toEqual({ state: "counted", value: 3, withoutWithdrawn: 2 });
    expect(reachedOf(target({ cohorts: ["1"] }), counted, undefined)).toMatchObject({ value: 2, withoutWithdrawn: 1 });
  });

  it("counts people of the roles asked for", () => {
    const leaders = target({ measure: "participants", roles: ["senior leader", "middle leader"] });
    expect(reachedOf(leaders, counted, undefined)).toMatchObject({ value: 1 });
  });

  it("is a share of schools whose area is known", () => {
    expect(reachedOf(target({ measure: "priorityAreaPercent" }), counted, traits)).toEqual({
      state: "counted",
      base: 2,
      value: 50,
      withoutWithdrawn: 100,
    });
  });

  it("is absent with a reason, never nought", () => {
    const reason = (changes: Partial<DeclaredTarget>) =>
      reachedOf(target(changes), countReturn(people, undefined), undefined);
    expect(reason({ measure: "statement" })).toMatchObject({ state: "not measured" });
    expect(reason({ measure: "priorityAreaPercent" })).toMatchObject({ state: "not measured" });
    expect(reason({ cohorts: ["1"] })).toMatchObject({ state: "not measured" });
  });
});
