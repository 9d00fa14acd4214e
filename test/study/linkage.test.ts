import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readStudy } from "../../src/protocol/index.ts";
import { assay, startAssay, Workshop } from "../support/workshop.ts";

const STUDY = `assay: 1
study: { title: Leading, question: Did they stay? }
sources:
  participants:
    file: mi.csv
    key: [mi_row]
    columns: { mi_row: text, project: text, trn: text, surname: text, forename: text, birth_date: text, urn: urn, role_text: text, recruited: date }
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
      la_code: laCode
      year: { type: academicYear, written: start }
      post: { type: text, measured: row year }
      pay: { type: number, unit: GBP, measured: row year }
  links: { file: links.csv, columns: { urn: urn, successor_urn: urn, link_date: date } }
linkage:
  schools: { kind: schools, chain: links, identity: school_id }
  people:
    kind: people
    from: participants
    to: census
    identity: person_id
    steps:
      - exact: [trn, { surname: name }, birth_date]
      - exact: [trn, birth_date]
      - exact: [{ surname: name }, { forename: name }, birth_date]
    inYear: 2015/16
    usable: post is not missing
    reportBy: [project]
    roles: { column: role_text, dictionary: linkage/roles.csv }
units:
  teachers:
    is: teacher
    from: census
    identity: person_id
    year: year
    columns: { recruits: { summary: count, of: participants, on: [person_id], where: usable } }
design:
  comparisons:
    all: { unit: teachers, treated: recruits > 0, baselineYear: 2015/16, match: { covariates: [pay at baseline] } }
outcomes: { pay: { unit: teachers, column: pay, measure: GBP, better: higher, priority: primary } }
analyses: { change: { comparison: all, outcomes: [pay], horizons: [2016/17] } }
`;
const CENSUS = `person_id,trn,surname,forename,birth_date,urn,la_code,year,post,pay
P1,1000001,Smith,Ann,1980-04-03,100001,301,2015,Teacher,30
P1,1000001,Smith,Ann,1980-04-03,200001,301,2016,Teacher,31
P2,1000002,O'Brien,Benjamin,1975-11-20,100002,302,2015,,30
P3,1000003,Müller-Strauß,Zoë,1990-01-02,100002,302,2014,Teacher,30
P4,1000004,Khan,Amir,1985-06-07,100002,303,2013,Teacher,30
P5,1000004,Khan,Amir,1985-06-07,100002,303,2015,Teacher,30
P6,1000006,Roe,Jo,1970-05-05,100001,303,2015,Teacher,30
`;
const RETURN = `mi_row,project,trn,surname,forename,birth_date,urn,role_text,recruited
1,one,10/00001,SMITH,Anne,3.4.80,100001,Assistant Headteacher,2016-01-10
2,one,RP 10 00002,O Brien,Ben,20 November 1975,100002,Head of Maths,2016-01-10
3,one,,STRAUSS MULLER,Zoe,02/01/1990,100002,Wizard,2016-01-10
4,two,1000004,Khan,Amir,07/06/1985,100002,teacher,2016-01-10
5,two,,Nobody,Nell,31/02/1980,100002,tbc,2016-01-10
6,two,1000001,Smith,Ann,1980-04-03,100001,AHT,2016-02-10
`;
const FILES = {
  "study.yaml": STUDY,
  "data/census.csv": CENSUS,
  "data/mi.csv": RETURN,
  "data/links.csv": "urn,successor_urn,link_date\n100001,200001,2016-09-01\n",
  "linkage/roles.csv": "how,text,level\nis,wizard,senior leader\n",
};

let workshop: Workshop;
let folder: string;
function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
const text = (name: string) => readFileSync(join(folder, name), "utf8");
async function records() {
  const said = await assay("link", "review", folder, "--json");
  const { records: all } = JSON.parse(said.out) as { records: readonly Record<string, never>[] };
  return { schools: all[0]!, people: all[1]! };
}

beforeEach(() => {
  workshop = new Workshop();
  folder = workshop.folder;
  write(FILES);
});
afterEach(() => workshop[Symbol.dispose]());

