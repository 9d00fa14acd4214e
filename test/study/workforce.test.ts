import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { simulateWorkforce, type WorkforceTruth } from "../../src/simulation/index.ts";
import { assay, type Said, Workshop } from "../support/workshop.ts";

/** The study of examples/leading-together, with one specification each and few outcomes, so that it is quick. */
const STUDY = `assay: 1
study: { title: A small workforce, question: Did they stay?, seed: 11, yearName: start }
sources:
  participants: { use: assay/mi-return@1, file: workforce/mi_participants.csv, snapshot: 2020-06-30 }
  programme-schools: { use: assay/mi-schools@1, file: workforce/mi_schools.csv, key: [urn, project], snapshot: 2020-06-30 }
  census: { use: assay/workforce-census@1, file: workforce/census.parquet, key: [person_id, year], where: sector = "state" }
  school-years: { use: assay/workforce-schools@1, file: workforce/school_years.parquet, key: [urn, year] }
  school-links: { use: dfe/gias-links@2022-03, file: workforce/school_links.csv }
linkage:
  schools: { kind: schools, chain: school-links, identity: school_id }
  participants-to-census:
    kind: people
    from: participants
    to: census
    identity: person_id
    steps:
      - exact: [trn, { surname: name }, birth_date]
      - exact: [trn, birth_date]
    inYear: baselineYear
    oneToOne: yes
    reportBy: [project]
    roles: { column: role_text }
units:
  teachers:
    is: teacher
    from: census
    identity: person_id
    year: year
    member: { school: school_id, authority: la_code }
    join: [{ source: school-years, on: [urn, year], columns: [phase, region, aea_category, ofsted_grade], missing: keep }]
    repair: { rule: roleStartGap, roleStart: role_start_date, fixed: [gender], countDown: [age] }
    columns:
      role:
        rule: roleLevel
        post: post
        tlr: tlr_gbp
        tlrAtLeast: 100 GBP
        middle: [Leading Practitioner, Excellent Teacher, Advanced Skills Teacher, Advisory Teacher]
        senior: [Executive Head Teacher, Head Teacher, Deputy Head Teacher, Assistant Head Teacher]
        others: classroom
        reference: classroom
      age_band: { bands: age, cuts: [30, 50], closed: left, names: [under 30, 30 to 49, 50 or older], reference: 30 to 49 }
      recruited: { summary: min, of: participants, on: [person_id], value: recruited, where: project = "leading-together" }
      projects: { summary: count, of: participants, on: [person_id] }
      school_projects: { summary: count, of: programme-schools, on: [school_id] }
      challenging: { rule: challengingSchool, grade: ofsted_grade, grades: [3, 4] }
  schools:
    is: school
    from: school-years
    identity: school_id
    year: year
    columns:
      in_programme: { summary: count, of: programme-schools, on: [school_id], where: project = "leading-together" }
      retained_before: { rule: rateBefore, outcome: retained.profession, of: teachers, intervals: [-1] }
design:
  comparisons:
    people:
      unit: teachers
      treated: recruited is not missing
      baselineYear: { rule: firstRecruitment, from: recruited, comparison: sampleYear }
      pool: aea_category >= 5
      exclude: { another-project: projects > 0, programme-school: school_projects > 0 }
      assignedBy: school_id
      assignedOver: schools volunteered
      match:
        covariates: [gender, age_band, full_time, role, phase]
        missing: category
        specifications: { near: { neighbours: 3, replacement: yes, caliper: none } }
        choose: { use: near }
    places:
      unit: schools
      treated: in_programme > 0
      baselineYear: { rule: modalRecruitment, from: participants.recruited, where: project = "leading-together" }
      pool: aea_category >= 5
      assignedOver: schools volunteered
      match:
        covariates: [phase, retained_before_1]
        missing: category
        allowMissing: { retained_before_1: new schools have none }
        specifications: { near: { neighbours: 3, replacement: no, caliper: none } }
        choose: { use: near }
outcomes:
  retained:
    unit: teachers
    rule: retention
    within: [profession, challengingSchool]
    columns: { school: school_id, localAuthority: la_code, challengingSchool: challenging }
    horizons: [1 year, 2 years]
    measure: percentage points
    better: higher
    priority: { profession: primary, others: secondary }
analyses:
  people: { comparison: people, outcomes: [retained], primaryHorizon: 1 year, model: logistic, clusters: school_id }
  places:
    comparison: places
    rowsOf: teachers
    carriedBy: school_id
    outcomes: [retained.profession]
    model: mixedLogistic
    contrast: differenceInDifferences
    relativeYears: { before: [-3, -2, -1], after: [1, 2] }
    primaryHorizon: 1 year
sensitivity:
  bend: { of: places, vary: nonParallel }
disclosure: { minimum: 0 }
`;

interface Row {
  readonly analysis: string;
  readonly outcome: string;
  readonly low?: number;
  readonly high?: number;
  readonly estimate?: number;
}

const data = mkdtempSync(join(tmpdir(), "assay-small-workforce-"));
const shop = new Workshop({ study: STUDY });
let truth: WorkforceTruth;
let said: Said;
let once: string;
const run = (folder: string) => assay("run", folder, "--data", data);

beforeAll(async () => {
  truth = await simulateWorkforce({ seed: 7, teachers: 14_000 }, join(data, "workforce"));
  said = await run(shop.folder);
  once = said.code === 0 ? shop.read("out", "findings.json") : "";
});
afterAll(() => {
  shop[Symbol.dispose]();
  rmSync(data, { recursive: true, force: true });
});

const results = (): readonly Row[] => (JSON.parse(once) as { results: readonly Row[] }).results;

describe("a small workforce study, end to end", () => {
  it("designs, registers, estimates and reports", () => {
    expect(said.err).not.toContain("mistake of its own");
    expect(said.code, said.err + said.out).toBe(0);
    expect(shop.read("out", "report.html")).toContain("Retention in state-sector teaching");
  });

  it("finds the effect on those reached that the simulator made, within its interval", () => {
    for (const outcome of ["retained.profession", "retained.challengingSchool"]) {
      const made = truth.effects.find(
        (own) => own.outcome === outcome && own.horizonYears === 1 && own.reference === "timeZero",
      )!;
      const found = results().find((own) => own.analysis === "people" && own.outcome === outcome)!;
      expect(found.low!, outcome).toBeLessThan(100 * made.effect);
      expect(found.high!, outcome).toBeGreaterThan(100 * made.effect);
      // Two hundred people of whom one in seventeen leaves: an interval as wide as this says something.
      expect(found.high! - found.low!, outcome).toBeLessThan(20);
    }
  });

  it("follows the schools over years from their start", () => {
    // The row of the trends that bend tells its odds ratios in words.
    const years = results().filter(({ analysis, low }) => analysis === "places" && typeof low === "number");
    expect(years.map(({ outcome }) => outcome)).toEqual(["retained.profession", "retained.profession"]);
    for (const { estimate, low, high } of years) {
      expect(low).toBeLessThan(estimate!);
      expect(high).toBeGreaterThan(estimate!);
    }
  });

  it("gives the same findings on a second run, byte for byte", async () => {
    expect((await run(shop.folder)).code).toBe(0);
    // The commit the program runs from is told, and may move between two runs while somebody works here.
    const withoutCommit = (text: string) => text.replace(/"commit": "[0-9a-f]{40}"/g, "");
    expect(withoutCommit(shop.read("out", "findings.json"))).toBe(withoutCommit(once));
  });
});
