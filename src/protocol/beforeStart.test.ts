import { describe, expect, test } from "vitest";
import { edited, faultsOf, read, SMALL } from "./testing/studies.ts";

const COVARIATES = "[absence_pct at baseline, ks2_aps_201213, fsm_pct_201516, region]";
const UNIT = "where: use_row = yes }";
const covariates = (list: string, text = SMALL) => edited(COVARIATES, list, text);
const columns = (list: string, text = SMALL) => edited(UNIT, `where: use_row = yes, columns: { ${list} } }`, text);
const source = (entry: string, text = SMALL) => edited("units:\n", `  ${entry}\nunits:\n`, text);
const comparison = (line: string, text = SMALL) => edited("      match:\n", `      ${line}\n      match:\n`, text);
/** Codes and messages, places left out. */
const said = (text: string) => faultsOf(text).map((line) => line.replace(/^\S+ {2}/, ""));
const codes = (text: string) => said(text).map((line) => line.split("  ")[0]);

describe("a derived column that looks past the baseline", () => {
  const late = columns(
    "late: \"if score at 2018/19 > 100 then 'a' else 'b'\", later: late = 'a', there: exists at 2017/18, early: score at 2014/15, group: { recode: late, to: { a: a, b: b }, reference: a }, top: { bands: gone, cuts: [0], closed: left, names: [low, high], reference: low }, gone: score at 2016/17 + 1",
  );

  test.each([
    [
      "treated",
      late.replace("treated: joined between 2016-09-01 and 2017-08-31", "treated: later"),
      "later",
      "2018/19",
    ],
    ["pool", comparison("pool: late = 'a'", late), "late", "2018/19"],
    ["exclude", late.replace("joined is not missing", "later"), "later", "2018/19"],
    ["excludeBoth", comparison("excludeBoth: { x: there }", late), "there", "2017/18"],
    ["covariates", covariates("[group]", late), "group", "2018/19"],
    ["covariates, through bands", covariates("[top]", late), "top", "2016/17"],
    [
      "a specification",
      comparison("#", late).replace(
        "        covariates:",
        "        specifications: { a: { add: [gone] } }\n        covariates:",
      ),
      "gone",
      "2016/17",
    ],
    [
      "exact of a specification",
      late.replace("        covariates:", "        specifications: { a: { exact: [group] } }\n        covariates:"),
      "group",
      "2018/19",
    ],
    ["exact", late.replace("        covariates:", "        exact: [group]\n        covariates:"), "group", "2018/19"],
    [
      "balanceOn",
      late.replace("        covariates:", "        balanceOn: [there]\n        covariates:"),
      "there",
      "2017/18",
    ],
    ["baselineOf", comparison("baselineOf: { absence: gone }", late), "gone", "2016/17"],
    ["assignedBy", comparison("assignedBy: group", late), "group", "2018/19"],
    ["clusters", late.replace("outcomes: [absence]", "outcomes: [absence], clusters: group"), "group", "2018/19"],
  ])("is refused in %s", (_, text, name, year) => {
    expect(said(text)).toEqual([
      `looks-ahead  ${name} looks at ${year}, after baseline 2015/16: it cannot be used in design (sealed). Let it look at a year up to baseline.`,
    ]);
  });

  test("is fine where it looks back, and in what is looked at after the start", () => {
    const text = covariates("[early]", late).replace("horizons:", "where: there, horizons:");
    expect(said(text)).toEqual([]);
    expect(read(text).warnings.map(({ code }) => code)).toEqual([]);
  });
});

