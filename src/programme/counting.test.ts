import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countPart, countReturn } from "./counting.ts";
import { reconcileReturn } from "./reconcileReturn.ts";
import type { Participant } from "./records.ts";

const person = (changes: Partial<Participant> = {}): Participant => ({
  line: 2,
  row: "1",
  project: "A",
  trn: "1234501",
  surname: "Merriweather",
  forename: "Odette",
  birth: 5_256,
  urn: "137654",
  recruited: 17_788,
  withdrawn: false,
  ...changes,
});

describe("people", () => {
  it.each<[string, readonly Partial<Participant>[], number]>([
    ["one row", [{}], 1],
    ["two projects", [{}, { project: "B" }], 1],
    ["one number, a new surname", [{}, { surname: "Okafor" }], 1],
    ["one number, two people", [{}, { surname: "Okafor", forename: "Ben" }], 2],
    ["no number, one name and birth", [{}, { trn: undefined as never }], 1],
    ["one name and birth, two numbers", [{}, { trn: "7654301" }], 2],
    ["one name, two births", [{}, { trn: undefined as never, birth: 5_257 }], 2],
    ["nothing but a row", [{ trn: undefined as never, surname: undefined as never }, {}], 2],
  ])("%s: counted once each", (_, rows, count) => {
    const people = rows.map((row, i) => person({ line: i + 2, row: String(i + 1), ...row }));
    expect(countReturn(people, undefined).people).toHaveLength(count);
  });

  it("withdraw only when withdrawn from every project; role and school are of the first recruitment", () => {
    const rows = [
      person({ withdrawn: true, recruited: 17_800, urn: "2", roleLevel: "senior leader" }),
      person({ line: 3, project: "B", urn: "1", roleLevel: "middle leader" }),
    ];
    const [one] = countReturn(rows, undefined).people;
    expect(one).toMatchObject({ withdrew: false, urn: "1", roleLevel: "middle leader", projects: ["A", "B"] });
  });

  it("are never more than the rows, and every row belongs to one of them", () => {
    const row = fc.record({
      trn: fc.option(fc.constantFrom("1000001", "1000002"), { nil: undefined }),
      surname: fc.constantFrom("Ash", "Birch", "Cedar"),
      forename: fc.constantFrom("Ann", "Ben"),
      birth: fc.constantFrom(1, 2),
      project: fc.constantFrom("A", "B"),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 25 }), (cells) => {
        const rows = cells.map((one, i) => ({ ...one, line: i + 2, row: String(i) }) as Participant);
        const counted = countReturn(rows, undefined);
        expect(counted.people.flatMap((one) => one.rows).length).toBe(rows.length);
        const { rows: walk, people } = reconcileReturn(counted, { counts: [] });
        expect(walk.from).toBe(walk.to + walk.reasons.reduce((sum, { count }) => sum + count, 0));
        expect(walk.unexplained).toBe(0);
        expect(walk.to).toBe(people.from);
      }),
    );
  });
});

describe("a part of a return", () => {
  const entries = [
    { line: 2, urn: "1", project: "A", cohort: "1", withdrawn: false },
    { line: 3, urn: "1", project: "B", cohort: "2", withdrawn: true },
    { line: 4, urn: "2", project: "A", cohort: "2", withdrawn: true },
  ];
  const rows = [
    person({ urn: "1" }),
    person({ line: 3, urn: "1", project: "B" }),
    person({ line: 4, urn: "2", trn: "7654301", forename: "Ben", birth: 1 }),
  ];
  const counted = countReturn(rows, entries);

  it("counts a school or person of two projects once in each", () => {
    expect([counted.schools.length, counted.people.length]).toEqual([2, 2]);
    const count = (part: Parameters<typeof countPart>[1]) => {
      const own = countPart(counted, part);
      return [own.schools.length, own.people.length];
    };
    expect(count({ projects: ["A"] })).toEqual([2, 2]);
    expect(count({ projects: ["B"] })).toEqual([1, 1]);
    expect(count({ cohorts: ["1"] })).toEqual([1, 1]);
    expect(count({ cohorts: ["3"] })).toEqual([0, 0]);
    expect(countPart(counted, {})).toBe(counted);
  });

  it("says who of the return is not in the analysis, and why", () => {
    const people = [
      person({ row: "1", trn: "1000001", surname: "Ash" }),
      person({ row: "2", trn: "1000002", surname: "Birch" }),
      person({ row: "3", trn: "1000003", surname: "Cedar" }),
      person({ row: "4", trn: "1000004", surname: "Damson", withdrawn: true }),
      person({ row: "5", trn: "1000005", surname: "Elder" }),
    ].map((one, i) => ({ ...one, line: i + 2, birth: i }));
    const { analysis } = reconcileReturn(countReturn(people, undefined), {
      counts: [],
      analysis: {
        label: "Analysis",
        analysed: new Set(["1", "99"]),
        linked: new Set(["1", "3", "4", "5", "99"]),
        withBaseline: new Set(["1", "4", "5", "99"]),
      },
    });
    expect(analysis!.people).toEqual({
      from: 5,
      to: 2,
      added: 1,
      unexplained: 1,
      reasons: [
        { id: "not-linked", label: "were not found in the census", count: 1 },
        {
          id: "no-baseline",
          label:
            "could not be compared: no record before the programme, gone before its first census, or left out by a rule",
          count: 1,
        },
        { id: "withdrew", label: "withdrew", count: 1 },
      ],
    });
  });
});
