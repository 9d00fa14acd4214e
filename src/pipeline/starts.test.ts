import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { censusDay, readDate } from "#domain";
import { readStudyText } from "#protocol";
import type { TidyTable } from "#sources";
import { numberColumn, textColumn } from "#testing";
import type { Inputs } from "./openInputs.ts";
import { findStarts } from "./starts.ts";

type Row = readonly [person: string, year: number];
/** Days as they are written; several for one who is named more than once. */
type Dates = Readonly<Record<string, readonly (string | undefined)[]>>;

const studyOf = (baselineYear: string, timeZero: string) =>
  readStudyText(
    `assay: 1
study: { title: Starts, question: When? }
sources:
  returned: { file: mi.csv, columns: { person: text, recruited: date, project: text } }
  census:
    file: census.csv
    columns:
      person: { type: text, identifies: person }
      year: { type: academicYear, written: start }
      pay: { type: number, unit: GBP, measured: row year }
units:
  teachers:
    is: teacher
    from: census
    identity: person
    year: year
    columns:
      named: { summary: count, of: returned, on: [person] }
      recruited: { summary: min, of: returned, on: [person], value: recruited }
design:
  comparisons:
    main:
      unit: teachers
      treated: named > 0
      baselineYear: ${baselineYear}
      timeZero: { rule: ${timeZero} }
      match: { covariates: [pay] }
outcomes: { stayed: { unit: teachers, rule: retention, horizons: [1 year], measure: percentage points, better: higher, priority: primary } }
analyses: { main: { comparison: main, outcomes: [stayed] } }
`,
    "study.yaml",
  );

const FIRST = "{ rule: firstRecruitment, from: recruited }";
const MODAL = "{ rule: modalRecruitment, from: returned.recruited }";

function find(rows: readonly Row[], dates: Dates, { rule = FIRST, timeZero = "firstCensusInPost" } = {}) {
  const study = studyOf(rule, timeZero);
  const named = Object.entries(dates).flatMap(([person, own]) => own.map((day) => ({ person, day })));
  const tables: Record<string, unknown> = {
    census: {
      rows: rows.length,
      columns: new Map([
        ["person", textColumn(rows, ([person]) => person)],
        ["year", numberColumn(rows, "academicYear", ([, year]) => year)],
        ["pay", numberColumn(rows, "number", () => 30)],
      ]),
    },
    returned: {
      rows: named.length,
      columns: new Map([
        ["person", textColumn(named, ({ person }) => person)],
        ["recruited", numberColumn(named, "date", ({ day }) => (day === undefined ? undefined : readDate(day)))],
        ["project", textColumn(named, () => "one")],
      ]),
    },
  };
  const tableOf = (id: string) => Promise.resolve({ id, frame: tables[id] } as unknown as TidyTable);
  const inputs = { view: tableOf, columnsOf: tableOf } as unknown as Inputs;
  return findStarts(study, inputs, study.comparisons.get("main")!, study.units.get("teachers")!);
}

const YEARS = [2014, 2015, 2016, 2017, 2018];
const always = (...people: readonly string[]): readonly Row[] =>
  people.flatMap((person) => YEARS.map((year): Row => [person, year]));
const startOf = async (...words: Parameters<typeof find>) => {
  const { byIdentity, baselines, lag } = await find(...words);
  const { baseline, isInPost } = byIdentity.get("P")!;
  return { baseline, isInPost, baselines, lag };
};

