import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readStudyText } from "./readStudy.ts";
import { edited, FILE, faultsOf, read } from "./testing/studies.ts";
import { WORKFORCE } from "./testing/workforce.ts";

interface Case {
  /** What is replaced by what. */
  readonly from: string;
  readonly to: string;
  /** Where the fault is: at this piece of the changed text. */
  readonly at: string;
  readonly says: string;
}

/** The place of a piece of a text, as an editor counts it; `piece` may start earlier on, up to `^`. */
function placeOf(piece: string, text: string): string {
  const offset = text.indexOf(piece.replace("^", "")) + Math.max(0, piece.indexOf("^"));
  if (!text.includes(piece.replace("^", ""))) throw new Error(`the study has no "${piece}"`);
  const before = text.slice(0, offset).split("\n");
  return `${FILE}:${before.length}:${before.at(-1)!.length + 1}`;
}

const START = "{ rule: firstRecruitment, from: recruited }";
const MODAL = '{ rule: modalRecruitment, from: returned.recruited, where: project = "leading" }';
const PEOPLE = "primaryHorizon: 1 year }";
const UNKNOWN = "Columns must be declared or come from the registry.";

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "the start of each unit": [
    {
      from: START,
      to: "{ rule: date, from: recruited }",
      at: "date, from",
      says: 'wrong-kind  `rule` needs one of `firstRecruitment`, `modalRecruitment`; read the text "date".',
    },
    {
      from: "timeZero: { rule: firstCensusInPost }",
      to: "timeZero: baseline",
      at: "timeZero: ^baseline",
      says: "wrong-kind  Where the baseline year is found by a rule, time zero is too. Write `timeZero: { rule: firstCensusInPost }`, or leave it out.",
    },
    {
      from: `baselineYear: ${START}`,
      to: "baselineYear: 2017/18",
      at: "timeZero: ^{ rule",
      says: "wrong-kind  A rule for time zero needs a rule for the baseline year: here one year is given for all. Write `timeZero: baseline`, or `baselineYear: { rule: firstRecruitment, from: … }`.",
    },
    {
      from: START,
      to: "{ rule: firstRecruitment, from: recruted }",
      at: "recruted",
      says: `unknown-column  teachers has no column \`recruted\`. Nearest: \`recruited\`. ${UNKNOWN}`,
    },
    {
      from: START,
      to: "{ rule: firstRecruitment, from: age }",
      at: "from: ^age",
      says: "type-mismatch  Recruitment needs a column of dates; age is none.",
    },
    {
      from: START,
      to: "{ rule: firstRecruitment, from: recruited, where: age > 3 }",
      at: "age > 3",
      says: "wrong-kind  `where` chooses rows of a source; recruited is a column of teachers. Leave it out, or name `source.column`.",
    },
    {
      from: "from: returned.recruited",
      to: "from: returnd.recruited",
      at: "returnd",
      says: "unknown-name  source `returnd` is not declared. Nearest: `returned`.",
    },
    {
      from: "from: returned.recruited",
      to: "from: returned.recruted",
      at: "returned.recruted",
      says: `unknown-column  returned has no column \`recruted\`. Nearest: \`recruited\`. ${UNKNOWN}`,
    },
    {
      from: "from: returned.recruited",
      to: "from: returned.project",
      at: "returned.project",
      says: "type-mismatch  Recruitment needs a column of dates; returned.project is none.",
    },
    {
      from: 'where: project = "leading"',
      to: 'where: projct = "leading"',
      at: "projct",
      says: `unknown-column  returned has no column \`projct\`. Nearest: \`project\`. ${UNKNOWN}`,
    },
  ],
  "what is read after the start": [
    {
      from: "treated: recruited is not missing",
      to: "treated: age at timeZero + 1 > 30",
      at: "age at timeZero",
      says: "looks-ahead  `age at timeZero + 1` lies after baseline: it cannot be used in design (sealed). It is an outcome: move it to `outcomes`.",
    },
    {
      from: "covariates: [age, role]",
      to: "covariates: [age at timeZero, role]",
      at: "age at timeZero",
      says: "looks-ahead  `age at timeZero` lies after baseline: it cannot be used in design (sealed). It is an outcome: move it to `outcomes`.",
    },
    {
      from: "specificationFrom: people",
      to: "specificationFrom: peple",
      at: "peple",
      says: "unknown-name  comparison `peple` is not declared. Nearest: `people`.",
    },
    {
      from: "specificationFrom: people",
      to: "specificationFrom: staying",
      at: "specificationFrom: ^staying",
      says: "unit-mismatch  Comparison staying is itself defined by what happened after the start: no specification was chosen for it. Name the comparison whose sample it restricts.",
    },
    {
      from: "specificationFrom: people",
      to: "specificationFrom: places",
      at: "specificationFrom: ^places",
      says: "unit-mismatch  Comparison places is of schools; staying is of teachers. Name the comparison whose sample it restricts.",
    },
    {
      from: "      specificationFrom: people\n",
      to: "",
      at: "like: people",
      says: "required-key  comparison staying does not say whose matching specification it takes over: `specificationFrom` is missing. Name the comparison it restricts: nothing may be chosen once outcomes are open.",
    },
    {
      from: "people: { comparison: people,",
      to: "people: { comparison: staying,",
      at: "comparison: ^staying, outcomes",
      says: "sample-after-baseline  staying is defined by what happened after the start: no analysis of its own can be made of it. Vary the analysis of people: `sensitivity: { of: …, vary: { comparison: staying } }`.",
    },
  ],
  "gaps that are filled": [
    {
      from: "roleStart: role_start",
      to: "roleStart: role_strt",
      at: "role_strt",
      says: `unknown-column  census has no column \`role_strt\`. Nearest: \`role_start\`. ${UNKNOWN}`,
    },
    {
      from: "roleStart: role_start",
      to: "roleStart: pay",
      at: "roleStart: ^pay",
      says: "type-mismatch  `roleStart` needs a column of dates; pay is none.",
    },
    {
      from: "fixed: [post]",
      to: "fixed: [pst]",
      at: "pst",
      says: `unknown-column  census has no column \`pst\`. Nearest: \`post\`. ${UNKNOWN}`,
    },
    {
      from: "countDown: [age]",
      to: "countDown: [aeg]",
      at: "aeg",
      says: `unknown-column  census has no column \`aeg\`. Nearest: \`age\`. ${UNKNOWN}`,
    },
    {
      from: "countDown: [age] }",
      to: "countDown: [age], asBaseline: yes }",
      at: "asBaseline: ^yes",
      says: "not-supported-yet  A filled row exists only because the person stayed: it cannot be anybody's baseline row. Leave `asBaseline` out.",
    },
    {
      from: "countDown: [age] }",
      to: "countDown: [age], sameSchool: no }",
      at: "sameSchool: ^no",
      says: "not-supported-yet  Filled years are in the school of the later row. Leave `sameSchool` out.",
    },
    {
      from: "countDown: [age] }",
      to: "countDown: [age], limit: 0 }",
      at: "limit: ^0",
      says: "wrong-kind  `limit` needs a whole number, 1 or more; read the number 0.",
    },
    {
      from: "rule: roleStartGap",
      to: "rule: roleGap",
      at: "roleGap",
      says: 'wrong-kind  `rule` needs one of `roleStartGap`; read the text "roleGap".',
    },
  ],
  "rules of roles, schools and rates": [
    {
      from: "post: post,",
      to: "post: pay,",
      at: "post: ^pay",
      says: "type-mismatch  Column role needs the titles of posts; pay is none.",
    },
    {
      from: "tlr: pay,",
      to: "tlr: post,",
      at: "tlr: ^post",
      says: "type-mismatch  Column role needs a number; post is not one.",
    },
    {
      from: "middle: [Teacher]",
      to: "middle: [Techer]",
      at: "Techer",
      says: 'unknown-level  post has no level "Techer". Its levels: "Head", "Teacher". Nearest: "Teacher".',
    },
    {
      from: "middle: [Teacher]",
      to: "middle: [Head]",
      at: "senior: ^[Head]",
      says: 'repeated-key  "Head" is listed as middle and as senior leader. Keep one.',
    },
    {
      from: "grade: grade,",
      to: "grade: grad,",
      at: "grade: ^grad,",
      says: `unknown-column  teachers has no column \`grad\`. Nearest: \`grade\`. ${UNKNOWN}`,
    },
    {
      from: "gradeYear: yearOfMove",
      to: "gradeYear: move",
      at: "gradeYear: ^move",
      says: 'wrong-kind  `gradeYear` needs one of `yearOfMove`, `row`; read the text "move".',
    },
    {
      from: "outcome: retained.profession,",
      to: "outcome: retained.profesion,",
      at: "retained.profesion,",
      says: "unknown-name  retention or progression `retained.profesion` is not declared. Nearest: `retained.profession`.",
    },
    {
      from: "outcome: retained.profession, of: teachers",
      to: "outcome: retained.profession, of: schools",
      at: "outcome: ^retained.profession, of: schools",
      says: "unit-mismatch  Outcome retained.profession belongs to teachers; before counts schools. Write `of: teachers`.",
    },
    {
      from: "covariates: [fsm_pct, before_1]",
      to: "covariates: [fsm_pct, before_3]",
      at: "before_3",
      says: `unknown-column  schools has no column \`before_3\`. Nearest: \`before_1\`. ${UNKNOWN}`,
    },
  ],
  "retention and progression": [
    {
      from: "    columns: { challengingSchool: challenging }\n",
      to: "",
      at: "[profession, school, localAuthority",
      says: "required-key  outcome retained does not say which column tells the challengingSchool somebody is in. Add `columns: { challengingSchool: … }`.",
    },
    {
      from: "{ challengingSchool: challenging }",
      to: "{ challengingSchool: age }",
      at: "challengingSchool: ^age",
      says: "type-mismatch  `challengingSchool` needs a yes or no; age is none. Derive it: `{ rule: challengingSchool, grade: …, grades: [..] }`.",
    },
    {
      from: "{ challengingSchool: challenging }",
      to: "{ challengingSchool: challenging, school: shool_id }",
      at: "shool_id",
      says: `unknown-column  teachers has no column \`shool_id\`. Nearest: \`school_id\`. ${UNKNOWN}`,
    },
    {
      from: "within: [profession, school, localAuthority",
      to: "within: [profession, school, district, localAuthority",
      at: "[profession, school, district",
      says: "required-key  outcome retained does not say which column tells the district somebody is in. Add `columns: { district: … }`.",
    },
    {
      from: "within: [profession, school, localAuthority",
      to: "within: [profesion, school, localAuthority",
      at: "profesion,",
      says: 'wrong-kind  An entry of `within` needs one of `profession`, `school`, `localAuthority`, `district`, `challengingSchool`; read the text "profesion". Nearest: `profession`.',
    },
    {
      from: "others: secondary",
      to: "other: secondary",
      at: "other: ^secondary",
      says: "unknown-key  `other` is no part of outcome retained: it has `profession`, `school`, `localAuthority`, `challengingSchool`, `others`. Nearest: `others`.",
    },
    {
      from: "{ profession: primary",
      to: "{ district: primary",
      at: "district: ^primary",
      says: "unknown-key  `district` is no part of outcome retained: it has `profession`, `school`, `localAuthority`, `challengingSchool`, `others`.",
    },
    {
      from: "    role: role\n",
      to: "",
      at: "progressed:\n    ^unit",
      says: "required-key  outcome progressed does not say who rises from what to what: `role` and `ladder` are needed. Add `role: role` and `ladder: [classroom, middle, senior]`.",
    },
    {
      from: "ladder: [classroom, middle, senior]",
      to: "ladder: [classroom]",
      at: "progressed:\n    ^unit",
      says: "required-key  outcome progressed does not say who rises from what to what: `role` and `ladder` are needed. Add `role: role` and `ladder: [classroom, middle, senior]`.",
    },
    {
      from: "role: role\n",
      to: "role: rle\n",
      at: "rle\n",
      says: `unknown-column  teachers has no column \`rle\`. Nearest: \`role\`. ${UNKNOWN}`,
    },
    {
      from: "ladder: [classroom, middle, senior]",
      to: "ladder: [classroom, middle, classroom]",
      at: "middle, ^classroom]",
      says: 'repeated-level  "classroom" stands on the ladder twice: nobody can tell on which step its people are. Keep one of the two; name each role once, from the lowest up.',
    },
    {
      from: "ladder: [classroom, middle, senior]",
      to: "ladder: [classroom, midle, senior]",
      at: "midle",
      says: 'unknown-level  role has no level "midle". Its levels: "classroom", "middle", "senior".',
    },
  ],
  "analyses of people": [
    {
      from: PEOPLE,
      to: "primaryHorizon: 3 years }",
      at: "3 years",
      says: "unknown-name  Primary horizon 3 years is not among the horizons (1 year, 2 years). Add it to `horizons`, or name one of them.",
    },
    {
      from: PEOPLE,
      to: "primaryHorizon: 0 years }",
      at: "0 years",
      says: 'wrong-kind  `primaryHorizon` needs an academic year, or a number of years after the start from 1; read the text "0 years". Write `2015/16` or `1 year`.',
    },
    {
      from: PEOPLE,
      to: "primaryHorizon: 1 year, horizons: [1 year, 2018/19] }",
      at: "2018/19",
      says: "wrong-kind  Units of people start in different years: 2018/19 is another distance from each start. Write `1 year`, `2 years`.",
    },
    {
      from: PEOPLE,
      to: "primaryHorizon: 1 year, contrast: change }",
      at: "contrast: ^change",
      says: "wrong-kind  A yes or no that begins at time zero has no baseline value: its contrast is the difference. Write `contrast: difference`, or leave it out.",
    },
    {
      from: PEOPLE,
      to: "primaryHorizon: 1 year, span: eachYear }",
      at: "eachYear",
      says: "not-supported-yet  Other contrasts follow people from their start: yearly intervals are for a difference in differences. Write `span: sinceStart`, or leave it out.",
    },
    {
      from: PEOPLE,
      to: "primaryHorizon: 1 year, random: school }",
      at: "random: ^school",
      says: "not-supported-yet  `random` is carried out with `contrast: differenceInDifferences` only. Leave it out, or write that contrast and `relativeYears`.",
    },
    {
      from: PEOPLE,
      to: "primaryHorizon: 1 year, preset: seed-000 }",
      at: "preset: seed-000 }\n  places",
      says: "not-supported-yet  `preset` of an analysis is not supported yet. Leave it out, and write the settings of the preset beside each other.",
    },
  ],
  "differences in differences": [
    {
      from: "    relativeYears: { before: [-2, -1], after: [1, 2] }\n",
      to: "",
      at: "places:\n    ^comparison: places",
      says: "required-key  analysis places does not say over which rows and years it runs: `relativeYears` is missing. Add `relativeYears: { before: [-3, -2, -1], after: [1, 2] }`.",
    },
    ...[["[-2, -1]", "[-2, 1]"] as const, ["[-2, -1]", "[]"] as const, ["after: [1, 2]", "after: []"] as const].map(
      ([from, to]): Case => ({
        ...{ from, to, at: "relativeYears: ^{" },
        says: "wrong-kind  `before` needs years below 0 and `after` years above 0, one of each at least. For example `{ before: [-3, -2, -1], after: [1, 2] }`.",
      }),
    ),
    {
      from: "after: [1, 2]",
      to: "after: [0, 1]",
      at: "after: [^0",
      says: "wrong-kind  An entry of `after` needs a whole number, 1 or more; read the number 0.",
    },
    {
      from: "carriedBy: school_id",
      to: "carriedBy: schol",
      at: "schol\n",
      says: `unknown-column  teachers has no column \`schol\`. ${UNKNOWN}`,
    },
    {
      from: "contrast: differenceInDifferences",
      to: "contrast: differenceInDifferences\n    span: sinceStart",
      at: "sinceStart",
      says: "not-supported-yet  A difference in differences runs year by year. Write `span: eachYear`, or leave it out.",
    },
    {
      from: "comparison: places\n",
      to: "comparison: people\n",
      at: "rowsOf: ^teachers",
      says: "unit-mismatch  A difference in differences follows the people of matched units; people matches teachers themselves. Name a comparison of what they belong to, or write `contrast: difference`.",
    },
    {
      from: `baselineYear: ${MODAL}`,
      to: "baselineYear: 2017/18",
      at: "places:\n    comparison: ^places",
      says: "not-supported-yet  places has one baseline year for all; a difference over years from the start needs one for each unit. Give the comparison `baselineYear: { rule: modalRecruitment, from: … }`.",
    },
  ],
  "sensitivities and invented inputs": [
    {
      from: "{ preset: seed-000 }",
      to: "{ preset: seed-00 }",
      at: "seed-00 ",
      says: 'wrong-kind  `preset` needs one of `seed-000`; read the text "seed-00". Nearest: `seed-000`.',
    },
    {
      from: "{ preset: seed-000 }",
      to: "{ preset: seed-001 }",
      at: "seed-001",
      says: "not-supported-yet  `seed-001` is not supported yet. Write `seed-000`, or leave it out.",
    },
    {
      from: "{ comparison: staying }",
      to: "{ comparison: places }",
      at: "vary: { comparison: ^places",
      says: "unit-mismatch  Comparison places is of schools; the analysis is of teachers. Name a comparison of the same unit.",
    },
    {
      from: "seed: 3, teachers: 14000",
      to: "teachers: 14000",
      at: "{ teachers: 14000",
      says: "required-key  `simulation.workforce` does not say its seed: `seed` is missing. Add `seed: …`.",
    },
    {
      from: "teachers: 14000",
      to: "techers: 14000",
      at: "techers",
      says: "unknown-key  `techers` is not a key of an invented workforce, written into the folder `workforce` of the data. Nearest: `teachers`.",
    },
    {
      from: "seed: 3, teachers: 14000",
      to: "seed: three",
      at: "three",
      says: 'wrong-kind  `seed` needs a whole number; read the text "three".',
    },
  ],
};

