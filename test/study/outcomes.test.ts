import { describe, expect, it } from "vitest";
import { assay, smallPanel, Workshop } from "../support/workshop.ts";

interface Printed {
  readonly reading: string;
  readonly horizon: string;
  readonly estimate: number;
}
const resultsOf = (shop: Workshop): readonly Printed[] =>
  JSON.parse(shop.read("out", "findings.json")).results.filter(
    (result: { role: string }) => result.role !== "sensitivity",
  );

describe("outcomes that are expressions", () => {
  it("read the horizon by `followup`, and give what the column gives", async () => {
    using plain = new Workshop();
    plain.editStudy(
      ["clusters: district }", "clusters: district, contrast: difference, horizons: [2016/17, 2017/18] }"],
      ["horizons: [2017/18], ", ""],
    );
    using made = new Workshop();
    made.writeStudy(plain.read("study.yaml").replace("column: mark,", "expression: mark at followup,"));
    using moved = new Workshop();
    moved.writeStudy(
      plain
        .read("study.yaml")
        .replace("column: mark,", "expression: mark at followup - mark at baseline,")
        .replace("contrast: difference", "contrast: difference, adjustFor: none"),
    );
    for (const shop of [plain, made, moved]) {
      const said = await assay("run", shop.folder);
      expect(said.code, said.err).toBe(0);
    }
    const of = (shop: Workshop) =>
      resultsOf(shop)
        .filter((result) => result.reading === "difference")
        .map((result) => [result.horizon, result.estimate]);
    expect(of(made)).toEqual(of(plain));
    expect(of(made)).toHaveLength(2);
    using change = new Workshop();
    change.writeStudy(plain.read("study.yaml").replace("contrast: difference", "contrast: change"));
    await assay("run", change.folder);
    const changes = resultsOf(change)
      .filter((result) => result.reading === "change")
      .map((result) => result.estimate);
    for (const [i, [, estimate]] of of(moved).entries()) expect(estimate).toBeCloseTo(changes[i]!, 10);
  });

  it("are refused under a horizon they do not read", async () => {
    using shop = new Workshop();
    shop.editStudy(
      ["column: mark,", "expression: mark at 2017/18 - mark at 2015/16,"],
      ["horizons: [2017/18]", "horizons: [2016/17, 2017/18]"],
    );
    const said = await assay("check", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain("horizon-not-read");
    using bare = new Workshop();
    bare.editStudy(["column: mark,", "expression: mark * 2,"]);
    expect((await assay("check", bare.folder)).err).toContain("horizon-not-read");
  });
});

describe("a study with one row for each school", () => {
  const wide = () => {
    const rows = new Map<string, string[]>();
    for (const line of smallPanel().trim().split("\n").slice(1)) {
      const [school, year, district, programme, pupils, fsm, mark] = line.split(",") as [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      const row = rows.get(school) ?? [school, district, programme, pupils];
      if (year === "2016") row.push(fsm, mark);
      if (year === "2018") row.push(mark);
      rows.set(school, row);
    }
    return `school,district,programme,pupils,fsm_pct,mark_2016,mark_2018\n${[...rows.values()].map((row) => row.join(",")).join("\n")}\n`;
  };
  const STUDY = `assay: 1
study: { title: A wide study, question: Did marks change more in programme schools?, seed: 7 }
sources:
  wide:
    file: wide.csv
    key: [school]
    columns:
      school: { type: text, identifies: school }
      district: { type: text }
      programme: { type: truth }
      pupils: { type: whole, unit: pupils, measured: 2015/16 }
      fsm_pct: { type: percent, measured: 2015/16 }
      mark_2016: { type: number, unit: points, measured: 2015/16 }
      mark_2018: { type: number, unit: points, measured: 2017/18 }
units:
  schools: { is: school, from: wide, identity: school }
design:
  comparisons:
    main:
      unit: schools
      treated: programme = yes
      baselineYear: 2015/16
      assignedBy: district
      assignedOver: districts volunteered
      baselineOf: { mark: mark_2016 }
      match: { covariates: [mark_2016, fsm_pct, pupils], missing: completeCase, specifications: { nearest-2: { neighbours: 2, replacement: no, caliper: none, order: largest } }, choose: { use: nearest-2 } }
outcomes:
  mark: { unit: schools, column: mark_2018, label: Mark, measure: points, better: higher, priority: primary }
analyses:
  change: { comparison: main, outcomes: [mark], horizons: [2017/18], clusters: district, contrast: change }
disclosure: { minimum: 0 }
`;

  it("gives the numbers of the same data in rows by year, with the later column sealed", async () => {
    using shop = new Workshop({ study: STUDY });
    shop.writeData("wide.csv", wide());
    const said = await assay("run", shop.folder);
    expect(said.code, said.err).toBe(0);
    using rows = new Workshop();
    rows.editStudy(
      ["clusters: district }", "clusters: district, contrast: change }"],
      ["nearest-1: { neighbours: 1, replacement: no, caliper: none, order: largest }\n", ""],
    );
    await assay("run", rows.folder);
    const estimate = (of: Workshop) => resultsOf(of).find((result) => result.reading === "change")!.estimate;
    expect(estimate(shop)).toBeCloseTo(estimate(rows), 10);
    const design = shop.read("out", "design.json");
    shop.writeData(
      "wide.csv",
      wide().replaceAll(/,[^,\n]*\n/g, (end) => (end.includes("mark_2018") ? end : ",7\n")),
    );
    await assay("design", shop.folder, "--out", shop.path("again"));
    expect(shop.read("again", "design.json")).toBe(design);
  });

  it("refuses a history that contradicts when its column was measured", async () => {
    using shop = new Workshop({ study: STUDY.replace("column: mark_2018,", "history: { 2012/13: mark_2018 },") });
    shop.writeData("wide.csv", wide());
    const said = await assay("check", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain("mark_2018 is listed under 2012/13, and mark_2018 was measured in 2017/18.");
  });
});
