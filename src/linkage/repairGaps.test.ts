import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDate } from "#domain";
import type { RepairDeclaration } from "#protocol";
import type { NumberColumn } from "#table";
import { REPAIRED, repairGaps } from "./repairGaps.ts";
import { column, frameOf, PLACE, valuesOf } from "./testing/tables.ts";

/** One record: the person, the census year, the day the role began, and the age. */
type Row = readonly [person: string, year: number, roleStart: string | undefined, age?: number];

const rule = (parts: Partial<RepairDeclaration> = {}): RepairDeclaration => ({
  rule: "roleStartGap",
  roleStart: "role_start",
  fixed: ["post"],
  countDown: ["age"],
  place: PLACE,
  ...parts,
});

const frame = (rows: readonly Row[]) =>
  frameOf({
    person: column(rows.map(([person]) => person)),
    year: column(
      rows.map(([, year]) => year),
      "academicYear",
    ),
    role_start: column(
      rows.map(([, , start]) => (start === undefined ? undefined : readDate(start))),
      "date",
    ),
    age: column(rows.map(([, year, , age = year - 1980]) => age)),
    school: column(rows.map(([person, year]) => `${person}${year}`)),
  });

/** People as runs of rows, as they stand sorted. */
const runs = (people: readonly (string | number | undefined)[]): Int32Array => {
  const names = [...new Set(people)];
  return Int32Array.from(people, (person) => names.indexOf(person));
};

function repaired(rows: readonly Row[], parts: Partial<RepairDeclaration> = {}) {
  const { frame: filled, record } = repairGaps(frame(rows), runs(rows.map(([person]) => person)), "year", rule(parts));
  const of = (name: string) => valuesOf(filled.columns.get(name)!);
  const flags = of(REPAIRED);
  const at = [...flags.keys()].filter((row) => flags[row] === 1);
  const pick = (name: string) => at.map((row) => of(name)[row]);
  return {
    of,
    record,
    filledYears: pick("year"),
    filledSchools: pick("school"),
    filledAges: pick("age"),
    frame: filled,
  };
}

describe("a missing year", () => {
  test("is filled from the row after it, whose role had begun by then; what counts down is a year less", () => {
    const { of, record, filledSchools, filledAges } = repaired([
      ["P", 2015, "2012-09-01", 35],
      ["P", 2017, "2012-09-01", 37],
    ]);
    expect(of("year")).toEqual([2015, 2016, 2017]);
    expect(of(REPAIRED)).toEqual([0, 1, 0]);
    expect([filledSchools, filledAges]).toEqual([["P2017"], [36]]);
    expect(record.years).toEqual([
      { year: 2015, rows: 1, filled: 0, unfilled: 0 },
      { year: 2016, rows: 0, filled: 1, unfilled: 0 },
      { year: 2017, rows: 1, filled: 0, unfilled: 0 },
    ]);
  });

  test("is counted in its year, among those delivered in it", () => {
    const { record } = repaired([
      ["P", 2015, "2012-09-01"],
      ["P", 2017, "2012-09-01"],
      ["Q", 2015, undefined],
      ["Q", 2017, undefined],
      ["R", 2016, undefined],
    ]);
    expect(record.years).toEqual([
      { year: 2015, rows: 2, filled: 0, unfilled: 0 },
      { year: 2016, rows: 1, filled: 1, unfilled: 1 },
      { year: 2017, rows: 2, filled: 0, unfilled: 0 },
    ]);
  });

  test("and several in a row are filled, each as far down as its distance", () => {
    const { filledYears, filledAges } = repaired([
      ["P", 2014, "2010-09-01", 34],
      ["P", 2018, "2013-09-01", 38],
    ]);
    expect([filledYears, filledAges]).toEqual([
      [2015, 2016, 2017],
      [35, 36, 37],
    ]);
  });

  test.each([
    // The censuses of 2016 and 2017 were on 3 November 2016 and 2 November 2017.
    ["2016-11-03", [2016, 2017]],
    ["2016-11-04", [2017]],
    ["2017-11-02", [2017]],
    ["2017-11-03", []],
    ["2018-09-01", []],
  ])("is filled from the first census on or after the start of the role: %s", (start, years) => {
    expect(
      repaired([
        ["P", 2015, "2010-09-01"],
        ["P", 2018, start],
      ]).filledYears,
    ).toEqual(years);
  });

  test("stays missing where the later row does not say when its role began, and is counted", () => {
    const { filledYears, record } = repaired([
      ["P", 2015, "2010-09-01"],
      ["P", 2018, undefined],
      ["Q", 2016, undefined],
      ["Q", 2017, undefined],
    ]);
    expect(filledYears).toEqual([]);
    expect(record.years.map(({ year, unfilled }) => [year, unfilled])).toEqual([
      [2015, 0],
      [2016, 1],
      [2017, 1],
      [2018, 0],
    ]);
  });

  test("before somebody's first row is filled back to the first year of the file, and missing otherwise is no gap", () => {
    const { of, record } = repaired([
      ["P", 2015, undefined],
      ["Q", 2018, "2013-09-01"],
      ["R", 2018, "2017-09-01"],
      ["S", 2018, undefined],
    ]);
    expect(of("person").map((person, row) => `${person}${of("year")[row]}`)).toEqual([
      ...["P2015", "Q2015", "Q2016", "Q2017", "Q2018", "R2017", "R2018", "S2018"],
    ]);
    expect(record.years.every(({ unfilled }) => unfilled === 0)).toBe(true);
  });

  test("after somebody's last row is never filled: nothing says that they were there", () => {
    expect(
      repaired([
        ["P", 2014, "2010-09-01"],
        ["Q", 2014, "2010-09-01"],
        ["Q", 2015, "2010-09-01"],
        ["Q", 2016, "2010-09-01"],
      ]).filledYears,
    ).toEqual([]);
  });

  test("further back than the limit stays missing", () => {
    const rows: Row[] = [
      ["P", 2013, "2010-09-01"],
      ["P", 2017, "2010-09-01"],
    ];
    expect([0, 1, 2, 9].map((limit) => repaired(rows, { limit }).filledYears)).toEqual([
      [],
      [2016],
      [2015, 2016],
      [2014, 2015, 2016],
    ]);
  });

  test("of one person says nothing of the next: two side by side", () => {
    const { of } = repaired([
      ["P", 2013, "2010-09-01"],
      ["P", 2015, "2010-09-01"],
      ["Q", 2013, "2010-09-01"],
      ["Q", 2015, "2014-12-01"],
    ]);
    expect(of("person").map((person, row) => `${person}${of("year")[row]}`)).toEqual([
      ...["P2013", "P2014", "P2015", "Q2013", "Q2015"],
    ]);
  });

  test("leaves a number that is not known unknown, and a column that does not count down as it is", () => {
    const rows: Row[] = [
      ["P", 2015, "2010-09-01", Number.NaN],
      ["P", 2017, "2010-09-01", Number.NaN],
    ];
    expect(repaired(rows).filledAges).toEqual([undefined]);
    expect(
      repaired(
        [
          ["P", 2015, "2010-09-01", 35],
          ["P", 2017, "2010-09-01", 37],
        ],
        { countDown: [] },
      ).filledAges,
    ).toEqual([37]);
  });
});

