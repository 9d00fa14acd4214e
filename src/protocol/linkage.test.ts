import { describe, expect, test } from "vitest";
import type { PeopleLinkage } from "./linkageDeclaration.ts";
import { edited, faultsOf, read } from "./testing/studies.ts";

/** A study of teachers whose participants are named in a return. */
const TEACHERS = `assay: 1
study: { title: Leading, question: Did they stay? }
sources:
  participants:
    file: mi.csv
    key: [mi_row]
    columns: { mi_row: text, trn: text, surname: text, forename: text, birth_date: text, urn: urn, role_text: text, recruited: date }
  census:
    file: census.csv
    key: [person_id, year]
    columns:
      person_id: text
      trn: trn
      surname: text
      forename: text
      birth_date: date
      urn: urn
      year: { type: academicYear, written: start }
      post: text
      paid: { type: number, unit: GBP, measured: row year }
  schools: { file: schools.csv, key: [urn], columns: { urn: urn, phase: text } }
  links: { file: links.csv, columns: { urn: urn, successor_urn: urn, link_date: date } }
linkage:
  school-chain: { kind: schools, chain: links, identity: school_id }
  people:
    kind: people
    from: participants
    to: census
    identity: person_id
    inYear: baselineYear
    usable: post is not missing and well_paid
    reportBy: [phase]
    roles: { column: role_text }
units:
  teachers:
    is: teacher
    from: census
    identity: person_id
    year: year
    member: { school: school_id }
    columns:
      well_paid: paid > 30000
      recruits: { summary: count, of: participants, on: [person_id] }
      usable_rows: { summary: count, of: participants, on: [person_id], where: linked and usable and role_level = "middle leader" }
design:
  comparisons:
    taking-part:
      unit: teachers
      treated: recruits > 0
      baselineYear: 2015/16
      match: { covariates: [paid at baseline], exact: [school_id] }
outcomes:
  pay: { unit: teachers, column: paid, measure: GBP, better: higher, priority: primary }
analyses:
  change: { comparison: taking-part, outcomes: [pay], horizons: [2017/18] }
`;

const people = (text = TEACHERS) => read(text).linkage.get("people") as PeopleLinkage;
const change = (from: string, to: string) => faultsOf(edited(from, to, TEACHERS));

describe("the linkage section", () => {
  test("is read with its defaults, and the columns it makes are known to everything after it", () => {
    const study = read(TEACHERS);
    expect(study.linkage.get("school-chain")).toMatchObject({
      chain: "links",
      columns: { participants: "urn", census: "urn", schools: "urn" },
    });
    const linkage = people();
    expect(linkage.steps.map(({ how }) => how)).toEqual(["exact", "exact", "exact", "probabilistic"]);
    expect(linkage.steps[0]).toEqual({
      how: "exact",
      columns: [
        { column: "trn", as: "number" },
        { column: "surname", as: "name" },
        { column: "birth_date", as: "date" },
      ],
    });
    expect(linkage).toMatchObject({
      oneToOne: true,
      rowKey: ["mi_row"],
      inYear: { how: "year", year: 2015 },
      usableOf: "teachers",
      yearColumn: "year",
      reportBy: [{ column: "phase", source: "schools" }],
      decisions: { file: "linkage/decisions.csv" },
    });
    // The file holds no such columns: the source itself is as it was.
    expect(study.sources.get("census")!.columns.map(({ name }) => name)).not.toContain("school_id");
    expect(study.units.get("teachers")!.member).toEqual({ school: "school_id" });
    const said = study.choices.filter(
      ({ path, origin }) => path.startsWith("linkage.people") && origin.by === "default",
    );
    expect(said.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["linkage.people.steps", "linkage.people.oneToOne", "linkage.people.roles.dictionary"]),
    );
  });

  test("is part of what a study means; a study without one means what it meant before", () => {
    const other = read(edited("inYear: baselineYear", "inYear: 2014/15", TEACHERS));
    expect(other.meaning.sections.linkage).not.toBe(read(TEACHERS).meaning.sections.linkage);
    expect(other.meaning.sections.units).toBe(read(TEACHERS).meaning.sections.units);
    expect(JSON.stringify(read(TEACHERS).resolved.linkage)).toContain("sha256");
  });

  test("names how each column is compared, and blocks take it from there", () => {
    const steps = `steps:
      - exact: [trn, { surname: name }]
      - probabilistic: { compare: [{ surname: name }, birth_date], blocks: [[surname], [birth_date]], accept: 0.9 }
    inYear: none`;
    const { steps: found, inYear } = people(edited("inYear: baselineYear", steps, TEACHERS));
    expect(found[1]).toMatchObject({
      blocks: [[{ column: "surname", as: "name" }], [{ column: "birth_date", as: "date" }]],
      accept: 0.9,
      review: 0.8,
    });
    expect(inYear).toBeUndefined();
  });
});

describe("a fault in the linkage section", () => {
  test.each([
    [
      "from: participants\n    to",
      "from: particpants\n    to",
      "source `particpants` is not declared. Nearest: `participants`.",
    ],
    ["chain: links", "chain: schools", "schools does not say which number follows which."],
    ["chain: links", "chain: links, to: census", "`to` has no meaning for a linkage of schools."],
    [
      "identity: person_id\n    inYear",
      "identity: persn_id\n    inYear",
      "census has no column `persn_id`. Nearest: `person_id`.",
    ],
    ["reportBy: [phase]", "reportBy: [fase]", "participants has no column `fase`. Nearest: `phase`."],
    ["column: role_text", "column: role", "participants has no column `role`."],
    ["post is not missing and", "pst is not missing and", "teachers has no column `pst`. Nearest: `post`."],
    ["inYear: baselineYear", "oneTwoOne: yes", "`oneTwoOne` is not a key of a linkage. Nearest: `oneToOne`."],
    ["inYear: baselineYear", "decisions: ../decisions.csv", "../decisions.csv does not lie inside the study folder."],
    [
      "inYear: baselineYear",
      "steps: [{ exact: [trn, surnam] }]",
      "participants has no column `surnam`. Nearest: `surname`.",
    ],
    ["inYear: baselineYear", "steps: [{ exact: [{ surname: nam }] }]", "needs one of `name`, `date`, `number`, `text`"],
    ["inYear: baselineYear", "steps: [{}]", "A step is either `exact` or `probabilistic`."],
    [
      "inYear: baselineYear",
      "steps: [{ probabilistic: { compare: [trn], blocks: [] } }]",
      "Without a block no pair is looked at.",
    ],
    [
      "inYear: baselineYear",
      "steps: [{ probabilistic: { compare: [trn], blocks: [[trn]], accept: 0.7, review: 0.8 } }]",
      "review no higher",
    ],
    ["trn: text, surname: text", "surname: text", "the default needs trn, surname, forename and birth_date in both"],
    [
      "recruited: date",
      "linked: truth",
      "participants has a column `linked` already; linkage people would make it again.",
    ],
  ])("%s → %s", (from, to, says) => {
    expect(change(from, to).join("\n")).toContain(says);
  });

  test("two linkages of people may not keep decisions in one file", () => {
    const second = "  again: { like: people, identity: person_id }\n  people:\n    kind: people";
    expect(change("  people:\n    kind: people", second).join("\n")).toContain("keep their decisions in one file");
  });
});
