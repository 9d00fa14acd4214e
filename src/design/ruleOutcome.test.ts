import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baselineContext } from "#linkage";
import { ruleOutcome } from "./ruleOutcome.ts";
import { ruleOf, type TeacherRow, teachersOf, teachersStudy } from "./testing/teachers.ts";

const study = teachersStudy();
/** Somebody else, so that the data reach the years asked for. */
const OTHERS: readonly TeacherRow[] = [2014, 2015, 2016, 2017].map((year) => ({
  person: "Z",
  year,
  role: "classroom",
}));
type State = Omit<TeacherRow, "person" | "year">;
const HOME: State = { school: "A", authority: "L1", role: "classroom", challenging: false };

/**
 * The outcome of one person, in their baseline year 2014, at time zero 2015 and at the horizon.
 * @param later  As they are found at the horizon; undefined for one who left.
 */
function outcomeOf(
  outcome: string,
  start: State,
  later: State | undefined,
  { horizon = 1, of = study }: { horizon?: number; of?: typeof study } = {},
) {
  const rows: TeacherRow[] = [
    { person: "P", year: 2014, ...HOME, school: "before", role: "senior" },
    { person: "P", year: 2015, ...start },
    ...(later === undefined ? [] : [{ person: "P", year: 2015 + horizon, ...later }]),
  ];
  const unit = teachersOf(of, [...OTHERS, ...rows]);
  const place = Int32Array.of(unit.identities.indexOf("P"));
  const context = baselineContext(unit, place, { baseline: 2014, lag: 1, followup: horizon });
  const { values, isReached, applies } = ruleOutcome(ruleOf(of, outcome), context);
  return { value: values[0], isReached: isReached[0], applies: applies[0] };
}
const value = (outcome: string, start: State, later: State | undefined, of = study) =>
  outcomeOf(outcome, start, later, { of }).value;

const RETAINED = ["profession", "school", "localAuthority", "challengingSchool"].map((place) => `retained.${place}`);
const PROGRESSED = ["profession", "school", "challengingSchool"].map((place) => `progressed.${place}`);

describe("a leaver (annex 2)", () => {
  test.each([...RETAINED, ...PROGRESSED])("is 0 for %s, also where nothing was known of their school", (outcome) => {
    expect(value(outcome, HOME, undefined)).toBe(0);
    expect(value(outcome, { role: "classroom" }, undefined)).toBe(0);
  });

  test("who returns is there at the later horizon only", () => {
    const returned = (horizon: number) => {
      const unit = teachersOf(study, [
        ...OTHERS,
        { person: "P", year: 2015, ...HOME },
        { person: "P", year: 2017, ...HOME },
      ]);
      const place = Int32Array.of(unit.identities.indexOf("P"));
      const context = baselineContext(unit, place, { baseline: 2014, lag: 1, followup: horizon });
      return ruleOutcome(ruleOf(study, "retained.school"), context).values[0];
    };
    expect([returned(1), returned(2)]).toEqual([0, 1]);
  });
});

describe("retention", () => {
  test.each([
    // Place, at time zero, at the horizon.
    ["profession", HOME, { ...HOME, school: "B", authority: "L2" }, 1],
    ["profession", {}, {}, 1],
    ["school", HOME, HOME, 1],
    ["school", HOME, { ...HOME, school: "B" }, 0],
    ["school", HOME, { ...HOME, school: undefined }, Number.NaN],
    ["school", { ...HOME, school: undefined }, HOME, Number.NaN],
    ["localAuthority", HOME, { ...HOME, school: "B" }, 1],
    ["localAuthority", HOME, { ...HOME, authority: "L2" }, 0],
    ["challengingSchool", HOME, { ...HOME, school: "B", challenging: true }, 1],
    ["challengingSchool", HOME, { ...HOME, school: "B", challenging: false }, 0],
    // The same school whatever its grade, and where its grade is not known.
    ["challengingSchool", HOME, { ...HOME, challenging: false }, 1],
    ["challengingSchool", { ...HOME, challenging: true }, { ...HOME, challenging: undefined }, 1],
    ["challengingSchool", { ...HOME, challenging: true }, { ...HOME, school: "B", challenging: false }, 0],
    ["challengingSchool", HOME, { ...HOME, school: "B", challenging: undefined }, Number.NaN],
  ] as const)("within the %s, from %j to %j: %d", (place, start, later, expected) => {
    expect(value(`retained.${place}`, start, later)).toBe(expected);
  });

  test("is counted from time zero, not from the school of the baseline year", () => {
    expect(value("retained.school", HOME, { ...HOME, school: "before" })).toBe(0);
  });

  test("applies to everybody", () => {
    expect(outcomeOf("retained.school", { ...HOME, role: "senior" }, HOME).applies).toBe(1);
  });
});

