import { describe, expect, it } from "vitest";
import { RandomStream } from "#math";
import { assay, Workshop } from "../support/workshop.ts";

const STUDY = `assay: 1
study: { title: Linked elsewhere, question: Did more teachers stay?, seed: 7 }
sources:
  linked:
    file: linked.csv
    key: [teacher]
    columns:
      teacher: { type: text, identifies: person }
      school: { type: text }
      programme: { type: truth }
      phase: { type: category, levels: [primary, secondary], reference: primary, measured: 2016/17 }
      stayed: { type: truth, measured: 2018/19 }
units:
  teachers: { is: teacher, from: linked, identity: teacher }
design:
  comparisons:
    main:
      unit: teachers
      treated: programme = yes
      baselineYear: 2017/18
      assignedBy: school
      assignedOver: schools volunteered
      match: { covariates: [phase], specifications: { all: { method: none } }, choose: { use: all } }
outcomes:
  stayed: { unit: teachers, column: stayed, label: Stayed, measure: percentage points, better: higher, priority: primary }
analyses:
  main: { comparison: main, outcomes: [stayed], horizons: [2018/19], model: logistic, contrast: difference, adjustFor: none, clusters: school, show: [rates, marginalEffect, oddsRatio] }
disclosure: { minimum: 0 }
`;

/** 300 teachers of 60 schools, those of every third school in the programme; with how many stayed in each arm. */
function linked() {
  const random = new RandomStream(3, "linked");
  const stayed = [0, 0];
  const all = [0, 0];
  const lines = Array.from({ length: 300 }, (_, i) => {
    const arm = Number(i % 60 < 20);
    const stays = random.uniform() < (arm === 1 ? 0.9 : 0.75);
    all[arm]!++;
    stayed[arm]! += Number(stays);
    return `T${i},S${i % 60},${arm === 1 ? "yes" : "no"},${i % 2 === 0 ? "primary" : "secondary"},${stays ? "yes" : "no"}`;
  });
  const [others, ours] = [stayed[0]! / all[0]!, stayed[1]! / all[1]!];
  return { text: `teacher,school,programme,phase,stayed\n${lines.join("\n")}\n`, others, ours };
}

describe("a yes or no that a linked extract already holds", () => {
  it("is modelled by its log-odds, and told as two rates and their difference", async () => {
    using shop = new Workshop({ study: STUDY });
    const { text, others, ours } = linked();
    shop.writeData("linked.csv", text);
    const said = await assay("run", shop.folder);
    expect(said.code, said.err).toBe(0);
    const [result] = JSON.parse(shop.read("out", "findings.json")).results as { estimate: number }[];
    expect(result!.estimate).toBeCloseTo(100 * (ours - others), 8);
    const [, rates] = shop.read("out", "tables", "rates-main-stayed.csv").trim().split("\n");
    expect(rates).toContain((100 * ours).toFixed(1));
    expect(rates).toContain((100 * others).toFixed(1));
    const odds = shop.read("out", "tables", "odds-main.csv");
    expect(odds).toContain((ours / (1 - ours) / (others / (1 - others))).toFixed(2));
  });

  it("stays sealed while the comparison is chosen", async () => {
    using shop = new Workshop({ study: STUDY });
    const { text } = linked();
    shop.writeData("linked.csv", text);
    await assay("design", shop.folder);
    const before = shop.read("out", "design.json");
    shop.writeData("linked.csv", text.replaceAll(/,(yes|no)\n/g, ",no\n"));
    await assay("design", shop.folder);
    expect(shop.read("out", "design.json")).toBe(before);
  });

  it.each([
    ["measure: percentage points", "measure: points", "stayed is measured in points"],
    ["stayed: { type: truth", "stayed: { type: number, unit: share", "stayed of main is none of them"],
    ["contrast: difference,", "contrast: change,", "its contrast is the difference"],
  ])("refuses what its model cannot tell: %s", async (from, to, says) => {
    using shop = new Workshop({ study: STUDY });
    shop.writeData("linked.csv", linked().text);
    shop.editStudy([from, to]);
    const said = await assay("check", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain(says);
  });
});
