import { describe, expect, test } from "vitest";
import { invented, type Parts, type Row } from "#testing";
import { designExhibits } from "./designExhibits.ts";
import { effectExhibits } from "./effectExhibits.ts";
import { type Exhibit, panelsByUnit } from "./exhibit.ts";
import { sensitivityExhibit, specificationCurve } from "./sensitivityExhibits.ts";
import { type Evaluated, evaluate } from "./testing/evaluate.ts";
import { yearsExhibit } from "./yearExhibits.ts";

function exhibitsOf(own: Evaluated): readonly Exhibit[] {
  const { study, analysis, sample, effects, events, curve, sensitivity, ties } = own;
  return [
    ...designExhibits(study, sample),
    ...effectExhibits(study, analysis, effects, sample),
    ...events.map((event) => yearsExhibit(study, event, sample)),
    sensitivityExhibit(study, analysis, sensitivity, sample),
    specificationCurve(study, analysis, curve, sample, ties),
  ];
}

const SENSITIVITY = [
  "one-out: { of: change, vary: { leaveOneOut: district } }",
  "bias: { of: change, vary: hiddenBias }",
  "placebo: { of: change, vary: { placebo: { from: 2014/15, to: 2015/16 } } }",
];
const FULL: Parts = {
  analysis:
    ", show: [effectSize, rawMeans], subgroups: { urban: { where: urban = yes }, rural: { where: urban = no } }",
  sensitivity: SENSITIVITY,
};
const rows = invented();
const lost = (own: readonly Row[], year: number, of: (row: Row) => boolean) =>
  own.map((row) => (row.year === year && of(row) ? { ...row, mark: undefined } : row));