for (const [group, cases] of Object.entries(CASES)) {
  describe(`faults: ${group}`, () => {
    test.each(cases.map((one) => [`${one.to.trim().slice(0, 60)} → ${one.says.slice(0, 50)}`, one] as const))(
      "%s",
      (_, { from, to, at, says }) => {
        const text = edited(from, to, WORKFORCE);
        expect(faultsOf(text)).toEqual([`${placeOf(at, text)}  ${says}`]);
      },
    );
  });
}

describe("a study of a workforce", () => {
  const study = read(WORKFORCE);

  test("reads, with each part of its outcomes an outcome of its own", () => {
    expect([...study.outcomes.keys()]).toEqual([
      ...["profession", "school", "localAuthority", "challengingSchool"].map((part) => `retained.${part}`),
      ...["progressed.profession", "progressed.school"],
    ]);
    const of = (id: string) => study.outcomes.get(id)!;
    expect(of("retained.profession").rule).toEqual({ rule: "retention", within: "profession" });
    expect(of("retained.localAuthority").rule).toMatchObject({ column: "la_code" });
    expect(of("retained.challengingSchool").rule).toMatchObject({ column: "challenging", sameSchool: "school_id" });
    expect(of("progressed.school").rule).toMatchObject({
      ...{ role: "role", ladder: ["classroom", "middle", "senior"], topLeftOut: true },
      staying: { rule: "retention", within: "school", column: "school_id" },
    });
    expect(of("progressed.profession").rule).not.toHaveProperty("staying");
    expect([of("retained.profession").priority, of("retained.school").priority]).toEqual(["primary", "secondary"]);
  });

  test("finds each unit's start by its rule, matched within its year", () => {
    const people = study.comparisons.get("people")!;
    expect(people.start).toMatchObject({ rule: "firstCensusInPost", pick: "firstRecruitment", column: "recruited" });
    expect(people.match.specifications.every(({ exact }) => exact.includes("baseline_year"))).toBe(true);
    expect(study.comparisons.get("places")!.start).toMatchObject({
      ...{ rule: "firstCensusInPost", pick: "modalRecruitment", column: "recruited", source: "returned" },
    });
    expect(study.comparisons.get("staying")).toMatchObject({ specificationFrom: "people" });
    expect(study.warnings.map(({ code, place }) => [code, place?.line])).toEqual([["sample-after-baseline", 61]]);
  });

  test("takes models and horizons from its outcomes, and the years of a difference in differences in order", () => {
    expect(study.analyses.get("people")).toMatchObject({
      ...{ model: "logistic", contrast: "difference", horizons: [1, 2], primaryHorizon: 1, yearEffects: true },
    });
    const back = read(edited("before: [-2, -1], after: [1, 2]", "before: [-1, -2, -1], after: [2, 1]", WORKFORCE));
    expect(back.analyses.get("places")!.difference).toEqual({
      ...{ rowsOf: "teachers", carriedBy: "school_id", before: [-2, -1], after: [1, 2], random: "schoolAndYear" },
    });
  });

  test("says what it filled in", () => {
    const filled = study.choices.flatMap(({ path, origin }) => (origin.by === "default" ? [path] : []));
    expect(filled.length).toBe(new Set(filled).size);
    for (const path of [
      "design.comparisons.places.timeZero",
      "design.comparisons.places.baselineYear.ties",
      "units.teachers.repair.asBaseline",
      "units.teachers.columns.challenging.unknownGrade",
      "outcomes.progressed.topLeftOut",
      "analyses.places.random",
    ])
      expect(filled).toContain(path);
  });

  test("names its invented inputs, which are part of what it means", () => {
    expect(study.simulation).toEqual({ workforce: { seed: 3, teachers: 14_000 } });
    expect(read(edited("seed: 3", "seed: 4", WORKFORCE)).meaning).not.toBe(study.meaning);
  });
});

test("the example of a workforce study reads without faults", () => {
  const file = join(import.meta.dirname, "..", "..", "examples", "leading-together", "study.yaml");
  const example = readStudyText(readFileSync(file, "utf8"), file);
  expect(example.outcomes.size).toBe(8);
  expect(example.warnings.map(({ code }) => code)).toEqual(["sample-after-baseline"]);
});
