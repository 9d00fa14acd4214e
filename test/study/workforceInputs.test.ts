import { describe, expect, it } from "vitest";
import { assay, Workshop } from "../support/workshop.ts";

/** Teachers recruited in the springs of 2015 and 2016: baselines 2014 and 2015, time zero a year later. */
const STUDY = `assay: 1
study: { title: Inputs, question: Did they stay?, seed: 5 }
sources:
  returned: { file: mi.csv, key: [person], columns: { person: text, recruited: date, urn: text } }
  census:
    file: census.csv
    key: [person, year]
    columns:
      person: { type: text, identifies: person }
      year: { type: academicYear, written: start }
      urn: { type: text, identifies: school }
      authority: { type: text }
      post: { type: category, levels: [Head, Teacher], reference: Teacher, measured: row year }
      pay: { type: number, unit: thousand GBP, measured: row year }
      role_start: { type: date, measured: row year }
  open:
    file: open.csv
    key: [urn, year]
    columns: { urn: { type: text, identifies: school }, year: { type: academicYear, written: start }, rolls: { type: whole, unit: pupils, measured: row year } }
units:
  teachers:
    is: teacher
    from: census
    identity: person
    year: year
    member: { school: urn, authority: authority }
    repair: { rule: roleStartGap, roleStart: role_start, fixed: [post], countDown: [] }
    join: [{ source: open, on: [urn, year], columns: [rolls], missing: keep }]
    columns:
      recruited: { summary: min, of: returned, on: [person], value: recruited }
  schools:
    is: school
    from: open
    identity: urn
    year: year
    columns: { taking_part: { summary: count, of: returned, on: [urn] } }
design:
  comparisons:
    main:
      unit: teachers
      treated: recruited is not missing
      baselineYear: { rule: firstRecruitment, from: recruited }
      assignedBy: urn
      assignedOver: schools volunteered
      match:
        covariates: [pay, post]
        missing: completeCase
        specifications: { two: { neighbours: 2, replacement: yes, caliper: none } }
        choose: { use: two }
    places:
      unit: schools
      treated: taking_part > 0
      baselineYear: { rule: modalRecruitment, from: returned.recruited }
      assignedOver: schools volunteered
      match:
        covariates: [rolls]
        missing: completeCase
        specifications: { two: { neighbours: 1, replacement: yes, caliper: none } }
        choose: { use: two }
outcomes:
  retained: { unit: teachers, rule: retention, within: [profession, school], horizons: [1 year, 2 years], measure: percentage points, better: higher, priority: { profession: primary, others: secondary } }
analyses:
  main: { comparison: main, outcomes: [retained], primaryHorizon: 1 year, model: logistic, clusters: urn, minimumTreated: 10 }
  places:
    comparison: places
    rowsOf: teachers
    carriedBy: urn
    outcomes: [retained.profession]
    model: mixedLogistic
    contrast: differenceInDifferences
    relativeYears: { before: [-2, -1], after: [1, 2] }
    primaryHorizon: 1 year
disclosure: { minimum: 0 }
`;

interface Row {
  readonly person: string;
  readonly year: number;
  readonly urn: string;
  readonly authority: string;
  readonly post: string;
  readonly pay: string;
  readonly role_start: string;
}

const PEOPLE = 480;
const SCHOOLS = 40;
const YEARS = [2012, 2013, 2014, 2015, 2016, 2017, 2018];

