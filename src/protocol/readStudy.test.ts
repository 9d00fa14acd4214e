import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { Faults } from "#domain";
import { inWords } from "#expression";
import { registryIds } from "#standards";
import { readStudy, readStudyText } from "./readStudy.ts";
import { edited, faultsOf, linesOf, MORE, read, SMALL } from "./testing/studies.ts";

const SHARED = process.env.ASSAY_SHARED ?? resolve(import.meta.dirname, "../../../shared");
const EXAMPLE = join(SHARED, "design/examples/opportunity-areas.yaml");
const isHeld =
  registryIds().includes("assay/panel-secondary-ks4@1") && registryIds().includes("assay/panel-primary-ks2@1");

describe("the smallest study", () => {
  const study = read(SMALL);

  test("reads, with every default of the table filled in", () => {
    expect(study.about).toMatchObject({
      title: "Absence after joining a trust in 2016/17",
      seed: 1,
      yearName: "slash",
    });
    expect(study.sources.get("panel")).toMatchObject({
      format: "csv",
      encoding: "utf-8",
      delimiter: ",",
      key: [],
      confirm: [],
    });
    expect(study.comparisons.get("joiners")).toMatchObject({
      from: "matching",
      baselineYear: 2015,
      estimand: "treated",
      unitWeight: "school",
      baselineOf: {},
    });
    expect(study.comparisons.get("joiners")!.match).toMatchObject({
      missing: "multipleImputation",
      draws: 20,
      score: { separated: "leaveOut" },
      choose: { by: "medianAbsoluteBias", over: [] },
      specifications: [
        {
          id: "nearest-1",
          method: "nearest",
          neighbours: 1,
          replacement: true,
          caliper: { size: 0.2, unit: "sd" },
          order: "largest",
          commonSupport: "treated",
        },
      ],
    });
    expect(study.analyses.get("change")).toMatchObject({
      horizons: [2017, 2018],
      primaryHorizon: 2018,
      model: "linear",
      contrast: "adjustedForBaseline",
      adjustFor: "matchingCovariates",
      weights: "matching",
      clusters: [],
      errors: "CR2",
      fewClusters: "wildBootstrap",
      bootstrapDraws: 9999,
      level: 0.95,
      subgroupsBy: "interaction",
      minimumTreated: 0,
    });
    expect(study.disclosure).toEqual({ ruleSet: "assay/minimum-10@1", minimum: 10, namesAllowed: [] });
    expect(study.report).toEqual({ skeleton: "programme", formats: ["html"], language: "en" });
    expect(study.warnings).toEqual([]);
  });

  test("carries checked expressions that can be read aloud", () => {
    expect(inWords(study.comparisons.get("joiners")!.treated)).toBe(
      "joined a trust from 1 September 2016 to 31 August 2017",
    );
    expect(study.comparisons.get("joiners")!.exclude.map(({ id }) => id)).toEqual(["joined-another-time"]);
  });

  test("a covariate that is a category brings its reference and label from its column", () => {
    const covariates = study.comparisons.get("joiners")!.match.covariates;
    expect(covariates.map(({ name, reference }) => [name, reference])).toEqual([
      ["absence_pct at baseline", undefined],
      ["ks2_aps_201213", undefined],
      ["fsm_pct_201516", undefined],
      ["region", "London"],
    ]);
  });
});

