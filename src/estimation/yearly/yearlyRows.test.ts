import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildUnit, type UnitTable } from "#linkage";
import type {
  AnalysisDeclaration,
  OutcomeRule,
  SensitivityDeclaration,
  Study,
  UnitDeclaration,
  YearlyDifference,
} from "#protocol";
import { Matrix, relativeMagnitudes } from "#stats";
import { numberColumn, textColumn } from "#testing";
import type { OutcomeEffect } from "../effect.ts";
import type { OpenSample } from "../sample.ts";
import { estimateYearly } from "./estimateYearly.ts";
import { censusesOf, censusOf, yearlyRows } from "./yearlyRows.ts";
import { bendTrends } from "./yearlySensitivity.ts";

const PLACE = { file: "study.yaml", line: 1, column: 1 };
const RETAINED: OutcomeRule = { rule: "retention", within: "profession" };
const DIFFERENCE: YearlyDifference = {
  ...{ rowsOf: "teachers", carriedBy: "school", before: [-2, -1], after: [1, 2], random: "schoolAndYear" },
};

interface Person {
  readonly person: string;
  readonly school: string;
  readonly years: readonly number[];
  /** The school after the first of the years, where it is another. */
  readonly later?: string;
}

function peopleOf(people: readonly Person[]): UnitTable {
  const rows = people.flatMap(({ person, school, years, later = school }) =>
    years.map((year, i) => ({ person, school: i === 0 ? school : later, year })),
  );
  const frame = {
    rows: rows.length,
    columns: new Map([
      ["person", textColumn(rows, (row) => row.person)],
      ["school", textColumn(rows, (row) => row.school)],
      ["year", numberColumn(rows, "academicYear", (row) => row.year)],
    ]),
  };
  const declaration: UnitDeclaration = {
    ...{ id: "teachers", is: "teacher", from: "census", identity: "person", year: "year" },
    ...{ member: { school: "school" }, join: [], columns: [], place: PLACE },
  };
  return buildUnit(declaration, new Map([["census", { id: "census", frame } as never]]));
}

interface School {
  readonly school: string;
  readonly baseline: number;
  readonly isTreated: boolean;
  readonly weight?: number;
}

/** A matched sample of schools, with no covariates. */
const openOf = (schools: readonly School[], lag = 1): OpenSample =>
  ({
    entry: { baseline: Float64Array.from(schools, ({ baseline }) => baseline), lag },
    draws: [{ weights: Float64Array.from(schools, ({ weight = 1 }) => weight), covariates: [] }],
    identities: schools.map(({ school }) => school),
    treated: Uint8Array.from(schools, ({ isTreated }) => Number(isTreated)),
    sample: { comparison: { id: "schools" } },
    specification: "one",
  }) as unknown as OpenSample;

const YEARS = [2012, 2013, 2014, 2015, 2016, 2017, 2018];

describe("the census a period begins with", () => {
  test.each([
    // Baseline 2014. Lag 1: time zero is the census of 2015, and the year from it to 2016 is the first after the start.
    [-3, 1, 2011],
    [-1, 1, 2013],
    [1, 1, 2015],
    [2, 1, 2016],
    [-1, 0, 2013],
    [1, 0, 2014],
  ])("of period %i with time zero %i years after baseline is %i", (period, lag, census) => {
    expect(censusOf(period, 2014, lag)).toBe(census);
  });

  test("of −1 is the one before baseline, so that its year ends there; of 1 it is time zero", () => {
    const year = fc.integer({ min: 2000, max: 2030 });
    fc.assert(
      fc.property(year, fc.constantFrom(0, 1), fc.integer({ min: 1, max: 5 }), (baseline, lag, k) => {
        expect(censusOf(-1, baseline, lag) + 1).toBe(baseline);
        expect(censusOf(1, baseline, lag)).toBe(baseline + lag);
        expect(censusOf(k + 1, baseline, lag) - censusOf(k, baseline, lag)).toBe(1);
        expect(censusOf(-k, baseline, lag) - censusOf(-k - 1, baseline, lag)).toBe(1);
      }),
    );
  });

  test("is needed once for all that start in the same year", () => {
    const open = openOf([
      { school: "A", baseline: 2014, isTreated: true },
      { school: "B", baseline: 2014, isTreated: false },
      { school: "C", baseline: 2015, isTreated: false },
    ]);
    expect(censusesOf(open, DIFFERENCE)).toEqual([2012, 2013, 2014, 2015, 2016, 2017]);
  });
});