/** A fraction from 0 to 1 that a number always gives. */
function fraction(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

const nameOf = (i: number) => `P${String(i).padStart(3, "0")}`;
const schoolOf = (i: number) => i % SCHOOLS;
/** Schools 0 to 6 take part from 2014, 7 to 11 from 2015, with five of their twelve people each. */
const baselineOf = (i: number, later = 2015): number | undefined =>
  i >= 200 || schoolOf(i) > 11 ? undefined : schoolOf(i) < 7 ? 2014 : later;
/** The last census of a person: about one in seven leaves each year, fewer of those who take part, and none of them before their start. */
const lastOf = (i: number): number => {
  for (const year of YEARS.slice(0, -1))
    if (fraction(i * 31 + year) < (baselineOf(i) === undefined ? 0.14 : 0.07))
      return Math.max(year, (baselineOf(i) ?? 0) + 1);
  return 2018;
};

const csv = (header: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  `${[header, ...rows].map((cells) => cells.join(",")).join("\n")}\n`;

interface Bent {
  readonly row?: (row: Row) => Row | undefined;
  /** Baseline of the second wave. */
  readonly later?: number;
  readonly extra?: readonly (readonly string[])[];
  readonly open?: (urn: string, year: number) => boolean;
  readonly study?: readonly (readonly [string, string])[];
}

function workshop({
  row = (own) => own,
  later = 2015,
  extra = [],
  open = () => true,
  study = [],
}: Bent = {}): Workshop {
  const shop = new Workshop({ study: STUDY });
  const census: (string | number)[][] = [];
  for (let i = 0; i < PEOPLE; i++)
    for (const year of YEARS) {
      if (year > lastOf(i)) continue;
      const bent = row({
        ...{ person: nameOf(i), year, urn: `S${schoolOf(i)}`, authority: `L${schoolOf(i) % 8}` },
        post: fraction(i + 7) < 0.2 ? "Head" : "Teacher",
        pay: (25 + 20 * fraction(i)).toFixed(1),
        role_start: "2010-09-01",
      });
      if (bent !== undefined) census.push(Object.values(bent) as (string | number)[]);
    }
  shop.writeData("census.csv", csv(["person", "year", "urn", "authority", "post", "pay", "role_start"], census));
  const returned = Array.from({ length: PEOPLE }, (_, i) => i).flatMap((i) => {
    const baseline = baselineOf(i, later);
    return baseline === undefined ? [] : [[nameOf(i), `${baseline + 1}-04-15`, `S${schoolOf(i)}`]];
  });
  shop.writeData("mi.csv", csv(["person", "recruited", "urn"], [...returned, ...extra]));
  const rows = Array.from({ length: SCHOOLS }, (_, s) => s).flatMap((s) =>
    YEARS.filter((year) => open(`S${s}`, year)).map((year) => [
      `S${s}`,
      year,
      Math.round(100 + 300 * fraction(s + 90)),
    ]),
  );
  shop.writeData("open.csv", csv(["urn", "year", "rolls"], rows));
  shop.editStudy(...study);
  return shop;
}

interface Findings {
  readonly results: readonly Record<string, unknown>[];
}

async function runOf(bent: Bent = {}) {
  using shop = workshop(bent);
  const said = await assay("run", shop.folder);
  expect(said.err).not.toContain("mistake of its own");
  const hasRun = said.code === 0;
  const text = said.out + said.err;
  const whole = hasRun ? shop.read("out", "findings.json") : "";
  const design = hasRun ? shop.read("out", "design.json") : "";
  const flowOf = (comparison: string): readonly Record<string, unknown>[] =>
    (
      JSON.parse(design) as { comparisons: { comparison: string; flow: { steps: Record<string, unknown>[] } }[] }
    ).comparisons.find((own) => own.comparison === comparison)!.flow.steps;
  const results = hasRun ? (JSON.parse(whole) as Findings).results : [];
  return {
    code: said.code,
    text,
    whole,
    flowOf,
    of: (analysis: string) => results.filter((own) => own.analysis === analysis),
  };
}

describe("a workforce study whose inputs are as they should be", () => {
  it("tells every outcome of every analysis", async () => {
    const { code, of, text } = await runOf();
    expect(code, text).toBe(0);
    expect(of("main").filter(({ low }) => typeof low === "number").length).toBeGreaterThanOrEqual(4);
    expect(of("places").filter(({ low }) => typeof low === "number").length).toBeGreaterThanOrEqual(2);
  });
});

describe("what is wrong with its inputs", () => {
  it("a role column the census does not have stops it, with the file and the nearest name", async () => {
    using shop = workshop();
    const census = shop.read("data", "census.csv").replace("role_start", "rolestart");
    shop.writeData("census.csv", census);
    const said = await assay("run", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain("role_start");
    expect(said.err).toContain("rolestart");
    expect(said.err).toContain("census.csv");
  });

  it("a census year missing for a whole authority is filled where a later role tells, and the rest is counted", async () => {
    const { code, whole, text, of } = await runOf({
      study: [["disclosure:", "sensitivity:\n  unfilled: { of: main, vary: withoutRepair }\ndisclosure:"]],
      row: (row) =>
        row.authority === "L3" && row.year === 2016
          ? undefined
          : row.authority === "L3" && row.year === 2017
            ? { ...row, role_start: Number(row.person.slice(1)) % 3 === 0 ? "2010-09-01" : "2017-09-01" }
            : row,
    });
    expect(code, text).toBe(0);
    const exhibits = (
      JSON.parse(whole) as {
        exhibits: { id: string; rows: { id: string; cells: Record<string, { number?: number; value?: number }> }[] }[];
      }
    ).exhibits;
    const repairs = exhibits.find(({ id }) => id.startsWith("repairs-teachers"))!;
    const cells = JSON.stringify(repairs.rows.find(({ id }) => id === "2016")!.cells);
    const [filled, unfilled] = [/"filled":\{[^}]*?(\d+)/, /"unfilled":\{[^}]*?(\d+)/].map((own) =>
      Number(own.exec(cells)![1]),
    );
    expect(filled).toBeGreaterThan(3);
    expect(unfilled).toBeGreaterThan(3);
    // Left as they are the gaps of a year after the start count as leaving, so fewer are seen to stay.
    const [declared, left] = ["primary", "sensitivity"].map(
      (role) =>
        of("main").find(
          (own) =>
            own.role === role && own.outcome === "retained.profession" && own.specification !== "each-specification",
        )!,
    );
    expect(left!.specification).toBe("unfilled");
    expect(left!.estimate).not.toBe(declared!.estimate);
  });

  it("a treated person absent from the census is not among the treated, and changes nothing else", async () => {
    const [plain, absent] = [await runOf(), await runOf({ extra: [["P999", "2015-04-15", "S1"]] })];
    expect(absent.code, absent.text).toBe(0);
    expect(absent.of("main").map(({ estimate }) => estimate)).toEqual(plain.of("main").map(({ estimate }) => estimate));
  });

  it("a treated person without a record in the baseline year, or gone by time zero, is counted in the flow", async () => {
    const { code, text, flowOf } = await runOf({
      row: (row) =>
        (row.person === "P000" && row.year === 2014) || (row.person === "P001" && row.year > 2014) ? undefined : row,
    });
    expect(code, text).toBe(0);
    expect(flowOf("main")).toContainEqual(expect.objectContaining({ id: "no-baseline-row", treated: 1 }));
    expect(flowOf("main")).toContainEqual(expect.objectContaining({ id: "gone", treated: 1 }));
  });

  it("a school that closed after its start is followed by its people, who are counted where they went", async () => {
    const { code, text, of } = await runOf({
      row: (row) => (row.urn === "S2" && row.year >= 2017 ? { ...row, urn: "S30" } : row),
      open: (urn, year) => urn !== "S2" || year < 2017,
    });
    expect(code, text).toBe(0);
    expect(of("main").filter(({ low }) => typeof low === "number").length).toBeGreaterThanOrEqual(4);
  });

  it("all treated in one year leave no calendar years, and the study goes on", async () => {
    const { code, text, of } = await runOf({ later: 2014 });
    expect(code, text).toBe(0);
    expect(of("places").filter(({ low }) => typeof low === "number").length).toBeGreaterThanOrEqual(2);
  });

  it("no years before the baseline are said of the difference in differences; the people are still told", async () => {
    const { code, text, of, whole } = await runOf({
      row: (row) => (row.year < 2014 ? undefined : row),
      later: 2014,
    });
    expect(code, text).toBe(0);
    expect(whole).toContain("the data hold no year before the start");
    expect(of("main").filter(({ low }) => typeof low === "number").length).toBeGreaterThanOrEqual(4);
  });

  it("a horizon beyond the data is told as such, and the nearer one is still told", async () => {
    const { code, text, of, whole } = await runOf({
      study: [["horizons: [1 year, 2 years]", "horizons: [1 year, 5 years]"]],
    });
    expect(code, text).toBe(0);
    const rows = of("main").filter(({ outcome, role }) => outcome === "retained.profession" && role !== "sensitivity");
    const [near, far, ...more] = rows;
    expect([near!.horizon, typeof near!.low]).toEqual(["1 year", "number"]);
    expect([far!.horizon, far!.low]).toEqual(["5 years", undefined]);
    expect(far!.reason).toBe("the data end before this horizon for every treated unit");
    expect(whole).toContain("started too late to be followed that long and take no part");
    expect(more).toEqual([]);
  });
});

describe("what else such a study may ask", () => {
  const SENSITIVITY = `sensitivity:
  published: { of: main, vary: { preset: seed-000 } }
  published-places: { of: places, vary: { preset: seed-000 } }
  stayers: { of: main, vary: { comparison: staying } }
  unfilled: { of: main, vary: withoutRepair }
  unfilled-places: { of: places, vary: withoutRepair }
  elsewhere: { of: main, vary: { replaceColumn: { urn: authority } } }
  bend: { of: places, vary: nonParallel }
  bend-people: { of: main, vary: nonParallel }
  hidden: { of: main, vary: hiddenBias }
  hidden-places: { of: places, vary: hiddenBias }
`;
  const STAYING = `    staying:
      like: main
      restrictTo: (exists at timeZero + 1 is missing or exists at timeZero + 1)
      specificationFrom: main
`;

  it("is answered by a row of its own, or by the reason why not", async () => {
    const { code, text, whole, of } = await runOf({
      study: [
        ["disclosure:", `${SENSITIVITY}disclosure:`],
        ["    places:\n      unit", `${STAYING}    places:\n      unit`],
      ],
    });
    expect(code, text).toBe(0);
    const rows = [...of("main"), ...of("places")].filter(({ role }) => role === "sensitivity");
    const told = (id: string) => rows.filter(({ specification }) => specification === id);
    const [of1, of2] = [["retained.profession"], ["retained.profession", "retained.school"]];
    const asked: Readonly<Record<string, readonly [outcomes: readonly string[], says: string]>> = {
      // Follow-up from the year of recruitment: those who take part were there a year later by design.
      published: [of2!, "everybody in the programme group has this outcome"],
      "published-places": [of1!, "difference of standardised rates against the mean of the years before"],
      stayers: [of2!, "comparison staying"],
      unfilled: [of2!, "gaps in the census left as they are"],
      "unfilled-places": [of1!, "`withoutRepair` is not carried out for a difference in differences over years"],
      elsewhere: [["retained.school"], "authority in place of urn"],
      bend: [of1!, "the gap drifting by up to its largest yearly change before the start: odds ratio"],
      "bend-people": [of2!, "asked of a difference in differences only"],
      hidden: [of2!, "an unobserved difference explaining"],
      "hidden-places": [of1!, "`hiddenBias` is not carried out for a difference in differences over years"],
    };
    for (const [id, [outcomes, says]] of Object.entries(asked)) {
      expect(
        told(id).map(({ outcome }) => outcome),
        id,
      ).toEqual(outcomes);
      for (const { changed, reason, low } of told(id)) {
        expect(`${changed}; ${reason}`, id).toContain(says);
        expect(typeof low === "number" || typeof reason === "string", id).toBe(true);
      }
    }
    // Nobody's census is missing here, so filling gaps changes nothing.
    const declared = of("main").find(({ role }) => role === "primary")!;
    expect(told("unfilled")[0]!.estimate).toBe(declared.estimate);
    expect(told("published").map(({ changed }) => String(changed).includes("among those who stayed"))).toEqual([
      false,
      true,
    ]);
    expect(whole).toContain("not a causal contrast");
  });
});
