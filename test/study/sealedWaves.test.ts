import { describe, expect, it } from "vitest";
import { assay, Workshop } from "../support/workshop.ts";

/** Teachers recruited in the springs of 2015 and 2016: baselines 2014 and 2015, time zero a year later. */
const STUDY = `assay: 1
study: { title: Two waves, question: Did they stay?, seed: 5 }
sources:
  census:
    file: census.csv
    key: [person, year]
    columns:
      person: { type: text, identifies: person }
      year: { type: academicYear, written: start }
      school: { type: text }
      role: { type: category, levels: [classroom, middle, senior], reference: classroom, measured: row year }
      pay: { type: number, unit: thousand GBP, measured: row year }
      recruited: { type: date }
  open:
    file: open.csv
    key: [school, year]
    columns:
      school: { type: text, identifies: school }
      year: { type: academicYear, written: start }
      pupils: { type: whole, unit: pupils, measured: row year }
      joined: { type: date }
units:
  teachers: { is: teacher, from: census, identity: person, year: year, member: { school: school } }
  schools:
    is: school
    from: open
    identity: school
    year: year
    columns: { kept: { rule: rateBefore, outcome: retained.profession, of: teachers, intervals: [-1] } }
design:
  comparisons:
    places:
      unit: schools
      treated: joined is not missing
      baselineYear: { rule: firstRecruitment, from: joined }
      assignedOver: schools volunteered
      match:
        covariates: [pupils, kept_1]
        missing: completeCase
        specifications: { one: { neighbours: 1, replacement: yes, caliper: none } }
        choose: { use: one }
    main:
      unit: teachers
      treated: recruited is not missing
      baselineYear: { rule: firstRecruitment, from: recruited }
      assignedBy: school
      assignedOver: schools volunteered
      match:
        covariates: [pay, role]
        exact: [baseline_year]
        missing: completeCase
        specifications:
          one: { neighbours: 1, replacement: yes, caliper: none }
          two: { neighbours: 2, replacement: yes, caliper: none }
        choose: { use: two }
outcomes:
  retained: { unit: teachers, rule: retention, within: [profession, school], horizons: [1 year, 2 years], measure: percentage points, better: higher, priority: { profession: primary, others: secondary } }
analyses:
  main: { comparison: main, outcomes: [retained], primaryHorizon: 1 year, model: logistic, clusters: school }
  places:
    comparison: places
    rowsOf: teachers
    carriedBy: school
    outcomes: [retained.profession]
    model: mixedLogistic
    contrast: differenceInDifferences
    relativeYears: { before: [-1], after: [1, 2] }
    primaryHorizon: 1 year
disclosure: { minimum: 0 }
`;

interface Row {
  readonly person: string;
  readonly year: number;
  readonly school: string;
  readonly role: string;
  readonly pay: string;
  readonly recruited: string;
}

const FIRST = 2013;
const LAST = 2019;
const PEOPLE = 160;