describe("progression", () => {
  const as = (role: string | undefined, parts: State = {}): State => ({ ...HOME, role, ...parts });

  test.each([
    ["classroom", "middle", 1],
    ["classroom", "senior", 1],
    ["middle", "senior", 1],
    ["classroom", "classroom", 0],
    ["middle", "middle", 0],
    ["middle", "classroom", 0],
    ["senior", "middle", 0],
    [undefined, "senior", Number.NaN],
    ["classroom", undefined, Number.NaN],
  ] as const)("from %s to %s: %d", (before, after, expected) => {
    expect(value("progressed.profession", as(before), as(after))).toBe(expected);
  });

  test("is not asked of those on the highest step, unless the study does", () => {
    const asked = teachersStudy({ progressed: ["topLeftOut: no"] });
    const applies = (role: string | undefined, of = study) =>
      outcomeOf("progressed.profession", as(role), as("middle"), { of }).applies;
    expect([applies("senior"), applies("middle"), applies(undefined)]).toEqual([0, 1, 1]);
    expect(applies("senior", asked)).toBe(1);
  });

  test("within a place needs having stayed there, unless the study says otherwise", () => {
    const moved = as("middle", { school: "B" });
    const loose = teachersStudy({ progressed: ["localNeedsRetention: no"] });
    expect(value("progressed.profession", as("classroom"), moved)).toBe(1);
    expect(value("progressed.school", as("classroom"), moved)).toBe(0);
    expect(value("progressed.school", as("classroom"), moved, loose)).toBe(1);
    expect(value("progressed.challengingSchool", as("classroom"), moved)).toBe(0);
    expect(value("progressed.challengingSchool", as("classroom"), { ...moved, challenging: true })).toBe(1);
  });

  test("of one who moved out is 0, known role or not; where staying is not known it is not known", () => {
    expect(value("progressed.school", as("classroom"), as(undefined, { school: "B" }))).toBe(0);
    expect(value("progressed.school", as("classroom"), as("middle", { school: undefined }))).toBe(Number.NaN);
  });
});

describe("a horizon the data do not reach", () => {
  test.each([...RETAINED, ...PROGRESSED])("is told, and %s is not known then", (outcome) => {
    expect(outcomeOf(outcome, HOME, undefined, { horizon: 3 })).toMatchObject({ value: Number.NaN, isReached: 0 });
    expect(outcomeOf(outcome, HOME, undefined, { horizon: 2 }).isReached).toBe(1);
  });
});

test("retained in a place is never more than in the profession, and progressed within a place never more than in it", () => {
  const state = fc.record({
    school: fc.constantFrom("A", "B", undefined),
    authority: fc.constantFrom("L1", "L2", undefined),
    role: fc.constantFrom("classroom", "middle", "senior", undefined),
    challenging: fc.constantFrom(true, false, undefined),
  });
  fc.assert(
    fc.property(state, fc.option(state, { nil: undefined }), (start, later) => {
      for (const outcome of ["retained", "progressed"] as const) {
        const whole = value(`${outcome}.profession`, start, later)!;
        for (const place of ["school", "challengingSchool"]) {
          const own = value(`${outcome}.${place}`, start, later)!;
          if (own === 1 && !Number.isNaN(whole)) expect(whole).toBe(1);
          const stayed = value(`retained.${place}`, start, later)!;
          if (outcome === "progressed" && stayed === 0 && start.role !== undefined) expect(own).toBe(0);
        }
      }
    }),
  );
});
