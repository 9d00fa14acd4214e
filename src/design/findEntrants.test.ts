import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate } from "#expression";
import type { NumberColumn } from "#table";
import { findEntrants, type Start, type Wave } from "./candidates.ts";
import { takeCandidates } from "./takeCandidates.ts";
import { faultsOf } from "./testing/schools.ts";
import { startsOf, type TeacherRow, teachersOf, teachersStudy } from "./testing/teachers.ts";

const DAY = 17_000;
const study = teachersStudy();

interface Person {
  readonly name: string;
  /** Census years with a row. */
  readonly years: readonly number[];
  /** Baseline year; undefined for somebody who never takes part. */
  readonly starts?: number | undefined;
  readonly parts?: Partial<TeacherRow>;
}

/** The waves of some people, as they are made from who is there: lag 1, every year a wave in which somebody starts. */
function wavesOf(people: readonly Person[], { lag = 1, of = study }: { lag?: number; of?: typeof study } = {}): Wave[] {
  const rows = people.flatMap((own) =>
    own.years.map((year): TeacherRow => {
      const recruited = own.starts === undefined ? undefined : DAY;
      return { person: own.name, year, x: year - 2000, recruited, ...own.parts };
    }),
  );
  const there = (name: string, year: number) => people.some((own) => own.name === name && own.years.includes(year));
  const starting = people.filter((own): own is Person & { starts: number } => own.starts !== undefined);
  const starts = new Map(
    starting.map(({ name, starts: baseline }): [string, Start] => [
      name,
      { baseline, isInPost: there(name, baseline + lag), recruited: DAY },
    ]),
  );
  const baselines = [...new Set(starting.map((own) => own.starts))].sort((a, b) => a - b);
  return baselines.map((baseline) => ({
    baseline,
    lag,
    // A wave sees no row after its baseline.
    unit: teachersOf(
      of,
      rows.filter(({ year }) => year <= baseline),
    ),
    starts,
    present: new Set(people.flatMap(({ name }) => (there(name, baseline + lag) ? [name] : []))),
  }));
}
const find = (people: readonly Person[], options: { lag?: number; of?: typeof study } = {}) =>
  findEntrants(wavesOf(people, options), startsOf(options.of ?? study));
const steps = ({ flow }: ReturnType<typeof find>) =>
  flow.map(({ id, treated, comparison }) => [id, treated, comparison] as const);

const ALWAYS = [2013, 2014, 2015, 2016, 2017];