describe("filling gaps", () => {
  const person = fc.record({
    years: fc.uniqueArray(fc.integer({ min: 2012, max: 2020 }), { minLength: 1, maxLength: 6 }),
    start: fc.option(fc.integer({ min: 2008, max: 2020 }), { nil: undefined }),
  });
  const rows = fc
    .array(person, { minLength: 1, maxLength: 6 })
    .map((people): Row[] =>
      people.flatMap(({ years, start }, p) =>
        [...years]
          .sort((a, b) => a - b)
          .map((year): Row => [`P${p}`, year, start === undefined ? undefined : `${Math.min(start, year)}-09-01`]),
      ),
    );
  const limit = fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined });
  const parts = (own: number | undefined) => (own === undefined ? {} : { limit: own });

  test("changes no row that was delivered, and keeps people and years in order without a repeat", () => {
    fc.assert(
      fc.property(rows, limit, (drawn, own) => {
        const { of, frame: filled } = repaired(drawn, parts(own));
        const flags = of(REPAIRED);
        const delivered = [...flags.keys()].filter((row) => flags[row] === 0);
        for (const name of ["person", "year", "role_start", "age", "school"])
          expect(delivered.map((row) => of(name)[row])).toEqual(valuesOf(frame(drawn).columns.get(name)!));
        const keys = Array.from({ length: filled.rows }, (_, row) => `${of("person")[row]} ${of("year")[row]}`);
        expect(keys).toEqual([...new Set(keys)].sort((a, b) => (a < b ? -1 : 1)));
      }),
    );
  });

  test("twice adds nothing", () => {
    fc.assert(
      fc.property(rows, (drawn) => {
        const once = repaired(drawn).frame;
        const people = valuesOf(once.columns.get("person")!);
        const twice = repairGaps(once, runs(people), "year", rule());
        expect(twice.frame.rows).toBe(once.rows);
        expect((twice.frame.columns.get("age") as NumberColumn).values).toEqual(
          (once.columns.get("age") as NumberColumn).values,
        );
      }),
    );
  });

  test("counts every year between two rows of somebody as filled or not", () => {
    fc.assert(
      fc.property(rows, limit, (drawn, own) => {
        const firsts = drawn.filter(([name], i) => i === 0 || drawn[i - 1]![0] !== name);
        const { record, of } = repaired(drawn, parts(own));
        const gaps = drawn.reduce((total, [name, year], i) => {
          const last = drawn[i - 1];
          return last?.[0] === name ? total + year - last[1] - 1 : total;
        }, 0);
        const beforeFirst = of(REPAIRED).filter((flag, row) => {
          const first = firsts.find(([name]) => name === of("person")[row])!;
          return flag === 1 && Number(of("year")[row]) < first[1];
        }).length;
        const sum = (what: "filled" | "unfilled") => record.years.reduce((total, year) => total + year[what], 0);
        expect(sum("filled") - beforeFirst + sum("unfilled")).toBe(gaps);
        expect(record.years.reduce((total, year) => total + year.rows, 0)).toBe(drawn.length);
      }),
    );
  });
});