describe("assay link review", () => {
  test("counts people named, linked, in the year and usable, and says what each is", async () => {
    const { people, schools } = await records();
    // Rows 1 and 6 are one person; 4 fits two people of the census; 5 is nobody; 3 has no record in 2015/16; 2 has no post.
    expect(people.rates).toEqual({ group: "all", named: 5, linked: 3, inYear: 2, usable: 1 });
    expect(people.groups).toEqual([
      {
        column: "project",
        rates: [
          { group: "one", named: 3, linked: 3, inYear: 2, usable: 1 },
          { group: "two", named: 2, linked: 0, inYear: 0, usable: 0 },
        ],
      },
    ]);
    expect(people.definitions).toMatchObject({
      linked: "of those, people with at least one record in census, by any step or decision",
      inYear: "of those, people with a record in 2015/16",
    });
    expect(people.steps).toEqual([
      { name: "decided", rows: 0 },
      { name: "1: trn + surname + birth_date", rows: 3 },
      { name: "2: trn + birth_date", rows: 0 },
      { name: "3: surname + forename + birth_date", rows: 1 },
      { name: "another row of the same person", rows: 0 },
      { name: "none", rows: 2 },
    ]);
    expect(people.falseMatches).toMatchObject({ state: "not estimable" });
    expect(schools).toMatchObject({ followed: 1, merged: 0 });
  });

  test("names what is odd, with counts, and goes on", async () => {
    const { people } = await records();
    const warnings = (people.warnings as readonly string[]).join("\n");
    expect(warnings).toContain(
      "birth_date: 1 row cannot be read and count as missing (“31/02/1980” names a day that does not exist)",
    );
    expect(warnings).toContain("1 row of participants: a person of another row again");
    expect(warnings).toContain("1 values of trn in census belong to more than one person_id");
    expect(warnings).toContain("census holds nobody of a whole authority in 1 of its years (303 in 2014/15)");
    expect(warnings).toContain('1 job titles (1 rows) are in no dictionary and count as unknown: "tbc" 1');
  });

  test("every job title has a level and the rule that made it", async () => {
    const { people } = await records();
    const { texts } = people.roles as { texts: readonly { text: string; level: string; rule?: string }[] };
    const of = (title: string) => texts.find((one) => one.text === title);
    expect(of("Wizard")).toMatchObject({ level: "senior leader", rule: 'is "wizard" (linkage/roles.csv:2)' });
    expect(of("Head of Maths")?.level).toBe("middle leader");
    expect(of("tbc")).toEqual({ text: "tbc", rows: 1, level: "unknown" });
  });

  test("writes pairs to a list; decisions entered in it are taken in, win, and survive", async () => {
    await assay("link", "review", folder);
    const list = text("linkage/review.csv");
    expect(list.split("\n").filter((line) => line.startsWith("4=P"))).toHaveLength(2);
    const filled = list
      .replace(/^(4=P5,.*),,,$/m, "$1,same,A. Person,later record")
      .replace(/^(4=P4,.*),,,$/m, "$1,different,A. Person,");
    writeFileSync(join(folder, "linkage/review.csv"), filled);
    const said = await assay("link", "review", folder, "--read", "linkage/review.csv");
    expect(said.code).toBe(0);
    expect(said.out).toContain("2 decisions taken in");
    expect(text("linkage/decisions.csv")).toMatch(
      /^mi_row,person_id,decision,by,date,reason\n4,P4,different,A. Person,\d{4}-\d\d-\d\d,\n4,P5,same,A. Person,\d{4}-\d\d-\d\d,later record\n$/,
    );
    const { people } = await records();
    expect(people.rates).toMatchObject({ linked: 4, usable: 2 });
    expect(people.review).toEqual([]);
    const again = await assay("link", "review", folder, "--read", "linkage/review.csv");
    expect(again.out).toContain("0 decisions taken in");
  });

  test("takes a list as office programs save it, and says who decided otherwise before", async () => {
    await assay("link", "review", folder);
    const list = "mi_row;person_id;decision;by\n4;P5;same;A. Person\n";
    writeFileSync(join(folder, "linkage/mine.csv"), Buffer.from(`\ufeff${list.replaceAll(";", "\t")}`, "utf16le"));
    const said = await assay("link", "review", folder, "--read", "linkage/mine.csv");
    expect(said.out).toContain("1 decision taken in");
    const before = text("linkage/decisions.csv");
    write({ "linkage/mine.csv": list.replace("same", "different") });
    const contrary = await assay("link", "review", folder, "--read", "linkage/mine.csv");
    expect(contrary.code).toBe(1);
    expect(contrary.err).toContain(
      "linkage/mine.csv:2:1  link-decision  4=P5 was decided `same` by A. Person, in line 2 of linkage/decisions.csv.",
    );
    expect(text("linkage/decisions.csv")).toBe(before);
  });

  test("refuses a list with a bad row by its line, and changes nothing", async () => {
    await assay("link", "review", folder);
    write({
      "linkage/mine.csv": "mi_row,person_id,decision,by\n4,P5,same,A\n4,P9,same,A\n44,P5,same,A\n4,P4,perhaps,A\n",
    });
    const said = await assay("link", "review", folder, "--read", "linkage/mine.csv");
    expect(said.code).toBe(1);
    expect(said.err).toContain("linkage/mine.csv:3:1  link-decision  census holds nobody with person_id P9.");
    expect(said.err).toContain("linkage/mine.csv:4:1  link-decision  participants has no row 44.");
    expect(said.err).toContain("linkage/mine.csv:5:1  link-decision  The decision is `perhaps`.");
    expect(() => text("linkage/decisions.csv")).toThrow();
  });

  test("names the lines of a list that contradict each other, and the quote that never closes", async () => {
    await assay("link", "review", folder);
    const head = "mi_row,person_id,decision,by\n";
    write({ "linkage/mine.csv": `${head}4,P5,same,A\n4,P5,different,A\n4,P4,same,A\n` });
    const contrary = await assay("link", "review", folder, "--read", "linkage/mine.csv");
    expect(contrary.code).toBe(1);
    expect(contrary.err).toContain(
      "linkage/mine.csv:3:1  link-decision  Line 2 decides `same` about the same pair. Keep one of the two lines.",
    );
    expect(contrary.err).toContain("linkage/mine.csv:4:1  link-decision  Line 2 says that row 4 is P5.");
    write({ "linkage/mine.csv": `pair,${head}4=P5,5,P5,same,A\n` });
    const mixed = await assay("link", "review", folder, "--read", "linkage/mine.csv");
    expect(mixed.err).toContain("The pair is 4=P5, while the columns beside it name 5=P5.");
    write({ "linkage/mine.csv": `${head}4,P5,"same,A\n4,P4,different,A\n` });
    const open = await assay("link", "review", folder, "--read", "linkage/mine.csv");
    expect(open.err).toContain("linkage/mine.csv:2:");
    expect(open.err).toContain("never closes");
    expect(() => text("linkage/decisions.csv")).toThrow();
  });

  test("two people of the return decided to be one of the census are said, since they count as one", async () => {
    write({
      "linkage/decisions.csv":
        "mi_row,person_id,decision,by,date,reason\n3,P6,same,A,2020-01-01,x\n5,P6,same,A,2020-01-01,x\n",
    });
    const said = await assay("link", "review", folder);
    expect(`${said.out}${said.err}`).toContain(
      "linkage/decisions.csv decides that rows 3, 5 of participants are all P6, though their names and birth dates are of different people",
    );
  });
});

