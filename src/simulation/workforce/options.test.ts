import { describe, expect, it } from "vitest";
import { Faults } from "#domain";
import { settle, type WorkforceOptions } from "./options.ts";

describe("options of the workforce", () => {
  it("are all England unless said, and keep the same shares when scaled down", () => {
    expect(settle({ seed: 1 })).toEqual({
      seed: 1,
      teachers: 502_000,
      schools: 21_736,
      programmeSchools: 51,
      hiddenSelection: 0,
      retentionEffect: 0.5,
      progressionEffect: 0.4,
      schoolEffect: 0.1,
    });
    expect(settle({ seed: 1, teachers: 30_000 })).toMatchObject({ schools: 1299, programmeSchools: 43 });
    expect(settle({ seed: 1, teachers: 14_000 })).toMatchObject({ schools: 606, programmeSchools: 30 });
  });

  it.each<[Partial<WorkforceOptions>, readonly string[]]>([
    [{ seed: 1.5 }, ["The seed must be a whole number from 0"]],
    [{ teachers: 100 }, ["The number of teachers must be a whole number from 14000 to 1000000, not 100."]],
    [
      { teachers: 30_000, schools: 10_000 },
      ["The number of schools must be a whole number from 600 to 3000, not 10000."],
    ],
    [{ teachers: 30_000, programmeSchools: 400 }, ["programme schools must be a whole number from 1 to 64, not 400."]],
    [
      { retentionEffect: Number.NaN },
      ["The effect on retention must lie between -3 and 3 on the log-odds scale, not NaN."],
    ],
    [
      {
        seed: -1,
        teachers: 5,
        schools: 2,
        programmeSchools: 0,
        progressionEffect: 9,
        schoolEffect: 9,
        hiddenSelection: 9,
      },
      ["seed", "teachers", "number of schools", "programme schools", "progression", "effect on schools", "nobody sees"],
    ],
  ])("refuses %j, every fault at once", (asked, words) => {
    let found: unknown;
    try {
      settle({ seed: 1, ...asked });
    } catch (problem) {
      found = problem;
    }
    expect(found).toBeInstanceOf(Faults);
    const { faults } = found as Faults;
    expect(faults.map(({ code }) => code)).toEqual(words.map(() => "option-out-of-range"));
    for (const [i, word] of words.entries()) expect(faults[i]!.message).toContain(word);
  });
});
