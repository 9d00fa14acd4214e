import { describe, expect, test } from "vitest";
import { changesBetween } from "./changes.ts";
import { canonicalJson } from "./meaning.ts";
import { edited, read, SMALL } from "./testing/studies.ts";

const base = read(SMALL);

/** Sections whose digest differs from the study as it stands. */
function sectionsMoved(text: string): readonly string[] {
  const { sections } = read(text).meaning;
  return Object.keys(sections).filter((section) => sections[section] !== base.meaning.sections[section]);
}

describe("what a registration hashes", () => {
  test("is one digest for the whole and one for each section", () => {
    expect(base.meaning.whole).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(base.meaning.sections)).toEqual([
      "study",
      "sources",
      "units",
      "design",
      "outcomes",
      "analyses",
      "sensitivity",
      "disclosure",
    ]);
    expect(read(SMALL).meaning).toEqual(base.meaning);
  });

  test.each([
    ["a comment", "assay: 1\n", "assay: 1 # the first edition\n"],
    ["a title", "Absence after joining a trust", "Trusts and absence"],
    ["a label", "label: joined a trust", "label: entered a trust"],
    ["a reason", "priority: primary }", "priority: primary, because: it matters most }"],
    ["the reason of a column", "because: a school stays where it is", "because: schools do not move"],
    ["a caveat", "  question:", "  caveats: [{ text: Beware, on: change }]\n  question:"],
    ["an event", "  question:", "  context: [{ what: snow, from: 2018-02-01, to: 2018-03-01 }]\n  question:"],
    ["an approval", "  question:", "  approvals: [{ what: ethics, by: a board, needed: register }]\n  question:"],
    ["the report", "analyses:\n", "report: { skeleton: brief }\nanalyses:\n"],
    ["where a file lies", "file: panel.csv.gz", "file: elsewhere/panel.csv.gz"],
    ["spacing inside an expression", "where: use_row = yes", "where: use_row   =   yes"],
    ["brackets that change nothing", "where: use_row = yes", "where: (use_row = yes)"],
    ["the layout of a mapping", "      la_code: laCode\n", "      la_code:\n        type: laCode\n"],
    [
      "the order of columns",
      "      use_row: truth\n      joined: { type: date, label: joined a trust }\n",
      "      joined: { type: date, label: joined a trust }\n      use_row: truth\n",
    ],
    ["a default written out", "baselineYear: 2015/16", "baselineYear: 2015/16\n      estimand: treated"],
    ["what a break is called", "what: the scale changed", "what: another scale"],
  ])("%s is not part of it", (_, from, to) => {
    expect(read(edited(from, to)).meaning).toEqual(base.meaning);
  });

  test.each([
    ["a covariate", "fsm_pct_201516, region]", "fsm_pct_201516]", ["design"]],
    ["the order of covariates", "ks2_aps_201213, fsm_pct_201516", "fsm_pct_201516, ks2_aps_201213", ["design"]],
    ["who is treated", "2017-08-31", "2017-08-30", ["design"]],
    ["a code", "la_code: laCode", "la_code: { type: laCode, codes: { x: suppressed } }", ["sources"]],
    ["which rows are kept", "where: use_row = yes", "where: use_row = no", ["units"]],
    ["a direction", "better: lower", "better: higher", ["outcomes"]],
    ["a horizon", "horizons: [2017/18, 2018/19]", "horizons: [2018/19]", ["analyses"]],
    ["the seed", "  question:", "  seed: 2\n  question:", ["study"]],
    ["a disclosure rule", "analyses:\n", "disclosure: { minimum: 5 }\nanalyses:\n", ["disclosure"]],
    [
      "a sensitivity",
      "analyses:\n",
      "sensitivity:\n  s: { of: change, vary: hiddenBias }\nanalyses:\n",
      ["sensitivity"],
    ],
    [
      "a covariate let through",
      "        covariates:",
      "        allowMissing: { region: few are missing }\n        covariates:",
      ["design"],
    ],
  ])("%s is part of it, in its section", (_, from, to, sections) => {
    expect(sectionsMoved(edited(from, to))).toEqual(sections);
  });

  test("two sensitivities that differ in one word differ", () => {
    const vary = (word: string) =>
      read(`${SMALL}sensitivity:\n  s: { of: change, vary: ${word} }\n`).meaning.sections.sensitivity;
    expect(vary("hiddenBias")).not.toBe(vary("withoutWeights"));
  });

  test("canonical JSON sorts keys and keeps lists", () => {
    expect(canonicalJson({ b: [2, 1], a: { d: null, c: "é" } })).toBe('{"a":{"c":"é","d":null},"b":[2,1]}');
  });
});

describe("what changed between two protocols", () => {
  const changes = (from: string, to: string) => changesBetween(base.resolved, read(edited(from, to)).resolved);

  test("nothing, for the same", () => {
    expect(changesBetween(base.resolved, read(SMALL).resolved)).toEqual([]);
  });

  test("a covariate taken out is one change, by its name", () => {
    expect(changes(", region]", "]")).toEqual([
      { section: "design", path: "design.comparisons.joiners.match.covariates", was: "region", now: undefined },
      {
        section: "design",
        path: "design.comparisons.joiners.match.specifications.nearest-1.covariates",
        was: "region",
        now: undefined,
      },
    ]);
  });

  test("a value replaced tells both", () => {
    expect(changes("better: lower", "better: higher")).toEqual([
      { section: "outcomes", path: "outcomes.absence.better", was: "lower", now: "higher" },
    ]);
  });

  test("a list in another order is one change", () => {
    expect(
      changes("horizons: [2017/18, 2018/19] }", "horizons: [2018/19, 2017/18], primaryHorizon: 2018/19 }"),
    ).toEqual([
      { section: "analyses", path: "analyses.change.horizons", was: "2017/18, 2018/19", now: "2018/19, 2017/18" },
    ]);
  });

  test("an entry added has nothing before it", () => {
    expect(changes("analyses:\n", "sensitivity:\n  s: { of: change, vary: hiddenBias }\nanalyses:\n")).toEqual([
      { section: "sensitivity", path: "sensitivity.s", was: undefined, now: "the whole entry" },
    ]);
  });

  test("a list in place of a word tells its entries", () => {
    expect(
      changes("horizons: [2017/18, 2018/19] }", "horizons: [2017/18, 2018/19], adjustFor: [pupils, region] }"),
    ).toEqual([
      { section: "analyses", path: "analyses.change.adjustFor", was: "matchingCovariates", now: "pupils, region" },
    ]);
  });

  test("survives being written down as JSON", () => {
    expect(changesBetween(JSON.parse(canonicalJson(base.resolved)), base.resolved)).toEqual([]);
  });
});