describe("assay link decide", () => {
  test("of two at the same time loses none that it called taken", async () => {
    const pairs = ["1=P6", "2=P6", "3=P6", "4=P5"];
    const runs = pairs.map((pair) =>
      startAssay("link", "decide", folder, pair, "different", "--by", "A", "--reason", "x"),
    );
    const said = await Promise.all(runs.map(({ ended }) => ended));
    const taken = pairs.filter((_, i) => said[i]!.code === 0);
    expect(taken.length).toBeGreaterThan(0);
    const kept = text("linkage/decisions.csv").trim().split("\n").slice(1);
    expect(kept.map((line) => line.split(",").slice(0, 2).join("="))).toEqual(taken);
    for (const { code, err } of said)
      if (code !== 0) expect(err).toMatch(/folder-in-use|somebody else in the meantime/);
  });

  test("records one decision, which is part of what is registered", async () => {
    const before = readStudy(folder).meaning;
    const said = await assay(
      "link",
      "decide",
      folder,
      "3=P6",
      "same",
      "--by",
      "A. Person",
      "--reason",
      "told by the school",
    );
    expect(said.code).toBe(0);
    const after = readStudy(folder).meaning;
    expect(after.sections.linkage).not.toBe(before.sections.linkage);
    const { people } = await records();
    expect(people.steps).toContainEqual({ name: "decided", rows: 1 });
    const contrary = await assay("link", "decide", folder, "3=P6", "different", "--by", "B", "--reason", "no");
    expect(contrary.code).toBe(1);
    expect(contrary.err).toContain("Line 2 decides `same` about the same pair.");
  });

  test("says what is wrong with a pair, and asks who and why", async () => {
    const decide = (...words: readonly string[]) => assay("link", "decide", folder, ...words);
    expect((await decide("33=P6", "same", "--by", "A", "--reason", "x")).err).toContain(
      "33=P6 names no row of a return",
    );
    expect((await decide("3=P66", "same", "--by", "A", "--reason", "x")).err).toContain(
      "holds nobody with person_id P66",
    );
    expect((await decide("3=P6", "maybe", "--by", "A", "--reason", "x")).code).toBe(2);
    expect((await decide("3=P6", "same", "--reason", "x")).code).toBe(2);
  });
});

