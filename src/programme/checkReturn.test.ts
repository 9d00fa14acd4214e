import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDate } from "#domain";
import { remarkLine, remarksAsCsv } from "./remark.ts";
import { checked, PARTICIPANTS, said, written } from "./testing/example.ts";

const OTHER = { trn: "7654301", surname: "Okafor", forename: "Ben", birth_date: "1979-01-30" };

describe("a return that is as asked", () => {
  it("has nothing to say", () => {
    expect(said(checked([{}, OTHER], [{}]))).toEqual([]);
  });

  it("may have one person in two projects", () => {
    const projects = [{}, { project: "Second Step" }];
    expect(said(checked(projects, [{}, { project: "Second Step" }]))).toEqual([]);
  });

  it("may leave empty what the template lets it", () => {
    const empty = { trn: "", birth_date: "", urn: "", role_text: "", start_date: "", end_date: "" };
    expect(said(checked([empty]))).toEqual([]);
  });
});

describe("the header", () => {
  const table = written(PARTICIPANTS, [{ birth_date: "2031-01-01" }]);
  const renamed = (from: string, to: string) => ({
    ...table,
    headers: table.headers.map((header) => (header === from ? to : header)),
  });

  it("says which column is missing, and checks one that is only written differently", () => {
    expect(said(checked(renamed("birth_date", "Birth Date")))).toEqual([
      "fault birth_date 1 column-missing",
      "fault birth_date 2 birth-in-future",
    ]);
    const { remarks } = checked(renamed("role_text", "role_txt"));
    expect(remarks[0]!.message).toContain('the nearest header is "role_txt"');
    expect(remarks[0]!.advice).toBe("If that is the column, head it role_text");
  });

  it("says once that a file is another one", () => {
    expect(said(checked({ ...table, headers: table.headers.map((_, i) => `c${i}`) }))).toEqual([
      "fault  1 not-the-template",
    ]);
  });

  it("asks about a column nobody asked for, and about another order", () => {
    const more = { ...table, headers: [...table.headers, "phone"] };
    expect(said(checked(more))).toContain("query phone 1 column-not-asked");
    const turned = [...table.headers];
    [turned[1], turned[2]] = [turned[2]!, turned[1]!];
    expect(said(checked({ ...table, headers: turned }))).toContain("query provider 1 columns-reordered");
  });

  it("refuses a column that is there twice, and a file without rows", () => {
    expect(said(checked(renamed("end_date", "start_date")))).toEqual(
      expect.arrayContaining(["fault start_date 1 column-repeated", "fault end_date 1 column-missing"]),
    );
    expect(said(checked(written(PARTICIPANTS, [])))).toEqual(["fault  1 no-rows"]);
  });
});

describe("cells", () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ["an empty cell that must be filled", { surname: "" }, "fault surname 2 cell-empty"],
    ["a day in another form", { recruited: "14/09/2018" }, "fault recruited 2 date-form"],
    ["a day whose month could be its day", { recruited: "03/04/2018" }, "fault recruited 2 date-ambiguous"],
    ["a day that is none", { recruited: "soon" }, "fault recruited 2 date-unreadable"],
    ["a day that does not exist", { recruited: "2018-02-30" }, "fault recruited 2 date-unreadable"],
    ["a spreadsheet's day number", { recruited: "43357" }, "fault recruited 2 date-form"],
    ["a birth date in another form", { birth_date: "23/05/1984" }, "query birth_date 2 date-form"],
    ["a birth date of two readings", { birth_date: "03/04/1984" }, "query birth_date 2 date-ambiguous"],
    ["a birth date that is none", { birth_date: "spring" }, "fault birth_date 2 date-unreadable"],
    ["a teacher number that lost its nought", { trn: "123456" }, "query trn 2 trn-form"],
    ["a teacher number that is none", { trn: "12345" }, "query trn 2 trn-form"],
    ["the establishment number for the school's", { urn: "4012" }, "fault urn 2 urn-form"],
    ["neither yes nor no", { withdrawn: "maybe" }, "fault withdrawn 2 not-yes-or-no"],
    ["a word for nothing in a day", { end_date: "n/a" }, "fault end_date 2 placeholder"],
    ["a word for nothing in a text", { role_text: "unknown" }, "query role_text 2 placeholder"],
    ["spaces around a number", { urn: "137654 " }, "fault urn 2 spaces-around"],
    ["spaces around a name", { surname: " Merriweather" }, "query surname 2 spaces-around"],
    ["nothing but spaces", { surname: "  " }, "fault surname 2 spaces-only"],
    ["a formula", { role_text: '=HYPERLINK("http://x","y")' }, "fault role_text 2 formula"],
    ["a formula that begins with a plus", { role_text: "+cmd|'/c calc'!A1" }, "fault role_text 2 formula"],
    ["program text", { role_text: "<script>alert(1)</script>" }, "fault role_text 2 script"],
    ["a direction turned round", { surname: "Merri\u202erehtaew" }, "fault surname 2 direction-mark"],
    ["a control character", { surname: "Merri\u0007weather" }, "fault surname 2 control-character"],
    ["letters that were lost", { forename: "Zo\ufffd" }, "fault forename 2 letters-lost"],
    ["letters that were garbled", { forename: "ZoÃ«" }, "query forename 2 letters-garbled"],
    ["two alphabets in a word", { surname: "Merriweаther" }, "query surname 2 mixed-alphabets"],
    ["a character nobody sees", { surname: "Merri\u200bweather" }, "query surname 2 unseen-character"],
    ["a no-break space", { surname: "de\u00a0Vere" }, "query surname 2 odd-space"],
    ["an accent apart from its letter", { forename: "Zoe\u0308" }, "query forename 2 accent-apart"],
  ])("%s", (_, cells, remark) => {
    expect(said(checked([cells]))).toEqual([remark]);
  });

  it("lets names be names", () => {
    const names = ["O’Brien", "Ní Dhomhnaill", "Smith-Jones", "D'Arcy", "Zoë", "李", "Van der Berg", "Nullsson"];
    expect(said(checked(names.map((surname, i) => ({ surname, trn: `765430${i}` }))))).toEqual([]);
    expect(said(checked([{ role_text: "- deputy head" }, { ...OTHER, role_text: "Head @ sixth form" }]))).toEqual([]);
  });

  it("says both days an ambiguous one could be, and how to write each", () => {
    const [remark] = checked([{ recruited: "03/04/2018" }]).remarks;
    expect(remarkLine(remark!)).toBe(
      'mi_participants.csv:2  date-ambiguous  recruited: "03/04/2018" could be 3 April 2018 or 4 March 2018. ' +
        "Expected: Year, month, day: yyyy-mm-dd. Ask which is meant and write it as 2018-04-03 or 2018-03-04.",
    );
  });

  it("never throws, whatever is written, and always says where", () => {
    const names = PARTICIPANTS.columns.map(({ name }) => name);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ unit: "binary", maxLength: 30 }), (name, text) => {
        for (const remark of checked([{ [name]: text }]).remarks) {
          expect(remark.line).toBeGreaterThan(0);
          expect(remark.message).not.toBe("");
          expect(remark.advice).not.toBe("");
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("days of one person", () => {
  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ["recruited in the future", { recruited: "2020-03-01", start_date: "" }, ["fault recruited 2 recruited-in-future"]],
    ["recruited before birth", { birth_date: "2019-05-23" }, ["fault recruited 2 recruited-before-birth"]],
    ["born in the future", { birth_date: "2031-05-23" }, ["fault birth_date 2 birth-in-future"]],
    ["ended before the start", { end_date: "2018-09-30" }, ["fault end_date 2 end-before-start"]],
    ["started before recruitment", { start_date: "2018-09-01" }, ["query start_date 2 start-before-recruited"]],
    ["withdrew without an end", { withdrawn: "yes" }, ["query end_date 2 withdrawn-without-end"]],
    ["recruited as a child", { birth_date: "2008-05-23" }, ["query birth_date 2 age-unlikely"]],
    ["recruited before the programme", { recruited: "2017-08-31" }, ["fault recruited 2 recruited-before-programme"]],
  ])("%s", (_, cells, remarks) => {
    expect(said(checked([cells], undefined, { from: readDate("2017-09-01")! }))).toEqual(remarks);
  });
});