describe.each<[string, readonly Row[], Parts]>([
  ["a plain study", rows, FULL],
  ["four treated districts", invented({ treated: 4 }), FULL],
  ["no result for anybody", lost(rows, 2017, () => true), FULL],
  ["no baseline for anybody", lost(rows, 2015, () => true), FULL],
  ["one year only before the start", rows.filter(({ year }) => year >= 2015), FULL],
  [
    "imputed covariates",
    rows.map((row) => (Number(row.school.slice(1)) % 9 === 0 ? { ...row, x: undefined } : row)),
    { ...FULL, missing: "multipleImputation" },
  ],
  ["everybody, unmatched", rows, { ...FULL, use: "everyone" }],
  ["marks that do not vary", rows.map((row) => ({ ...row, mark: 7 })), FULL],
])("the tables of %s", (_what, own, parts) => {
  const exhibits = exhibitsOf(evaluate(own, parts));

  test("have a cell for every column, and no other", () => {
    for (const { id, columns, rows: listed } of exhibits) {
      for (const row of listed)
        expect([id, row.id, new Set(Object.keys(row.cells))]).toEqual([
          id,
          row.id,
          new Set(columns.map((column) => column.id)),
        ]);
    }
  });

  test("print no NaN, infinity or undefined, in cells, notes, titles or charts", () => {
    const said = JSON.stringify(
      exhibits.map(({ about: _about, ...rest }) => rest),
      (_key, value) => (typeof value === "number" && !Number.isFinite(value) ? `number ${value}` : value),
    );
    expect(said.match(/.{60}(NaN|Infinity|∞|undefined|\[object).{20}/)?.[0]).toBeUndefined();
  });

  test("name every row once, and give a reason wherever a number is absent", () => {
    for (const { id, rows: listed } of exhibits) {
      const ids = listed.map((row) => row.id);
      expect([id, ids.length]).toEqual([id, new Set(ids).size]);
      for (const row of listed) {
        for (const [column, cell] of Object.entries(row.cells)) {
          if (cell.text === "not estimable")
            expect([id, row.id, column, cell.reason ?? ""]).not.toEqual([id, row.id, column, ""]);
        }
      }
    }
  });
});

describe("particular tables", () => {
  const whole = evaluate(rows, FULL);
  const find = (id: string, own = whole) => exhibitsOf(own).find((exhibit) => exhibit.id === id)!;

  test("the flow ends with the matched sample", () => {
    const flow = find("flow-main").rows;
    expect(flow.at(-1)!.cells).toMatchObject({ treated: { value: 40 }, comparison: { value: 40 } });
    expect(flow[0]!.cells).toMatchObject({ treated: { value: 40 }, comparison: { value: 120 } });
  });

  test("interval columns carry the level of the analysis", () => {
    const own = evaluate(rows, { ...FULL, analysis: `${FULL.analysis}, intervals: { level: 90% }` });
    for (const { columns } of exhibitsOf(own)) {
      for (const { label } of columns) expect(label).not.toContain("95%");
    }
    expect(find("effects-change", own).columns.map(({ label }) => label)).toContain("90% interval");
    expect(find("effects-change", own).chart?.alt).toContain("90% intervals");
    for (const { chart } of exhibitsOf(own)) {
      if (chart?.kind === "forest" || chart?.kind === "years") expect(chart.level).toBe(0.9);
    }
    expect(find("precision-change", own).notes.join()).toContain("two-sided 10%), (t(.8) + t(.95)) × SE");
    expect(find("precision-change").notes.join()).toContain("two-sided 5%), (t(.8) + t(.975)) × SE");
    const detectable = (of: typeof whole) => find("precision-change", of).rows[0]!.cells.detectable!.value!;
    expect(detectable(own)).toBeLessThan(detectable(whole));
  });

  test("the table of effects says what was measured, by contrast", () => {
    const summary = (contrast: string) =>
      find("effects-change", evaluate(rows, { analysis: `, contrast: ${contrast}` })).summary;
    expect(summary("change")).toBe(
      "How far the outcome moved since the baseline, in points, against similar schools. The declared reading is change since the baseline; the other stands beside it as a bracket.",
    );
    expect(summary("difference")).toBe(
      "How much higher or lower the outcome was, in points, than in similar schools. The declared reading is difference in the year.",
    );
    expect(find("effects-change").summary).toContain("than in similar schools that started alike.");
  });

  test("an effect without an interval shows the estimate, and why there is no interval", () => {
    const own = evaluate(invented({ treated: 4 }), FULL);
    const row = find("effects-change", own).rows.at(-1)!;
    expect(row.cells.effect!.value).toBeDefined();
    expect(row.cells.interval).toEqual({ text: "not estimable", reason: "only 4 treated clusters, under 6" });
    expect(find("precision-change", own).rows[0]!.cells.wildP!.reason).toBe("only 4 treated clusters, under 6");
  });

  test("says truly why there is no bootstrap", () => {
    const reason = (analysis: string, districts = 40, treated = 10, size = 4) =>
      find("precision-change", evaluate(invented({ districts, treated, size }), { analysis })).rows[0]!.cells.wildP!
        .reason;
    expect(reason(", fewClusters: none")).toBe("left out by the protocol");
    expect(reason(", errors: HC2")).toBe("HC2 errors know no clusters");
    expect(reason("", 120, 36, 2)).toBe("clusters are not few");
    expect(reason("")).toBeUndefined();
  });

  test("months of progress are never given for a school-level SD", () => {
    for (const row of find("standardised-change").rows)
      expect(row.cells.months!.text).toBe("not defined: school-level SD");
    expect(find("standardised-change").notes[0]).toContain("not comparable with pupil effect sizes");
  });

  test("years matched on are grey, the baseline stands in the chart at 0", () => {
    const own = evaluate(rows, { covariates: "x, mark at 2014/15" });
    const years = find("years-main-mark", own);
    expect(years.rows.map((row) => [row.id, row.isGrey ?? false, row.cells.phase!.text])).toEqual([
      ["2014-15", true, "before the start, matched on"],
      ["2016-17", false, "outcome year"],
      ["2017-18", false, "outcome year"],
    ]);
    expect(years.notes.join()).toContain("balanced by design, no evidence about trends");
    const marks = years.chart?.kind === "years" ? years.chart.marks : [];
    expect(marks.map(({ phase, estimate }) => [phase, phase === "baseline" ? estimate : "any"])).toEqual([
      ["matched on", "any"],
      ["baseline", 0],
      ["after", "any"],
      ["after", "any"],
    ]);
  });

  test("a specification fixed in advance says what speaks against it", () => {
    const listed = find("specifications-main", evaluate(rows, { clusters: "set" })).rows;
    expect(listed[0]!.cells.verdict!.text).toBe(
      "chosen, although: effective comparison n 40, under 3 × 40 treated clusters",
    );
    expect(listed[2]!.cells.verdict!.text).toBe("no treated unit kept a comparison unit");
  });

  test("those left out are set beside those kept, by hand", () => {
    const gappy = rows.map((row) => (Number(row.school.slice(1)) % 10 === 0 ? { ...row, x: undefined } : row));
    const dropped = find("dropped-main", evaluate(gappy, { covariates: "x, pupils at baseline" }));
    expect(dropped.summary).toContain(
      "describes the 36 kept; here is how those left out (fewer than 10) differ from them",
    );
    expect(dropped.rows[0]!.cells.dropped).toEqual({ text: "–", reason: "none of those left out has a value" });
    // Schools 0, 10, 20 and 30 have 100, 130, 160 and 120 pupils.
    expect(dropped.rows[1]!.cells.dropped!.value).toBeCloseTo(127.5, 10);
    expect(dropped.rows[1]!.cells.known!.value).toBe(4);
    expect(dropped.about.keys).toEqual(["S000", "S010", "S020", "S030"]);
    expect(exhibitsOf(whole).some(({ id }) => id === "dropped-main")).toBe(false);
  });

  test("means of an arm of few are withheld, and the picture with them", () => {
    const few = rows.filter(({ programme, school }) => !programme || Number(school.slice(1)) < 9);
    const [row] = find("balance-main", evaluate(few, FULL)).rows;
    const reason = "withheld: it describes fewer than 10 units";
    expect(["treated", "treatedAfter", "smdAfter"].map((column) => row!.cells[column]!.reason)).toEqual([
      ...[reason, reason, reason],
    ]);
    expect(row!.cells.pool!.value).toBeTypeOf("number");
    expect(find("balance-main", evaluate(few, FULL)).chart).toBeUndefined();
    expect(find("balance-main").chart).toBeDefined();
  });

  test("how few were left out cannot be worked out from the share kept, nor read in the words of the flow", () => {
    const gappy = rows.map((row) => (Number(row.school.slice(1)) % 10 === 0 ? { ...row, x: undefined } : row));
    const own = evaluate(gappy, { covariates: "x, pupils at baseline" });
    const [pairs, , tight] = find("specifications-main", own).rows;
    expect([pairs!.cells.treated!.value, pairs!.cells.kept!.reason]).toEqual([
      36,
      "withheld: fewer than 10 were left out of one of them",
    ]);
    expect(tight!.cells.kept!.reason).toBe(pairs!.cells.kept!.reason);
    expect(find("specifications-main").rows[0]!.cells.kept!.isShare).toBe(true);
    expect(find("flow-main", own).chart?.alt).toContain("36 programme schools and");
    expect(find("flow-main", own).chart?.alt).not.toContain("40");
    expect(find("flow-main").rows[0]!.cells.treated!.isTotal).toBe(true);
  });

  test("names of clusters are marked in every table that has them", () => {
    const marked = ["clusters-change", "sensitivity-change"].map((id) =>
      find(id).rows.flatMap((row) => Object.values(row.cells).flatMap((cell) => cell.cluster ?? [])),
    );
    expect(marked[0]!.map(({ name }) => name)).toEqual(marked[1]!.map(({ name }) => name));
    expect(marked[0]!.length).toBe(10);
    expect(marked[0]![0]).toEqual({ name: "D00" });
    expect(marked[1]![0]).toEqual({ name: "D00", before: "without ", after: "" });
    expect(find("sensitivity-change").rows[1]!.cells.treated).toMatchObject({ value: 36, rest: 4 });
    // `district` is what the analysis clusters by; any other column is named with the cluster.
    const urban = evaluate(rows, { sensitivity: ["out: { of: change, vary: { leaveOneOut: urban } }"] });
    const columns = find("sensitivity-change", urban).rows.map((row) => row.cells.changed!.cluster?.column);
    expect(columns).toEqual([undefined, "urban", "urban"]);
  });

  test("names that give the same id keep rows of their own", () => {
    const saints = ["St. Mary", "St Mary", "St-Mary"];
    const named = rows.map((row) => {
      const district = Number(row.district!.slice(1));
      return district < saints.length ? { ...row, district: saints[district] } : row;
    });
    const ids = find("clusters-change", evaluate(named, FULL)).rows.map(({ id }) => id);
    expect(ids.filter((id) => id.includes("mary"))).toEqual(["mark-st-mary", "mark-st-mary-2", "mark-st-mary-3"]);
  });

  test("the curve marks the chosen specification by what it is, not by its words", () => {
    const { chart } = find("curve-change");
    const marks = chart?.kind === "forest" ? chart.panels[0]!.marks : [];
    expect(marks.map(({ label, isStrong }) => [label, isStrong])).toContainEqual(["Mark, pairs (chosen)", true]);
    expect(marks.filter(({ isStrong }) => isStrong).length).toBe(1);
  });

  test("the sensitivity table starts from the declared result", () => {
    const listed = find("sensitivity-change").rows;
    expect(listed[0]!.cells.changed!.text).toBe("as declared (adjusted for the baseline)");
    expect(listed[1]!.cells).toMatchObject({
      changed: { text: "without D00" },
      treated: { value: 36 },
      clusters: { value: 9 },
    });
  });

  test("the curve shows a specification that gave no sample, with the reason", () => {
    const tight = find("curve-change").rows.find(({ id }) => id === "mark-tight")!;
    expect(tight.cells.effect).toEqual({ text: "not estimable", reason: "no treated unit kept a comparison unit" });
  });

  test("adjusted p: one primary as it is, secondary by Benjamini-Hochberg, other readings not at all", () => {
    const main = find("effects-change");
    const cell = (id: string) => main.rows.find((row) => row.id === id)!.cells;
    expect(cell("mark-2017-18-adjusted").adjusted!.value).toBe(cell("mark-2017-18-adjusted").p!.value);
    expect(cell("mark-2017-18-change").adjusted!.reason).toBe("only the declared reading is tested");
    expect(main.notes).toContain("One primary result: tested as it is.");
    expect(main.notes.join()).toContain("Benjamini-Hochberg");
  });
});

test("marks of different units never share a panel", () => {
  const mark = (unit: string, label: string) => ({
    unit,
    label,
    estimate: 0,
    low: undefined,
    high: undefined,
    isStrong: true,
  });
  const panels = panelsByUnit([mark("points", "a"), mark("days", "b"), mark("points", "c")]);
  expect(panels.map(({ unit, marks }) => [unit, marks.map(({ label }) => label)])).toEqual([
    ["points", ["a", "c"]],
    ["days", ["b"]],
  ]);
});
