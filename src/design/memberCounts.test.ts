import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { REPAIRED } from "#linkage";
import { numberColumn } from "#testing";
import { memberCounts } from "./memberCounts.ts";
import { ruleOf, type TeacherRow, teachersOf, teachersStudy } from "./testing/teachers.ts";

const study = teachersStudy();
const counts = (outcome: string, rows: readonly TeacherRow[], year = 2015) =>
  Object.fromEntries(memberCounts(teachersOf(study, rows), ruleOf(study, outcome), "school", year));
const at = (person: string, year: number, school: string | undefined, parts: Partial<TeacherRow> = {}): TeacherRow => ({
  ...{ person, year, school, role: "classroom" },
  ...parts,
});

const ROWS = [
  at("P", 2015, "A"),
  at("P", 2016, "A"),
  at("Q", 2015, "A"),
  at("Q", 2016, "B"),
  at("R", 2015, "A"),
  at("S", 2015, "B"),
  at("S", 2016, "B", { role: "middle" }),
  at("T", 2016, "B"),
];

describe("the people of a school", () => {
  test("are those there at the census; a leaver and a mover count in the school they were in", () => {
    expect(counts("retained.profession", ROWS)).toEqual({ A: { ones: 2, all: 3 }, B: { ones: 1, all: 1 } });
    expect(counts("retained.school", ROWS)).toEqual({ A: { ones: 1, all: 3 }, B: { ones: 1, all: 1 } });
    expect(counts("progressed.profession", ROWS)).toEqual({ A: { ones: 0, all: 3 }, B: { ones: 1, all: 1 } });
  });

  test("of whom the outcome is not known, or to whom it does not apply, are left out; so are those of no school", () => {
    const rows = [
      ...ROWS,
      at("U", 2015, "A", { role: "senior" }),
      at("U", 2016, "A", { role: "senior" }),
      at("V", 2015, "A", { role: undefined }),
      at("V", 2016, "A"),
      at("W", 2015, undefined),
      at("W", 2016, "B"),
    ];
    expect(counts("progressed.profession", rows)).toEqual({ A: { ones: 0, all: 3 }, B: { ones: 1, all: 1 } });
    expect(counts("retained.profession", rows).A).toEqual({ ones: 4, all: 5 });
  });

  test("do not hold somebody whose row was filled in: it is there only because they stayed", () => {
    const filled = numberColumn(ROWS, "truth", (row) => row.person === "P" && row.year === 2015);
    const unit = teachersOf(study, ROWS, { [REPAIRED]: filled });
    expect(memberCounts(unit, ruleOf(study, "retained.profession"), "school", 2015).get("A")).toEqual({
      ones: 1,
      all: 2,
    });
  });

  test("who stay by a row filled in a year later do count as staying", () => {
    const filled = numberColumn(ROWS, "truth", (row) => row.person === "P" && row.year === 2016);
    const unit = teachersOf(study, ROWS, { [REPAIRED]: filled });
    expect(memberCounts(unit, ruleOf(study, "retained.profession"), "school", 2015).get("A")).toEqual({
      ones: 2,
      all: 3,
    });
  });

  test("have no rate where the data do not reach the next census, or hold nobody", () => {
    expect(counts("retained.profession", ROWS, 2016)).toEqual({});
    expect(counts("retained.profession", ROWS, 2010)).toEqual({});
  });
});

test("schools add up to everybody with a school, and no school keeps more than it has", () => {
  const person = fc.record({
    before: fc.constantFrom("A", "B", "C"),
    after: fc.constantFrom("A", "B", "C", undefined),
  });
  fc.assert(
    fc.property(fc.array(person, { maxLength: 20 }), (people) => {
      const rows = people.flatMap(({ before, after }, i) => [
        at(`P${i}`, 2015, before),
        ...(after === undefined ? [] : [at(`P${i}`, 2016, after)]),
      ]);
      const own = Object.values(counts("retained.school", [...rows, at("Z", 2016, "A")]));
      expect(own.reduce((sum, { all }) => sum + all, 0)).toBe(people.length);
      expect(own.reduce((sum, { ones }) => sum + ones, 0)).toBe(people.filter((p) => p.before === p.after).length);
      for (const { ones, all } of own) expect(ones).toBeLessThanOrEqual(all);
    }),
  );
});