describe("yearly rows", () => {
  test("are the people of each matched school in each period, and how many were still there a year later", () => {
    const table = peopleOf([
      { person: "a1", school: "A", years: YEARS },
      { person: "a2", school: "A", years: [2012, 2013, 2014, 2015] },
      { person: "b1", school: "B", years: YEARS },
      { person: "c1", school: "C", years: YEARS },
    ]);
    const open = openOf([
      { school: "A", baseline: 2014, isTreated: true },
      { school: "B", baseline: 2014, isTreated: false },
      { school: "C", baseline: 2014, isTreated: false, weight: 0 },
    ]);
    const rows = yearlyRows(open, table, RETAINED, DIFFERENCE);
    expect(rows.map(({ school, period, census, ones, all }) => [school, period, census, ones, all])).toEqual([
      ["A", -2, 2012, 2, 2],
      ["A", -1, 2013, 2, 2],
      ["A", 1, 2015, 1, 2],
      ["A", 2, 2016, 1, 1],
      ["B", -2, 2012, 1, 1],
      ["B", -1, 2013, 1, 1],
      ["B", 1, 2015, 1, 1],
      ["B", 2, 2016, 1, 1],
    ]);
    expect(rows.map(({ isTreated }) => isTreated)).toEqual([true, true, true, true, false, false, false, false]);
  });

  test("lack a school in a period in which it has nobody, and a period the data do not reach with the census after it", () => {
    const table = peopleOf([
      { person: "a1", school: "A", years: [2013, 2014, 2015, 2016] },
      { person: "b1", school: "B", years: [2015, 2016] },
    ]);
    const open = openOf([
      { school: "A", baseline: 2014, isTreated: true },
      { school: "B", baseline: 2014, isTreated: false },
    ]);
    const rows = yearlyRows(open, table, RETAINED, DIFFERENCE);
    // 2016 is the last census: who stays in its year is not seen. 2012 is not held at all.
    expect(rows.map(({ school, period }) => `${school}${period}`)).toEqual(["A-1", "A1", "B1"]);
  });

  test("add up to everybody of the matched schools", () => {
    const person = fc.record({ school: fc.constantFrom("A", "B"), years: fc.subarray(YEARS, { minLength: 1 }) });
    fc.assert(
      fc.property(fc.array(person, { maxLength: 15 }), (drawn) => {
        const people = drawn.map((own, i) => ({ person: `p${i}`, ...own }));
        const everYear = { person: "z", school: "Z", years: YEARS };
        const open = openOf(["A", "B"].map((school) => ({ school, baseline: 2014, isTreated: school === "A" })));
        const rows = yearlyRows(open, peopleOf([...people, everYear]), RETAINED, DIFFERENCE);
        for (const census of [2012, 2013, 2015, 2016]) {
          const own = rows.filter((row) => row.census === census);
          const there = people.filter(({ years }) => years.includes(census));
          expect(own.reduce((sum, { all }) => sum + all, 0)).toBe(there.length);
          expect(own.reduce((sum, { ones }) => sum + ones, 0)).toBe(
            there.filter(({ years }) => years.includes(census + 1)).length,
          );
        }
      }),
    );
  });
});

