import { describe, expect, test } from "vitest";
import { edited, read, SMALL } from "./testing/studies.ts";

const study = read(SMALL);
const choice = (path: string, of = study) => of.choices.find((own) => own.path === path);

describe("who made every choice", () => {
  test("what the file says is declared, with its line", () => {
    expect(choice("design.comparisons.joiners.baselineYear")).toEqual({
      path: "design.comparisons.joiners.baselineYear",
      value: "2015/16",
      origin: { by: "declared", place: { file: "study.yaml", line: 32, column: 21 } },
    });
    expect(choice("design.comparisons.joiners.match.covariates")!.value).toBe(
      "absence_pct at baseline, ks2_aps_201213, fsm_pct_201516, region",
    );
  });

  test("a list is declared at its key, also where its items stand on lines of their own", () => {
    const lines = edited(
      "covariates: [absence_pct at baseline, ks2_aps_201213, fsm_pct_201516, region]",
      "covariates:\n          - absence_pct at baseline\n          - region",
    );
    for (const text of [undefined, lines])
      expect(
        choice("design.comparisons.joiners.match.covariates", text === undefined ? study : read(text))!.origin,
      ).toEqual({
        by: "declared",
        place: { file: "study.yaml", line: 35, column: 9 },
      });
  });

  test("the rule of choice is told apart from what it chose, whoever wrote it", () => {
    const declared = read(
      edited("        covariates:", "        choose: { by: medianAbsoluteBias }\n        covariates:"),
    );
    for (const of of [study, declared]) {
      const paths = of.choices.map(({ path }) => path);
      expect(paths).toContain("design.comparisons.joiners.match.choose.by");
      expect(paths).not.toContain("design.comparisons.joiners.match.choose");
    }
  });

  test("earlier years are shown whatever a study lists, and that is said", () => {
    const some = read(
      edited("      match:", "      preTrends: { outcomes: [absence], years: [2014/15] }\n      match:"),
    );
    expect(choice("design.comparisons.joiners.preTrends.shown", some)).toEqual({
      path: "design.comparisons.joiners.preTrends.shown",
      value: "all earlier years are always shown, whatever `years` lists",
      origin: { by: "default", number: "D-46" },
    });
    expect(choice("design.comparisons.joiners.preTrends.shown")).toBeUndefined();
  });

  test.each([
    ["school", 0, "6 treated clusters"],
    ["area", 0, "6 treated clusters"],
    ["alliance", 0, "6 treated clusters"],
    ["teacher", 30, "30 people"],
    ["pupil", 30, "30 people"],
    ["person", 30, "30 people"],
  ])("the smallest number reported is that of the unit: %s", (is, minimum, words) => {
    const of = read(
      edited("is: school", `is: ${is}`).replace("horizons:", "subgroups: { big: { where: pupils > 100 } }, horizons:"),
    );
    expect(of.analyses.get("change")).toMatchObject({ minimumTreated: minimum, subgroups: [{ minimum }] });
    expect(choice("analyses.change.minimumTreated", of)!.value).toBe(words);
    const own = read(edited("horizons:", "minimumTreated: 30, horizons:").replace("is: school", `is: ${is}`));
    expect(own.analyses.get("change")!.minimumTreated).toBe(30);
  });

  test("what it leaves out is a default, with its number in the table", () => {
    const numbers = Object.fromEntries(
      study.choices.flatMap(({ path, origin }) => (origin.by === "default" ? [[path, origin.number]] : [])),
    );
    expect(numbers).toMatchObject({
      "study.seed": "D-01",
      "study.yearName": "D-02",
      "sources.panel.encoding": "D-03",
      "sources.panel.codes": "D-04",
      "sources.panel.columns.undeclared": "D-05",
      "design.undecided.rows": "D-07",
      "units.schools.repair": "D-10",
      "design.comparisons.joiners.timeZero": "D-13",
      "design.comparisons.joiners.from": "D-14",
      "design.comparisons.joiners.assignedBy": "D-15",
      "design.comparisons.joiners.estimand": "D-16",
      "design.comparisons.joiners.match.score": "D-17",
      "design.comparisons.joiners.match.missing": "D-18",
      "design.comparisons.joiners.match.specifications.nearest-1": "D-19",
      "design.comparisons.joiners.match.choose.by": "D-20",
      "analyses.change.primaryHorizon": "D-23",
      "analyses.change.contrast": "D-24",
      "analyses.change.adjustFor": "D-25",
      "analyses.change.weights": "D-26",
      "analyses.change.clusters": "D-27",
      "analyses.change.fewClusters": "D-28",
      "analyses.change.intervals": "D-29",
      "analyses.change.show": "D-30",
      "analyses.change.missingOutcome": "D-31",
      "analyses.change.minimumTreated": "D-33",
      "disclosure.minimum": "D-42",
      "report.skeleton": "D-44",
      "report.decimals": "D-45",
    });
    // Declared here, so no default.
    expect(numbers).not.toHaveProperty("outcomes.absence.priority");
  });

  test("a default is listed only where nothing is declared", () => {
    const declared = read(edited("baselineYear: 2015/16", "baselineYear: 2015/16\n      estimand: treated"));
    expect(choice("design.comparisons.joiners.estimand", declared)!.origin.by).toBe("declared");
    expect(new Set(declared.choices.map(({ path }) => path)).size).toBe(declared.choices.length);
  });

  test("what a described file brings is the registry's, its columns as one choice", () => {
    const described = read(
      edited("    file: panel.csv.gz\n", "    file: panel.csv.gz\n    use: assay/panel-primary-ks2@1\n"),
    );
    expect(choice("sources.panel.key", described)!.origin).toEqual({ by: "registry", id: "assay/panel-primary-ks2@1" });
    expect(choice("sources.panel.columns", described)!.value).toMatch(/^\d+ columns as described$/);
    expect(choice("sources.panel.columns.trust.reference", described)).toMatchObject({
      value: "North",
      origin: { by: "declared" },
    });
  });

  test("prose is no choice, and a reason stands beside the choices it is given for", () => {
    const paths = study.choices.map(({ path }) => path);
    expect(paths.filter((path) => /title|question|label|because/.test(path))).toEqual([]);
    expect(choice("sources.panel.columns.region.stable")!.because).toBe("a school stays where it is");
  });

  test("they come in the order of the sections, each entry together", () => {
    const sections = [...new Set(study.choices.map(({ path }) => path.split(".")[0]))];
    expect(sections).toEqual(["study", "sources", "units", "design", "outcomes", "analyses", "disclosure", "report"]);
  });
});