describe("columns that hold a later outcome", () => {
  const wide = edited(
    "better: lower, ",
    "better: lower, history: { 2012/13: absence_pct_2013, 2016/17: absence_next }, ",
  ).replace("      score: {", "      absence_next: { type: percent }\n      score: {");

  test("are refused by the year of the outcome's history, also through derived columns", () => {
    const words =
      "shows outcome absence in 2016/17, after baseline 2015/16: it cannot be used in design (sealed). Leave it out here.";
    expect(said(covariates("[absence_pct_2013, absence_next]", wide))).toEqual([`looks-ahead  absence_next ${words}`]);
    expect(said(comparison("pool: bad", columns("bad: absence_next > 5%", wide)))).toEqual([
      `looks-ahead  bad ${words}`,
    ]);
  });

  test("are refused under another name, from a source of the same file whose rows have no year", () => {
    const again = columns(
      "leak: { summary: mean, of: again, on: [school_id], value: again_pct }, twice: leak * 2",
      source(
        "again: { file: ./panel.csv.gz, columns: { school_id: urn, again_pct: { type: percent, from: absence_pct, measured: row year } } }",
      ),
    );
    const words =
      "reads again_pct of again, which is outcome absence in ./panel.csv.gz, and no column of again tells years after baseline 2015/16 from earlier ones: it cannot be used in design (sealed). Declare the year of again and put it in its `key`: later rows are then left out.";
    expect(said(covariates("[leak at baseline]", again))).toEqual([`looks-ahead  leak ${words}`]);
    expect(said(comparison("exclude: { x: twice > 5% }", again).replace(/ {6}exclude: \{ joined.*\n/, ""))).toEqual([
      `looks-ahead  twice ${words}`,
    ]);
    // A year that is declared does not take later rows out of the mean.
    expect(said(covariates("[leak]", again.replace("measured: row year } } }", "measured: 2014/15 } } }")))).toEqual([
      expect.stringMatching(/^looks-ahead {2}leak shows outcome absence after baseline 2015\/16/),
    ]);
    const dated = again.replace(
      "{ school_id: urn, again_pct",
      "{ school_id: urn, when: { type: academicYear, written: end, from: year }, again_pct",
    );
    expect(said(covariates("[leak]", dated))).toEqual([]);
  });

  test("are refused as a count of rows of every year", () => {
    const counted = columns(
      "n: { summary: count, of: again, on: [school_id] }",
      source("again: { file: panel.csv.gz, columns: { school_id: urn } }"),
    );
    expect(said(covariates("[n]", counted))).toEqual([
      "looks-ahead  n summarises rows of every year of panel.csv.gz, also those after baseline 2015/16: it cannot be used in design (sealed). Declare the year of again and put it in its `key`: later rows are then left out.",
    ]);
    expect(
      said(
        covariates(
          "[n]",
          counted.replace(
            "file: panel.csv.gz, columns: { school_id: urn }",
            "file: other.csv, columns: { school_id: urn }",
          ),
        ),
      ),
    ).toEqual([]);
  });

  test("are refused where the unit itself has no years", () => {
    const cross = edited("year: year, where", "where").replace(COVARIATES, "[absence_pct, fsm_pct_201516]");
    expect(codes(cross)).toEqual(["looks-ahead"]);
  });
});

describe("a covariate of which nobody can tell whether it comes after the start", () => {
  const joined = (column: string, more = "") =>
    source(`other: { file: other.csv, key: [school_id], columns: { school_id: urn, ${column} }${more} }`).replace(
      UNIT,
      "where: use_row = yes, join: [{ source: other, on: [school_id] }] }",
    );
  const fault = (name: string) =>
    `measured-missing  ${name}: nobody can tell whether ${name} comes after the start. Say in other when it was measured (\`measured: 2014/15\`), or \`stable: yes\` with a \`because\`.`;
  const staff = joined("staff: { type: number, unit: people }");

  test.each([
    ["covariates", covariates("[staff]", staff)],
    [
      "a specification",
      staff.replace(
        "        covariates:",
        "        specifications: { a: { covariates: [staff] } }\n        covariates:",
      ),
    ],
    ["balanceOn", staff.replace("        covariates:", "        balanceOn: [staff]\n        covariates:")],
    ["exact", staff.replace("        covariates:", "        exact: [staff]\n        covariates:")],
    [
      "exact of a specification",
      staff.replace("        covariates:", "        specifications: { a: { exact: [staff] } }\n        covariates:"),
    ],
  ])("is refused in %s", (_, text) => {
    expect(said(text)).toEqual([fault("staff")]);
  });

  test("is refused through derived columns and summaries", () => {
    const doubled = staff.replace("on: [school_id] }] }", "on: [school_id] }], columns: { double: staff * 2 } }");
    expect(said(covariates("[double]", doubled))).toEqual([
      fault("staff").replace(
        "staff: nobody can tell whether staff comes",
        "double reads staff, and nobody can tell whether that comes",
      ),
    ]);
    const summary = columns(
      "some: { summary: share, of: other, on: [school_id], value: kind = 'a' }",
      source("other: { file: other.csv, columns: { school_id: urn, kind: { type: category, levels: [a, b] } } }"),
    );
    expect(codes(covariates("[some]", summary))).toEqual(["measured-missing"]);
  });

  test("`row year` says nothing where rows have no year", () => {
    const text = joined("staff: { type: number, unit: people, measured: row year }");
    expect(said(covariates("[staff]", text))).toEqual([
      "measured-missing  staff: `measured: row year` says nothing, since rows of other have no year. Say in other when it was measured (`measured: 2014/15`), or `stable: yes` with a `because`.",
    ]);
  });

  test.each([
    ["a year", joined("staff: { type: number, unit: people, measured: 2014/15 }")],
    ["a trait that cannot change", joined("staff: { type: number, unit: people, stable: yes, because: built so }")],
    ["a source with a date", joined("staff: { type: number, unit: people }", ", snapshot: 2015-10-01")],
    [
      "a source with years",
      joined("staff: { type: number, unit: people }, when: { type: academicYear, written: end }"),
    ],
    ["a cluster", staff.replace("outcomes: [absence]", "outcomes: [absence], clusters: staff")],
    ["the level of decision", comparison("assignedBy: staff", staff)],
    ["the treatment", staff.replace("treated: joined between 2016-09-01 and 2017-08-31", "treated: staff > 10")],
  ])("%s is enough", (_, text) => {
    expect(said(covariates("[staff]", text))).toEqual([]);
  });
});

describe("years and baselines that do not fit together", () => {
  const two = "when: { type: academicYear, written: end }, then: { type: academicYear, written: end }";
  const counted = (key: string) =>
    columns(
      "n: { summary: count, of: other, on: [school_id] }",
      source(`other: { file: other.csv, ${key}columns: { school_id: urn, ${two} } }`),
    );

  test("two columns of years of which none is in the key", () => {
    expect(said(counted(""))).toEqual([
      "year-unclear  other has 2 columns of years (when, then), and nothing says which one is the year of its rows. Put that one in the `key` of the source.",
    ]);
    expect(said(counted("key: [school_id, when], "))).toEqual([]);
    // Not used by any unit, or the unit says which it is.
    expect(said(source(`other: { file: other.csv, columns: { school_id: urn, ${two} } }`))).toEqual([]);
    const own = edited(
      "      use_row: truth",
      "      use_row: truth\n      other_year: { type: academicYear, written: end }",
    );
    expect(said(own)).toEqual([]);
    const undated = edited("year: year, where", "where", own).replace(COVARIATES, "[ks2_aps_201213]");
    expect(codes(undated)).toContain("year-unclear");
  });

  test("two comparisons on one file with different baselines", () => {
    const later = (line: string, text = SMALL) =>
      edited("outcomes:\n", `    later: { like: joiners${line} }\noutcomes:\n`, text);
    expect(said(later(", baselineYear: 2016/17, match: { covariates: [ks2_aps_201213] }"))).toEqual([
      "baselines-differ  joiners (baseline 2015/16) and later (2016/17) are both made from panel.csv.gz: choosing later would show what is sealed for joiners. Declare them as two studies, each registered by itself.",
    ]);
    expect(said(later(", baselineYear: 2014/15, match: { covariates: [ks2_aps_201213] }"))[0]).toContain(
      "choosing joiners would show what is sealed for later.",
    );
    expect(said(later(""))).toEqual([]);
    const apart = source(
      "others: { file: other.csv, columns: { school_id: urn, year: { type: academicYear, written: end }, start: date, old: { type: percent } } }",
    ).replace("design:\n", "  others: { is: school, from: others, identity: school_id, year: year }\ndesign:\n");
    const elsewhere =
      ", unit: others, treated: start > 2016-09-01, exclude: {}, baselineYear: 2016/17, match: { covariates: [old] }";
    expect(said(later(elsewhere, apart))).toEqual([]);
  });
});