/** Schools of ten people a year, of whom as many teach on as `staying` says: in another school, and others follow them. */
function invent(staying: (school: number, census: number) => number): readonly Person[] {
  const people: Person[] = [];
  for (let s = 0; s < 24; s++)
    for (const census of YEARS.slice(0, -1)) {
      const stay = Math.round(10 * staying(s, census));
      for (let i = 0; i < 10; i++)
        people.push({
          person: `s${s} ${census} ${i}`,
          school: `S${String(s).padStart(2, "0")}`,
          years: i < stay ? [census, census + 1] : [census],
          later: "elsewhere",
        });
    }
  return people;
}

const SCHOOLS: readonly School[] = Array.from({ length: 24 }, (_, s) => ({
  ...{ school: `S${String(s).padStart(2, "0")}`, baseline: 2014, isTreated: s % 3 === 0 },
}));
const ANALYSIS = {
  ...{ id: "schools", outcomes: ["retained.profession"], horizons: [1, 2], primaryHorizon: 1, level: 0.95 },
  ...{ difference: DIFFERENCE, adjustFor: "none", yearEffects: true, errors: "model" },
} as unknown as AnalysisDeclaration;
const STUDY = {
  outcomes: new Map([["retained.profession", { id: "retained.profession", rule: RETAINED, priority: "primary" }]]),
} as unknown as Study;
const wobble = (s: number, census: number) => 0.05 * Math.sin(3 * s + 7 * census);
const base = (s: number, census: number) => 0.7 + 0.1 * Math.sin(s) + wobble(s, census);
const estimate = (people: readonly Person[], open = openOf(SCHOOLS)) =>
  estimateYearly(STUDY, ANALYSIS, open, peopleOf(people));

describe("the effects of a difference in differences", () => {
  const effects = estimate(invent((s, census) => base(s, census) - (s % 3 === 0 && census >= 2015 ? 0.3 : 0)));

  test("are one for each year after the start, the primary one first, with schools as clusters", () => {
    expect(effects.map(({ horizon, role }) => [horizon, role])).toEqual([
      [1, "primary"],
      [2, "secondary"],
    ]);
    expect(effects[0]!.readings[0]!.base).toMatchObject({ treated: 8, comparison: 16, treatedClusters: 8 });
    expect(effects[0]!.yearly!.treatedRows).toBeGreaterThan(8 * 4 * 5);
  });

  test("find what was put in on every scale, and the years before without a gap", () => {
    for (const { readings, yearly, horizon } of effects) {
      const { point } = readings[0]!;
      if (point.state === "not estimable") throw new Error(point.reason);
      expect(Math.abs(point.estimate + 30)).toBeLessThan(3 * point.se);
      expect(point.high).toBeLessThan(0);
      const own = yearly!.readings.find(({ period }) => period === horizon)!;
      expect(own.onTreated!.estimate).toBe(point.estimate);
      expect(own.standardised.estimate).toBeLessThan(0);
      expect(own.oddsRatio.ratio).toBeLessThan(1);
      expect(own.signsDiffer).toBe(false);
    }
    const { preTrend, years } = effects[0]!.yearly!;
    expect(preTrend!.df).toBe(1);
    expect(preTrend!.p).toBeGreaterThan(0.05);
    expect(years.map(({ period }) => period)).toEqual([-2, -1, 1, 2]);
    for (const { treated, comparison, difference } of years) expect(difference).toBeCloseTo(treated - comparison, 9);
  });

  test("have no calendar years, all schools having started in one year", () => {
    expect(effects[0]!.yearly!.hasCalendar).toBe(false);
  });

  test("tell the test of the years before as Wald's on the change of the gap, worked from the gaps", () => {
    const { gaps, preTrend } = effects[0]!.yearly!;
    expect(gaps.periods).toEqual([-2, -1, 1, 2]);
    const step = gaps.estimates[1]! - gaps.estimates[0]!;
    const variance = gaps.covariance.get(0, 0) + gaps.covariance.get(1, 1) - 2 * gaps.covariance.get(0, 1);
    expect(preTrend!.chiSquared).toBeCloseTo((step * step) / variance, 9);
  });

  test("are not told where there are no such years, nobody or everybody has the outcome, or an arm has nobody", () => {
    const reasonOf = (people: readonly Person[], open = openOf(SCHOOLS)) => {
      const { point } = estimate(people, open)[0]!.readings[0]!;
      return point.state === "not estimable" ? point.reason : undefined;
    };
    const all = invent(base);
    const from2014 = all.filter(({ years }) => years[0]! >= 2014);
    expect(reasonOf(from2014)).toBe("the data hold no year before the start");
    expect(reasonOf(all.filter(({ years }) => years.at(-1)! <= 2015))).toBe("the data hold no year after the start");
    expect(reasonOf(invent(() => 1))).toBe("everybody has this outcome");
    const others = openOf(SCHOOLS.map((own) => ({ ...own, isTreated: false })));
    expect(reasonOf(all, others)).toBe("no programme school has people in these years");
    const none = openOf(SCHOOLS.map((own) => ({ ...own, isTreated: true })));
    expect(reasonOf(all, none)).toBe("no comparison school has people in these years");
  });

  test("of a year the data do not reach are said to be missing, and the other year is still told", () => {
    const short = invent(base).filter(({ years }) => years.at(-1)! <= 2016);
    const [first, second] = estimate(short);
    expect(first!.readings[0]!.point.state).toBe("estimated");
    expect(second!.readings[0]!.point).toEqual({
      state: "not estimable",
      reason: "no programme school has people in that year and the next, so there is no such year in the data",
    });
  });
});