describe("when a treated unit starts", () => {
  test.each([
    // The censuses of 2015 and 2016 were on 5 November 2015 and 3 November 2016.
    ["firstCensusInPost", "2016-04-15", 2015, 1],
    ["firstCensusInPost", "2016-11-03", 2015, 1],
    ["firstCensusInPost", "2016-11-04", 2016, 1],
    ["censusBefore", "2016-04-15", 2015, 0],
    ["censusBefore", "2016-11-02", 2015, 0],
    ["censusBefore", "2016-11-03", 2016, 0],
    ["yearOfRecruitment", "2016-08-31", 2015, 0],
    ["yearOfRecruitment", "2016-09-01", 2016, 0],
  ])("by %s, recruited on %s: covariates of %i, time zero %i later", async (timeZero, day, baseline, lag) => {
    expect(await startOf(always("P", "C"), { P: [day] }, { timeZero })).toEqual({
      ...{ baseline, lag, baselines: [baseline], isInPost: true },
    });
  });

  test("is the first census in post: one missing from the next census starts at the one after, one gone never", async () => {
    const without = (...years: readonly number[]) =>
      [...always("P", "C")].filter(([person, year]) => person !== "P" || !years.includes(year));
    expect(await startOf(without(2016), { P: ["2016-04-15"] })).toMatchObject({ baseline: 2016, isInPost: true });
    expect(await startOf(without(2016, 2017, 2018), { P: ["2016-04-15"] })).toMatchObject({
      ...{ baseline: 2015, isInPost: false },
    });
  });

  test("is the earliest of several, or the most frequent year and of those that tie the earliest", async () => {
    const several = { P: ["2017-04-01", "2016-04-01", "2017-05-01"] };
    expect((await startOf(always("P", "C"), several)).baseline).toBe(2015);
    expect((await startOf(always("P", "C"), several, { rule: MODAL })).baseline).toBe(2016);
    const even = { P: ["2017-04-01", "2016-04-01", "2017-05-01", "2016-05-01"] };
    expect((await startOf(always("P", "C"), even, { rule: MODAL })).baseline).toBe(2015);
  });

  test("has its census of covariates before recruitment and its time zero on or after it, whatever the day", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: censusDay(2015), max: censusDay(2017) }), async (days) => {
        const day = new Date(days * 86_400_000).toISOString().slice(0, 10);
        const { byIdentity, lag } = await find(always("P", "C"), { P: [day] });
        const { baseline, recruited } = byIdentity.get("P")!;
        expect(recruited).toBe(days);
        expect(censusDay(baseline)).toBeLessThan(days);
        expect(censusDay(baseline + lag)).toBeGreaterThanOrEqual(days);
      }),
      { numRuns: 25 },
    );
  });
});

describe("what is said beside it", () => {
  const messages = async (...words: Parameters<typeof find>) =>
    (await find(...words)).warnings.map(({ code, message }) => `${code}: ${message}`);

  test("nothing where everything is known", async () => {
    expect(await messages(always("P", "C"), { P: ["2016-04-15"] })).toEqual([]);
  });

  test("who has no date, and is left out", async () => {
    const found = await find(always("P", "Q", "C"), { P: ["2016-04-15"], Q: [undefined] });
    expect([...found.byIdentity.keys()]).toEqual(["P"]);
    expect(found.warnings.map(({ message }) => message)).toEqual([
      "1 treated teacher has no date of recruitment: nobody knows when they start, and they are left out.",
    ]);
  });

  test.each([
    ["before the data begin", "2014-04-15"],
    ["where the data hold no census after it", "2019-04-15"],
  ])("who was recruited %s", async (_, day) => {
    const found = await find(always("P", "Q", "C"), { P: ["2016-04-15"], Q: [day] });
    expect(found.baselines).toEqual([2015]);
    expect(found.warnings.map(({ message }) => message)).toEqual([
      "1 treated teacher has a baseline census, or that of time zero, outside the years of the data: they are left out.",
    ]);
  });

  test("that time was immortal under the presets, in months from census to recruitment", async () => {
    // From 1 November 2015 to 15 April 2016 are 166 days, 5.5 months; the median of the three is theirs.
    const dates = { P: ["2016-04-15"], Q: ["2016-02-01"], R: ["2016-06-30"] };
    const [said, ...more] = await messages(always("P", "Q", "R", "C"), dates, { timeZero: "censusBefore" });
    expect(said).toContain("immortal-time: main: half of the treated were recruited 5 months or more after the census");
    expect(more).toEqual([]);
  });

  test("that a census between the first and the last is missing, whose people look as if they had left", async () => {
    const rows = always("P", "C").filter(([, year]) => year !== 2017);
    const said = await messages(rows, { P: ["2016-04-15"] });
    expect(said).toEqual([
      expect.stringContaining(
        "missing-census: The data hold no teacher at all in 2017/18, between 2014/15 and 2018/19.",
      ),
    ]);
    // Before the first and after the last nothing is missing.
    expect(
      await messages(
        always("P", "C").filter(([, year]) => year < 2018),
        { P: ["2016-04-15"] },
      ),
    ).toEqual([]);
  });

  test("that nobody starts where nobody treated is in the census", async () => {
    const found = await find(always("C"), { P: ["2016-04-15"] });
    expect([found.byIdentity.size, found.baselines.length]).toEqual([0, 0]);
  });
});