describe("people across rows", () => {
  it.each<[string, readonly Readonly<Record<string, string>>[], readonly string[]]>([
    ["two people with one number", [{}, { ...OTHER, trn: "1234501" }], ["fault trn 3 two-people-one-number"]],
    ["a new surname", [{}, { surname: "Okafor", project: "B" }], ["query trn 3 person-written-two-ways"]],
    ["the same number twice in a project", [{}, {}], ["query  3 person-twice-in-project"]],
    ["one name and birth twice in a project", [{ trn: "" }, {}], ["query  3 person-twice-in-project"]],
    ["one person with two numbers", [{}, { trn: "1234502", project: "B" }], ["query trn 3 person-with-two-numbers"]],
    ["a row number twice", [{}, { ...OTHER, mi_row: "1" }], ["fault mi_row 3 row-number-repeated"]],
    [
      "two spellings of a project",
      [{}, { ...OTHER }, { trn: "1111112", surname: "Lark", forename: "Eve", project: "lead  well" }],
      ["query project 4 two-spellings"],
    ],
  ])("%s", (_, rows, remarks) => {
    expect(said(checked(rows))).toEqual(remarks);
  });
});

describe("schools", () => {
  const register = new Set(["137654", "137655", "140001"]);

  it("must be in the register, where one is given", () => {
    const { remarks } = checked([{ urn: "140010" }], [{ urn: "140010" }], { register });
    expect(remarks.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
      "fault school-unknown",
      "fault school-unknown",
    ]);
    expect(remarks[0]!.message).toContain("one digit away is 140001");
  });

  it("must be listed for the project of their people", () => {
    expect(said(checked([{ urn: "137655" }], [{}]))).toEqual([
      "query urn 2 school-not-listed",
      "query urn 2 school-without-people",
    ]);
    expect(said(checked([{ project: "B" }], [{}]))).toEqual(["query urn 2 school-not-in-project"]);
  });

  it("are listed once for a project, and agree with their people", () => {
    expect(said(checked([{}], [{}, {}]))).toEqual(["fault urn 3 school-twice-in-project"]);
    expect(said(checked([{}], [{ withdrawn: "yes" }]))).toEqual(["query urn 2 school-withdrawn-person-not"]);
    expect(said(checked([{}], [{ agreed: "2020-03-01" }]))).toEqual(["fault agreed 2 agreed-in-future"]);
  });
});

describe("the list of remarks", () => {
  it("is a CSV no spreadsheet carries out", () => {
    const { remarks } = checked([{ role_text: "=1+1", surname: 'A "B", C' }]);
    const csv = remarksAsCsv(remarks);
    expect(csv.split("\n")[0]).toBe("kind,file,row,column,code,found,message,expected,what to do");
    expect(csv).toContain(",formula,'=1+1,");
  });
});