describe("bad input", () => {
  test.each([
    [
      "a decision about nobody",
      { "linkage/decisions.csv": "mi_row,person_id,decision,by,date,reason\n1,P99,same,A,,\n" },
      "linkage/decisions.csv:2:1  link-decision  census holds nobody with person_id P99.",
    ],
    [
      "a dictionary that is not there",
      { "study.yaml": STUDY.replace("linkage/roles.csv", "linkage/titles.csv") },
      "linkage/titles.csv is not in the study folder",
    ],
    [
      "a bad line of a dictionary",
      { "linkage/roles.csv": "how,text,level\nis,x,senior\n" },
      "linkage/roles.csv:2:1  role-dictionary  `senior` is not a level.",
    ],
    [
      "a return in the wrong template",
      { "data/mi.csv": `${RETURN.split("\n")[0]}\n1,one,,,,,100001,x,2016-01-10\n` },
      "wrong-template  In none of the 1 rows of participants can",
    ],
  ])("%s", async (_, files, says) => {
    write(files);
    const said = await assay("link", "review", folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain(says);
  });

  test("a decision about a row that is gone is said, and the rest goes on", async () => {
    write({ "linkage/decisions.csv": "mi_row,person_id,decision,by,date,reason\n77,P1,same,A,,\n" });
    const { people } = await records();
    expect((people.warnings as readonly string[]).join()).toContain(
      "decides about 1 rows that participants does not hold (lines 2)",
    );
  });

  test("an empty return, an empty census and an empty chain are named at the door", async () => {
    const header = (name: keyof typeof FILES) => `${FILES[name].split("\n")[0]}\n`;
    write({
      "data/mi.csv": header("data/mi.csv"),
      "data/census.csv": header("data/census.csv"),
      "data/links.csv": header("data/links.csv"),
    });
    const said = await assay("link", "review", folder);
    for (const file of ["mi.csv", "census.csv", "links.csv"])
      expect(said.err).toContain(`no-rows  ${file} has a header and no rows.`);
  });

  test("a study without linkage is told what to write", async () => {
    write({
      "study.yaml": STUDY.replace(/linkage:[\s\S]*?units:/, "units:").replace(
        /, on: \[person_id\], where: usable/,
        ", on: [urn]",
      ),
    });
    const said = await assay("link", "review", folder);
    expect(said.err).toContain("nothing-to-link");
  });
});