/** A fraction from 0 to 1 that a number always gives. */
function fraction(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

/** The baseline year of a person; undefined for the many who never take part. */
const baselineOf = (i: number): number | undefined => (i < 20 ? 2014 : i < 36 ? 2015 : undefined);

const SCHOOLS = 24;
/** Five schools join in the first wave and four in the second. */
const schoolBaseline = (s: number): number | undefined => (s < 5 ? 2014 : s < 9 ? 2015 : undefined);
/** Some of those who never take part leave before the first wave starts, so that schools keep more or fewer. */
const hasLeft = (i: number, year: number): boolean =>
  baselineOf(i) === undefined && i % 5 === 3 && year > FIRST + (i % 2);

/** The schools in every year; `bend` may change the pupils of one. */
function schools(
  bend: (school: number, year: number, pupils: number) => number = (_s, _year, pupils) => pupils,
): string {
  const lines = ["school,year,pupils,joined"];
  for (let s = 0; s < SCHOOLS; s++) {
    const baseline = schoolBaseline(s);
    const joined = baseline === undefined ? "" : `${baseline + 1}-04-15`;
    for (let year = FIRST; year <= LAST; year++)
      lines.push(`S${s},${year},${bend(s, year, Math.round(100 + 300 * fraction(s + 90)))},${joined}`);
  }
  return `${lines.join("\n")}\n`;
}

/** A census in which nearly everybody stays; `bend` may change a row, or leave it out. */
function census(bend: (row: Row, baseline: number | undefined) => Row | undefined = (row) => row): string {
  const lines = ["person,year,school,role,pay,recruited"];
  for (let i = 0; i < PEOPLE; i++) {
    const baseline = baselineOf(i);
    for (let year = FIRST; year <= LAST; year++) {
      if (hasLeft(i, year)) continue;
      const row = bend(
        {
          person: `P${String(i).padStart(3, "0")}`,
          year,
          school: `S${i % SCHOOLS}`,
          role: ["classroom", "middle", "senior"][Math.floor(3 * fraction(i + 7))]!,
          pay: (25 + 20 * fraction(i) + (year - FIRST) + (baseline === undefined ? 0 : 3)).toFixed(1),
          recruited: baseline === undefined ? "" : `${baseline + 1}-04-15`,
        },
        baseline,
      );
      if (row !== undefined) lines.push([row.person, row.year, row.school, row.role, row.pay, row.recruited].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}

async function designOf(text: string, places = schools()) {
  using shop = new Workshop({ study: STUDY });
  shop.writeData("census.csv", text);
  shop.writeData("open.csv", places);
  const said = await assay("design", shop.folder);
  expect(said.err).not.toContain("fault");
  expect(said.code, said.err + said.out).toBe(0);
  const samples = ["main", "places"].map((name) => shop.read("out", "samples", `${name}.csv`));
  return { design: shop.read("out", "design.json"), samples, out: said.out };
}

/** The last year in which somebody's row may be looked at: their own baseline, or the last wave for those in the pool. */
const lastSeen = (baseline: number | undefined): number => baseline ?? 2015;

describe("sealing wave by wave", () => {
  it("does not let values planted after a wave's baseline change the output of design by a byte", async () => {
    const plain = await designOf(census());
    const planted = await designOf(
      census((row, baseline) => {
        if (row.year <= lastSeen(baseline)) return row;
        const isTreated = baseline !== undefined;
        return {
          ...row,
          pay: isTreated ? "99.0" : "1.0",
          role: isTreated ? "senior" : "classroom",
          school: `S${row.year}`,
        };
      }),
    );
    expect(planted).toEqual(plain);
  });

  it("does not let cells emptied after a wave's baseline change it", async () => {
    const plain = await designOf(census());
    const emptied = await designOf(
      census((row, baseline) =>
        row.year > lastSeen(baseline) && baseline !== undefined ? { ...row, pay: "", role: "", school: "" } : row,
      ),
    );
    expect(emptied).toEqual(plain);
  });

  it("does not let those who are gone after time zero change it: being there at time zero is all that is asked", async () => {
    const plain = await designOf(census());
    const gone = await designOf(
      census((row, baseline) => (row.year > lastSeen(baseline) + 1 && baseline !== undefined ? undefined : row)),
    );
    const others = await designOf(
      census((row, baseline) => (row.year > lastSeen(baseline) + 1 && baseline === undefined ? undefined : row)),
    );
    expect(gone).toEqual(plain);
    expect(others).toEqual(plain);
  });

  it("leaves out who is gone by time zero, on either side, as a counted step", async () => {
    const plain = await designOf(census());
    const gone = await designOf(
      census((row, baseline) => (row.person === "P000" && row.year > baseline! ? undefined : row)),
    );
    expect(gone.design).not.toBe(plain.design);
    const { comparisons } = JSON.parse(gone.design) as {
      comparisons: { comparison: string; flow: { steps: unknown } }[];
    };
    // Of the pool those numbered 43, 53, … 153 were last there in 2014.
    expect(comparisons.find(({ comparison }) => comparison === "main")?.flow.steps).toContainEqual(
      expect.objectContaining({ id: "gone", treated: 1, comparison: 12 }),
    );
  });

  it("sees the baseline year itself, and the years before it", async () => {
    const plain = await designOf(census());
    for (const [person, year] of [
      ["P000", 2014],
      ["P150", 2015],
    ] as const) {
      const moved = await designOf(
        census((row) => (row.person === person && row.year === year ? { ...row, pay: "80.0" } : row)),
      );
      expect(moved.design).not.toBe(plain.design);
    }
  });

  it("holds for schools and the rates of their people: nothing after their wave is seen, and what is before it is", async () => {
    const plain = await designOf(census());
    const planted = await designOf(
      census(),
      schools((s, year, pupils) => (year > (schoolBaseline(s) ?? 2015) ? 9999 - pupils : pupils)),
    );
    expect(planted).toEqual(plain);
    // One who is gone from the census of 2014 was not kept in the year before it: the rate of their school is another.
    const left = await designOf(census((row) => (row.person === "P055" && row.year > 2013 ? undefined : row)));
    expect(left.design).not.toBe(plain.design);
  });
});