describe("trends that bend", () => {
  const declared = { id: "bend", vary: "nonParallel" } as unknown as SensitivityDeclaration;
  const covariance = new Matrix(4, 4);
  for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) covariance.set(i, j, i === j ? 0.04 : 0.01);
  const effectOf = (estimates: readonly number[]) =>
    ({
      ...{ analysis: "schools", outcome: "retained.profession", horizon: 1 },
      readings: [{ point: { state: "not estimable", reason: "x" }, base: {} }],
      yearly: {
        gaps: { periods: [-2, -1, 1, 2], estimates: Float64Array.from(estimates), covariance, level: 0.95 },
      },
    }) as unknown as OutcomeEffect;

  test("are told against the last year before the start, as an odds ratio", () => {
    const { changed, point } = bendTrends(effectOf([0.1, 0.2, 1.4, 1]), declared);
    // By hand: gaps less that of period −1; Var = .04 + .04 − 2·.01 = .06, Cov = .01 − .01 − .01 + .04 = .03.
    const against = new Matrix(3, 3);
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) against.set(i, j, i === j ? 0.06 : 0.03);
    const found = relativeMagnitudes({
      effects: [
        { period: -2, estimate: -0.1 },
        { period: 1, estimate: 1.2 },
        { period: 2, estimate: 0.8 },
      ],
      covariance: against,
      ...{ baseline: -1, start: 1, period: 1, ratios: [1], level: 0.95 },
    });
    if (found.state === "not estimable") throw new Error(found.reason);
    const { low, high } = found.bounds[0]!;
    expect(changed).toContain(`odds ratio ${Math.exp(low).toFixed(2)} to ${Math.exp(high).toFixed(2)};`);
    expect(changed).toContain(`an odds ratio of 1 comes inside at ${found.breakdown.toFixed(1)} times that`);
    expect(point.state).toBe("not estimable");
  });

  test("say where no drift is needed, and where there is no model", () => {
    expect(bendTrends(effectOf([0.1, 0.2, 0.2, 0.2]), declared).changed).toContain("lies inside without any drift");
    const { yearly: _none, ...bare } = effectOf([0, 0, 0, 0]);
    expect(bendTrends(bare as OutcomeEffect, declared).point).toEqual({
      state: "not estimable",
      reason: "there is no model",
    });
  });
});