describe("forms a study may take", () => {
  test("`like` copies a sibling, and the keys beside it replace whole values", () => {
    const study = read(
      edited(
        "outcomes:\n",
        `    further:
      like: joiners
      excludeBoth: { small: pupils < 20 }
      match: { covariates: [pupils] }
outcomes:
`,
      ),
    );
    const further = study.comparisons.get("further")!;
    expect(further.exclude).toHaveLength(1);
    expect(further.excludeBoth).toHaveLength(1);
    expect(further.match.covariates.map(({ name }) => name)).toEqual(["pupils"]);
    expect(study.choices).toContainEqual(
      expect.objectContaining({
        path: "design.comparisons.further.baselineYear",
        value: "2015/16",
        origin: { by: "inherited", from: "joiners" },
      }),
    );
  });

  test("yes, no, true and false are truth values where one is expected, and text elsewhere", () => {
    const study = read(
      edited(
        "        covariates:",
        "        specifications: { a: { replacement: no }, b: { replacement: true } }\n        covariates:",
      ).replace("title: Absence after joining a trust in 2016/17", "title: yes"),
    );
    expect(study.comparisons.get("joiners")!.match.specifications.map(({ replacement }) => replacement)).toEqual([
      false,
      true,
    ]);
    expect(study.about.title).toBe("yes");
  });

  test("every form of derived column", () => {
    const study = read(
      edited(
        "where: use_row = yes }",
        `where: use_row = yes, columns: { size_band: { bands: pupils, cuts: [100, 300], closed: left, names: [small, middle, large], reference: small }, capital: { recode: region, to: { London: capital }, others: elsewhere, reference: capital }, fifth: { quantiles: fsm_pct_201516, reference: "1" }, z: { standardise: score, within: [region] }, neighbours: { summary: count, of: panel, on: [la_code], where: use_row = yes }, mean_score: { summary: mean, of: panel, on: [la_code], value: score, atLeast: 5 }, area: "firstKnown(region, la_code)", twice: { expression: "if z > 1 then 'high' else 'low'", reference: low } } }`,
      ),
    );
    const columns = study.units.get("schools")!.columns;
    expect(columns.map(({ name, how }) => `${name}: ${how}`)).toEqual([
      "size_band: bands",
      "capital: recode",
      "fifth: quantiles",
      "z: standardise",
      "neighbours: summary",
      "mean_score: summary",
      "area: expression",
      "twice: expression",
    ]);
    expect(columns[1]).toMatchObject({ levels: ["capital", "elsewhere"], others: "elsewhere" });
    expect(columns[2]).toMatchObject({ groups: 5, names: ["1", "2", "3", "4", "5"], within: [] });
    expect(columns[5]).toMatchObject({ statistic: "mean", atLeast: 5 });
  });

  test("joins bring columns under a prefix", () => {
    const study = read(
      edited(
        "units:\n  schools: { is: school, from: panel, identity: school_id, year: year, where: use_row = yes }",
        `  areas: { file: areas.xlsx, sheet: Data, range: "B3:D90", columns: { la_code: laCode, score: { type: number, unit: points }, deprived: proportion } }
units:
  schools:
    is: school
    from: panel
    identity: school_id
    year: year
    join: [{ source: areas, on: [la_code], prefix: area_, missing: drop }]
    member: { authority: la_code }
    columns: { deprived: area_deprived * 100 }`,
      ),
    );
    expect(study.units.get("schools")!.join).toMatchObject([
      { source: "areas", on: ["la_code"], columns: ["score", "deprived"], prefix: "area_", missing: "drop" },
    ]);
    expect(study.sources.get("areas")).toMatchObject({ format: "xlsx", sheet: "Data", range: "B3:D90" });
  });

  test("a specification changes the shared list by `add` and `without`, or replaces it", () => {
    const study = read(
      edited(
        "        covariates:",
        `        specifications:
          more: { add: [pupils], without: [region] }
          own: { covariates: [pupils], caliper: none, method: nearest }
          weights: { method: entropy }
        choose: { use: more, because: fixed in advance }
        covariates:`,
      ),
    );
    const { specifications, choose } = study.comparisons.get("joiners")!.match;
    expect(specifications.map(({ covariates }) => covariates.map(({ name }) => name))).toEqual([
      ["absence_pct at baseline", "ks2_aps_201213", "fsm_pct_201516", "pupils"],
      ["pupils"],
      ["absence_pct at baseline", "ks2_aps_201213", "fsm_pct_201516", "region"],
    ]);
    expect(specifications.map(({ caliper }) => caliper)).toEqual([{ size: 0.2, unit: "sd" }, undefined, undefined]);
    expect(choose).toEqual({ use: "more", because: "fixed in advance" });
  });

  test("errors are clustered where treatment was decided, and by matched set where units serve once", () => {
    const clusters = (specification: string) =>
      read(
        edited("      exclude:", `      assignedBy: trust\n      exclude:`).replace(
          "        covariates:",
          `        specifications: { a: { ${specification} } }\n        covariates:`,
        ),
      ).analyses.get("change")!.clusters;
    expect(clusters("replacement: yes")).toEqual(["trust"]);
    expect(clusters("replacement: no")).toEqual(["trust", "set"]);
  });

  test("`from: everyone` needs no match, and compares unmatched", () => {
    const study = read(SMALL.replace(/ {6}match:\n.*\n/, "      from: everyone\n"));
    expect(study.comparisons.get("joiners")!.match).toMatchObject({
      specifications: [{ id: "everyone", method: "none" }],
      choose: { use: "everyone" },
    });
  });

  test("a sensitivity is the analysis with one thing changed", () => {
    const study = read(
      `${SMALL}sensitivity:
  score: { of: change, vary: { set: { contrast: change, clusters: [region, set] } } }
  each: { of: change, vary: eachSpecification }
  north: { of: change, vary: { where: region != "London" }, because: London is another world }
  early: { of: change, vary: { placebo: { from: 2012/13, to: 2015/16 } } }
  out: { of: change, vary: { leaveOneOut: trust } }
`,
    );
    expect([...study.sensitivity.values()].map(({ vary }) => vary.what)).toEqual([
      "set",
      "eachSpecification",
      "where",
      "placebo",
      "leaveOneOut",
    ]);
    expect(study.sensitivity.get("score")!.vary).toMatchObject({
      analysis: { id: "change", contrast: "change", clusters: ["region", "set"], horizons: [2017, 2018] },
      changed: { contrast: "change", clusters: "region, set" },
    });
    expect(study.sensitivity.get("north")!.because).toBe("London is another world");
    expect(study.analyses.get("change")!.contrast).toBe("adjustedForBaseline");
  });

  test("a break that the study accepts is a warning with its reason", () => {
    const text = edited(
      "column: absence_pct, measure: percentage points of sessions",
      "column: score, measure: points, acceptBreak: both groups changed alike",
    );
    expect(read(text).warnings).toMatchObject([
      { code: "series-break", severity: "warning", suggestion: "Accepted by the study: both groups changed alike" },
    ]);
  });

  test("a described file is copied in; columns written in the study replace its own one by one", () => {
    const text = edited("    file: panel.csv.gz\n", "    file: panel.csv.gz\n    use: assay/panel-primary-ks2@1\n");
    const source = read(text).sources.get("panel")!;
    expect(source.registry).toBe("assay/panel-primary-ks2@1");
    expect(source.columns.find(({ name }) => name === "trust")).toBeDefined();
    expect(source.columns.find(({ name }) => name === "mat_progress")).toMatchObject({
      type: "number",
      unit: "points",
    });
    expect(source.columns.find(({ name }) => name === "region")!.levels).toEqual([
      "North West",
      "North East",
      "London",
    ]);
    expect(source.attribution).toContain("Open Government Licence");
  });

  test("a group defined by what happened after the start is said to be none of design", () => {
    const text = edited(
      "horizons: [2017/18, 2018/19] }",
      "horizons: [2017/18], where: fsm_pct_201819 > 5%, subgroups: { stayed: { where: pupils at baseline + 1 > 0 }, north: { where: region != 'London' } } }",
    );
    expect(read(text).warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "sample-after-baseline: `where` of analysis change reads fsm_pct_201819, measured in 2018/19: it is defined by what happened after the start, not a causal contrast.",
      "sample-after-baseline: Subgroup stayed reads pupils, measured in 2016/17: it is defined by what happened after the start, not a causal contrast.",
    ]);
  });

  test("lines may end as Windows ends them", () => {
    const windows = SMALL.replaceAll("\n", "\r\n");
    expect(read(windows).meaning).toEqual(read(SMALL).meaning);
    expect(faultsOf(windows.replace("joined between", "joind between"))).toEqual(
      faultsOf(SMALL.replace("joined between", "joind between")),
    );
  });

  test("prose of the title page is kept", () => {
    const study = read(
      edited(
        "  question:",
        "  contacts: A. Person\n  timeline: [{ date: 2016-10-04, what: announced }]\n  requests: [{ source: a department, asked: 2016-01-01 }]\n  archive: { sets: all, until: 2030 }\n  question:",
      ),
    );
    expect(study.about).toMatchObject({
      contacts: ["A. Person"],
      timeline: [{ date: "2016-10-04", what: "announced" }],
      requests: [{ source: "a department", asked: "2016-01-01" }],
      archive: { sets: ["all"], until: "2030" },
    });
  });

  test.each(registryIds())("described file %s can be used", (id) => {
    const described = `  described: { use: ${id}, file: described.csv, format: csv }\nunits:\n`;
    expect(faultsOf(edited("units:\n", described))).toEqual([]);
  });

  test("quantities carry their units", () => {
    const study = read(
      edited("priority: primary }", "priority: primary, smallestImportant: 0.1% }").replace(
        "horizons: [2017/18, 2018/19] }",
        "horizons: [2017/18], intervals: { level: 90% }, weights: pupils, subgroups: { poor: { where: fsm_pct_201516 >= 40%, minimum: 12 } } }",
      ),
    );
    expect(study.outcomes.get("absence")!.smallestImportant).toBe(0.1);
    expect(study.analyses.get("change")).toMatchObject({
      level: 0.9,
      weights: { column: "pupils" },
      subgroups: [{ id: "poor", minimum: 12 }],
    });
  });
});

