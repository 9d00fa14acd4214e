import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { intoProgramme, inventWorkforce } from "./inventWorkforce.ts";

const NOTHING = { retentionEffect: 0, progressionEffect: 0, schoolEffect: 0 };
const logit = (p: number) => Math.log(p / (1 - p));

describe("realised effects", () => {
  it("are exactly zero when the programme does nothing", async () => {
    const { effects } = await inventWorkforce({ seed: 5, teachers: 14_000, ...NOTHING });
    expect(effects.participants).toBeGreaterThan(150);
    for (const { effect } of [...effects.onPeople(), ...effects.onSchools()]) expect(effect).toBe(0);
  });

  it("have the sign of what was put in, for everyone after one year", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.double({ min: -2, max: 2, noNaN: true }), async (seed, effect) => {
        const options = { retentionEffect: effect, progressionEffect: 0, schoolEffect: 0 };
        const { effects } = await inventWorkforce({ seed, teachers: 14_000, ...options });
        for (const row of effects.onPeople())
          if (
            row.horizonYears === 1 &&
            row.outcome.startsWith("retained.") &&
            row.outcome !== "retained.challengingSchool"
          )
            expect(row.effect * Math.sign(effect)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 5 },
    );
  });

  /*
   * About 900 participants. The same draw decides both lives, so the mean difference of shares a and b varies with variance
   * (b − a)(1 − (b − a)) / n: a standard deviation of .006 to .009. Four of them, and .01 more for the spread of people about
   * the mean log-odds.
   */
  it("are about what the log-odds imply, on people and on schools", async () => {
    const options = { retentionEffect: 0.7, progressionEffect: 0.8, schoolEffect: 0.2 };
    const workforce = await inventWorkforce({ seed: 8, teachers: 60_000, programmeSchools: 129, ...options });
    const after = (p: number, effect: number) => 1 / (1 + Math.exp(-logit(p) - effect));
    const one = (outcome: string) =>
      workforce.effects
        .onPeople()
        .find((row) => row.outcome === outcome && row.horizonYears === 1 && row.reference === "timeZero")!;
    for (const [outcome, effect] of [
      ["retained.profession", 0.9],
      ["retained.school", 0.9],
      ["progressed.profession", 1],
    ] as const) {
      const { people, without, withProgramme } = one(outcome);
      const expected = after(without, effect) - without;
      const sd = Math.sqrt((expected * (1 - expected)) / people);
      expect(people, outcome).toBeGreaterThan(outcome.startsWith("progressed") ? 250 : 700);
      expect(Math.abs(withProgramme - without - expected), outcome).toBeLessThan(4 * sd + 0.01);
      expect(withProgramme - without, outcome).toBeGreaterThan(0.01);
    }
    const school = workforce.effects
      .onSchools()
      .find(({ outcome, relativeYear }) => outcome === "retained.profession" && relativeYear === 1)!;
    expect(school.teacherYears).toBeGreaterThan(2000);
    expect(school.effect).toBeGreaterThan(0.005);
    expect(school.effect).toBeLessThan(0.06);
  });

  it("leave seniors out of progression, and count who was gone before time zero", async () => {
    const { effects, recruitments } = await inventWorkforce({ seed: 2, teachers: 20_000 });
    const rows = effects
      .onPeople()
      .filter(({ horizonYears, reference }) => horizonYears === 1 && reference === "timeZero");
    const retained = rows.find(({ outcome }) => outcome === "retained.profession")!;
    const progressed = rows.find(({ outcome }) => outcome === "progressed.profession")!;
    expect(retained.people).toBe(effects.participants);
    expect(progressed.people).toBeLessThan(0.8 * retained.people);
    expect(intoProgramme(recruitments).length).toBe(effects.participants + effects.goneBeforeTimeZero);
    // Those gone between November and spring could not be recruited: fewer than the 9% who leave in a year.
    expect(effects.goneBeforeTimeZero / effects.participants).toBeLessThan(0.12);
    // The last cohort has one year only.
    const second = effects.onPeople().find((row) => row.outcome === "retained.profession" && row.horizonYears === 2)!;
    expect(second.people).toBeLessThan(retained.people);
  });

  it("pick the committed when selection is hidden, who stay without any programme", async () => {
    const commitment = async (hiddenSelection: number) => {
      const { people, recruitments } = await inventWorkforce({
        seed: 4,
        teachers: 30_000,
        hiddenSelection,
        ...NOTHING,
      });
      const own = intoProgramme(recruitments).map(({ slot }) => people.commitment[slot]!);
      return own.reduce((sum, one) => sum + one, 0) / own.length;
    };
    // Standard deviation of a mean of 290: .06. Those still in post are a little above average without any selection.
    const [open, hidden] = [await commitment(0), await commitment(1)];
    expect(open).toBeLessThan(0.4);
    expect(hidden).toBeGreaterThan(open + 0.2);
  });
});