describe("entrants", () => {
  test("are treated ones in their own year, and others in every year in which one starts", () => {
    const found = find([
      { name: "T14", years: ALWAYS, starts: 2014 },
      { name: "T15", years: ALWAYS, starts: 2015 },
      { name: "C", years: ALWAYS },
      { name: "D", years: [2013, 2014, 2015] },
    ]);
    expect(found.keys).toEqual(["C 2014/15", "D 2014/15", "T14 2014/15", "C 2015/16", "T15 2015/16"]);
    expect(found.identities).toEqual(["C", "D", "T14", "C", "T15"]);
    expect([...found.treated]).toEqual([0, 0, 1, 0, 1]);
    expect([...found.entry!.baseline]).toEqual([2014, 2014, 2014, 2015, 2015]);
    expect(found.entry!.lag).toBe(1);
  });

  test("show what they were in the year each enters, not later", () => {
    const found = find([
      { name: "T14", years: ALWAYS, starts: 2014 },
      { name: "T15", years: ALWAYS, starts: 2015 },
      { name: "C", years: ALWAYS },
    ]);
    expect([...(found.context.column("x", undefined) as NumberColumn).values]).toEqual([14, 14, 15, 15]);
    expect([...(found.context.column("baseline_year", undefined) as NumberColumn).values]).toEqual([
      2014, 2014, 2015, 2015,
    ]);
  });

  test("are there at time zero: one gone by then leaves on a line of its own, on either side", () => {
    const found = find([
      { name: "T", years: ALWAYS, starts: 2014 },
      { name: "U", years: [2013, 2014], starts: 2014 },
      { name: "C", years: ALWAYS },
      { name: "D", years: [2013, 2014] },
      { name: "E", years: [2013, 2014, 2016] },
    ]);
    expect(found.identities).toEqual(["C", "T"]);
    expect(steps(found)).toEqual([
      ["no-baseline-row", 0, 0],
      ["gone", 1, 2],
    ]);
    expect(found.start).toEqual({ treated: 2, comparison: 3, undecided: 0, noBaselineRow: 0 });
  });

  test("have a row in their baseline year: a treated one without is counted", () => {
    const found = find([
      { name: "T", years: ALWAYS, starts: 2014 },
      { name: "U", years: [2013, 2015], starts: 2014 },
      { name: "C", years: ALWAYS },
      { name: "D", years: [2013, 2015] },
    ]);
    expect(found.identities).toEqual(["C", "T"]);
    expect(steps(found)).toEqual([
      ["no-baseline-row", 1, 0],
      ["gone", 0, 0],
    ]);
    expect(found.start).toMatchObject({ treated: 2, comparison: 1 });
  });

  test("who are treated and have no date of recruitment enter nowhere", () => {
    const people: Person[] = [
      { name: "T", years: ALWAYS, starts: 2014 },
      { name: "U", years: ALWAYS, parts: { recruited: DAY } },
      { name: "C", years: ALWAYS },
    ];
    expect(find(people).identities).toEqual(["C", "T"]);
  });

  test("are not asked for time zero where it is the baseline year itself", () => {
    const found = find(
      [
        { name: "T", years: [2014], starts: 2014 },
        { name: "C", years: [2014] },
      ],
      { lag: 0 },
    );
    expect(found.identities).toEqual(["C", "T"]);
    expect(steps(found)).toEqual([["no-baseline-row", 0, 0]]);
  });

  test("leave by the conditions of the study, counted over the waves together", () => {
    const of = teachersStudy({ comparison: ["pool: x > 0", "exclude: { neighbour: near = yes }"] });
    const found = find(
      [
        { name: "T14", years: ALWAYS, starts: 2014, parts: { near: true } },
        { name: "T15", years: ALWAYS, starts: 2015, parts: { near: true } },
        { name: "C", years: ALWAYS, parts: { near: false } },
        { name: "D", years: ALWAYS, parts: { near: true } },
        { name: "E", years: ALWAYS, parts: { near: false, x: -1 } },
      ],
      { of },
    );
    expect(found.identities).toEqual(["C", "T14", "C", "T15"]);
    expect(steps(found)).toEqual([
      ["no-baseline-row", 0, 0],
      ["pool", 0, 2],
      ["neighbour", 0, 2],
      ["gone", 0, 0],
    ]);
  });

  test("of whom nobody is treated are refused with what removed them", () => {
    const gone: Person[] = [
      { name: "T", years: [2014], starts: 2014 },
      { name: "C", years: ALWAYS },
    ];
    expect(faultsOf(() => find(gone))).toEqual([
      "nobody-treated: `treated` is true for 1 of 2 teachers in any baseline year (1 no, 0 undecided). " +
        "None of them is left: gone removed 1 treated and 0 others.",
    ]);
  });

  test("of whom all are treated are refused", () => {
    expect(faultsOf(() => find([{ name: "T", years: ALWAYS, starts: 2014 }]))[0]).toContain("The pool has 0 teachers");
  });

  const person = fc.record({
    years: fc.subarray(ALWAYS, { minLength: 1 }),
    starts: fc.option(fc.constantFrom(2014, 2015), { nil: undefined }),
  });
  const anchors: Person[] = [
    { name: "T", years: ALWAYS, starts: 2014 },
    { name: "T2", years: ALWAYS, starts: 2015 },
    { name: "C", years: ALWAYS },
  ];
  const crowd = fc
    .array(person, { maxLength: 12 })
    .map((people): Person[] => [...people.map((own, i) => ({ name: `P${i}`, ...own })), ...anchors]);

  test("never hold a participant's other years, and those at the start less those who left are those who remain", () => {
    fc.assert(
      fc.property(crowd, (people) => {
        const found = find(people);
        const starts = new Map(people.map(({ name, starts: own }) => [name, own]));
        for (const [i, name] of found.identities.entries()) {
          const own = starts.get(name);
          expect(found.treated[i]).toBe(own === undefined ? 0 : 1);
          if (own !== undefined) expect(found.entry!.baseline[i]).toBe(own);
        }
        expect(new Set(found.keys).size).toBe(found.keys.length);
        const left = (arm: "treated" | "comparison") => found.flow.reduce((sum, step) => sum + step[arm], 0);
        const remain = (arm: number) => found.treated.filter((own) => own === arm).length;
        expect(found.start.treated - left("treated")).toBe(remain(1));
        expect(found.start.comparison - left("comparison")).toBe(remain(0));
        expect(found.start.treated).toBe(people.filter((own) => own.starts !== undefined).length);
      }),
    );
  });

  test("taken out are the same rows in their order, with what is known of them", () => {
    fc.assert(
      fc.property(crowd, fc.infiniteStream(fc.boolean()), (people, coins) => {
        const all = find(people);
        const rows = Int32Array.from(all.keys.keys()).filter(() => coins.next().value!);
        const some = takeCandidates(all, rows);
        expect(some.keys).toEqual(Array.from(rows, (row) => all.keys[row]));
        expect(some.identities).toEqual(Array.from(rows, (row) => all.identities[row]));
        expect([...some.treated]).toEqual(Array.from(rows, (row) => all.treated[row]));
        expect([...some.entry!.baseline]).toEqual(Array.from(rows, (row) => all.entry!.baseline[row]));
        expect(some.context.rows).toBe(rows.length);
        const values = ({ context }: typeof all) => (context.column("x", undefined) as NumberColumn).values;
        expect([...values(some)]).toEqual(Array.from(rows, (row) => values(all)[row]));
        expect([...some.context.exists(undefined).values]).toEqual(Array.from(rows, () => 1));
        const treated = evaluate(startsOf(study).treated, some.context) as NumberColumn;
        expect([...treated.values]).toEqual([...some.treated]);
      }),
    );
  });
});