describe("the file itself", () => {
  test("is found in its folder; the study knows where it stands and keeps its text", () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-"));
    try {
      writeFileSync(join(folder, "study.yaml"), `\uFEFF${SMALL}`);
      const study = readStudy(folder);
      expect(study.folder).toBe(folder);
      expect(study.file).toBe(join(folder, "study.yaml"));
      expect(study.text).toBe(SMALL);
      mkdirSync(join(folder, "empty"));
      expect(() => readStudy(join(folder, "empty"))).toThrow(/holds no study\.yaml/);
      expect(() => readStudy(join(folder, "none.yaml"))).toThrow(/There is no file/);
      writeFileSync(join(folder, "latin.yaml"), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
      expect(() => readStudy(join(folder, "latin.yaml"))).toThrow(/not written in UTF-8/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(!existsSync(EXAMPLE) || !isHeld)(
  "the example on real panels (needs the shared design pages and both described files)",
  () => {
    const text = existsSync(EXAMPLE) ? readFileSync(EXAMPLE, "utf8") : "";

    test("asks for nothing this edition lacks but ratings of strength and a Word report", () => {
      const line = (part: string) => text.slice(0, text.indexOf(part)).split("\n").length;
      expect(faultsOf(text)).toEqual([
        `study.yaml:${line("security:")}:1  not-supported-yet  \`security\` of a study is not supported yet. Leave it out: no rating of strength is printed.`,
        `study.yaml:${line("formats: [html")}:19  not-supported-yet  \`docx\` is not supported yet. Write \`html\`, or leave it out.`,
      ]);
    });

    test("reads once the two are cut out", () => {
      const study = readStudyText(
        text.replace(/^security:\n.*\n/m, "").replace("[html, docx]", "[html]"),
        "study.yaml",
      );
      expect([...study.comparisons.keys()]).toHaveLength(9);
      expect([...study.sensitivity.keys()]).toHaveLength(14);
      expect(study.comparisons.get("primary-absence-held-out")!.match.covariates.map(({ name }) => name)).toContain(
        "absence_1314",
      );
      expect(study.comparisons.get("secondary-further")!.exclude.map(({ id }) => id)).toEqual([
        "same-authority",
        "north-east",
      ]);
      expect(study.comparisons.get("primary-results-unmatched-any")!.excludeBoth).toEqual([]);
      expect(study.outcomes.get("gcse-passes-before")!.column).toBeUndefined();
      expect([...study.outcomes.get("absence")!.history.keys()]).toEqual([2012, 2013, 2014]);
      expect(study.disclosure).toEqual({
        ruleSet: "assay/published-school-data@1",
        minimum: 0,
        namesAllowed: ["opportunity_area", "lad13_name"],
      });
      expect(study.warnings).toEqual([]);
    });
  },
);

test("a study with many things wrong says them all at once, in the order of the file", () => {
  const text = SMALL.replace("better: lower", "better: lowr")
    .replace("[absence_pct at baseline,", "[absense_pct at baseline,")
    .replace("joiners, outcomes", "joinrs, outcomes")
    .replace("2015/16\n", "2016\n");
  try {
    read(text);
    expect.unreachable();
  } catch (problem) {
    expect(problem).toBeInstanceOf(Faults);
    expect((problem as Faults).faults.map(({ code, place }) => `${place?.line} ${code}`)).toEqual([
      "32 year-ambiguous",
      "35 unknown-column",
      "37 wrong-kind",
      "39 unknown-name",
    ]);
    expect((problem as Faults).exitCode).toBe(1);
  }
});

describe("a study that is not there", () => {
  const missing = (path: string) => {
    try {
      readStudy(path);
    } catch (problem) {
      if (problem instanceof Faults) return problem.faults;
      throw problem;
    }
    throw new Error(`${path} was read`);
  };

  test("is a fault of its own, with the nearest name in that folder", () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-"));
    try {
      const at = (...names: readonly string[]) => join(folder, ...names);
      const how = "Give the path of a study.yaml, or of the folder that holds one.";
      mkdirSync(at("joiners"));
      writeFileSync(at("joiners", "studdy.yaml"), SMALL);
      mkdirSync(at("empty"));
      symlinkSync("loop.yaml", at("loop.yaml"));
      symlinkSync("gone.yaml", at("study.yaml"));
      const found = [at("joinres"), at("joiners", "study.yml"), at("joiners"), at("empty"), at("no", "where.yaml")].map(
        (path) => missing(path),
      );
      expect(found.flat().map(({ code, message, suggestion }) => [code, message, suggestion])).toEqual([
        ["study-missing", `There is no file ${at("joinres")}.`, `Nearest: \`${at("joiners")}\`. ${how}`],
        [
          "study-missing",
          `There is no file ${at("joiners", "study.yml")}.`,
          `Nearest: \`${at("joiners", "studdy.yaml")}\`. ${how}`,
        ],
        [
          "study-missing",
          `The folder ${at("joiners")} holds no study.yaml.`,
          `Nearest: \`${at("joiners", "studdy.yaml")}\`. ${how}`,
        ],
        ["study-missing", `The folder ${at("empty")} holds no study.yaml.`, how],
        ["study-missing", `There is no file ${at("no", "where.yaml")}: nor is there a folder ${at("no")}.`, how],
      ]);
      // Links that lead nowhere, or back to themselves: they are no name to suggest either.
      for (const name of ["loop.yaml", "study.yaml", "loop.yam"])
        expect(missing(at(name))).toMatchObject([{ code: "study-missing", suggestion: how }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("what more may follow", () => {
  const bad = "colour: red, better: lower";

  test.each([
    ["the file cannot be read as YAML", edited("      unit: schools", "\tunit: schools"), "once this is mended."],
    [
      "a part was cut out",
      edited("better: lower", bad).replace("absence_pct at baseline", "absense at baseline"),
      "once these are mended.",
    ],
    [
      "an entry was left out",
      edited("treated: joined between 2016-09-01 and 2017-08-31", "treated: pupls > 3"),
      "once this is mended.",
    ],
    [
      "a column could not be made",
      edited("where: use_row = yes }", "where: use_row = yes, columns: { n: pupls + 1 } }"),
      "once this is mended.",
    ],
  ])("is said at the end where %s", (_, text, words) => {
    const lines = linesOf(text);
    expect(lines.at(-1)).toMatch(MORE);
    expect(lines.at(-1)!.endsWith(words)).toBe(true);
    expect(lines.filter((line) => MORE.test(line))).toHaveLength(1);
  });

  test("is not said where everything was looked at", () => {
    const text = edited("absence_pct at baseline, ks2", "fsm_pct_201819, ks2").replace(
      "horizons: [2017/18",
      "horizons: [2015/16",
    );
    const lines = linesOf(text);
    expect(lines).toHaveLength(2);
    expect(lines.some((line) => MORE.test(line))).toBe(false);
  });
});

describe("columns that may be missing by arm", () => {
  const allowing = (name: string) =>
    edited(
      "        covariates:",
      `        allowMissing: { ${name}: known late }\n        exact: [trust]\n        specifications: { a: { exact: [la_code] } }\n        covariates:`,
    );

  test.each(["absence_pct at baseline", "absence_pct", "region", "trust", "la_code"])("`%s` may be named", (name) => {
    expect(read(allowing(name)).comparisons.get("joiners")!.match.allowMissing).toEqual({ [name]: "known late" });
  });

  test("what is neither matched on nor must agree may not", () => {
    expect(faultsOf(allowing("score"))).toEqual([expect.stringContaining("unknown-name  covariate `score`")]);
  });
});
