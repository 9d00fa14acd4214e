import { describe, expect, it } from "vitest";
import type { Exhibit, ExhibitRow } from "#findings";
import { clusterLabel } from "./hideNames.ts";
import { makeSafe } from "./makeSafe.ts";

const NAMES = ["Ashford", "Barton", "Corby", "Derby", "Eccles", "Filton"];

const exhibit = (id: string, rows: readonly ExhibitRow[]): Exhibit => ({
  id,
  title: "",
  summary: "",
  columns: [
    { id: "what", label: "What", align: "left" },
    { id: "n", label: "n", align: "right" },
  ],
  rows,
  notes: [],
  about: { definition: "", base: "", set: "", date: "", filters: [], model: "", sources: [] },
});
const row = (name: string, n: number, before = "", column?: string): ExhibitRow => ({
  id: `mark-${name.toLowerCase()}`,
  cells: {
    what: {
      text: `${before}${name}`,
      cluster: { name, ...(before !== "" && { before }), ...(column !== undefined && { column }) },
    },
    n: { text: String(n), value: n, isCount: true },
  },
});
const byCluster = exhibit(
  "clusters",
  NAMES.map((name, i) => row(name, 50 + i)),
);
const withoutEach = exhibit("sensitivity", [
  { id: "mark-declared", cells: { what: { text: "as declared" }, n: { text: "315", value: 315, isCount: true } } },
  ...[...NAMES.slice(1)].map((name) => row(name, 300 - NAMES.indexOf(name), "without ")),
]);
const safety = (more: object = {}) => ({
  minimum: 10,
  namesAllowed: [],
  clusterColumns: ["district"],
  clusterNumbers: new Map<string, number>(),
  ...more,
});

describe("clusters that may not be named", () => {
  it("appear nowhere: in no cell, no id and no mark for the rules", () => {
    const own = safety();
    for (const made of [byCluster, withoutEach]) {
      const said = JSON.stringify(makeSafe(made, own)).toLowerCase();
      for (const name of NAMES) expect(said).not.toContain(name.toLowerCase());
    }
  });

  it("have the same number in every table of a comparison", () => {
    const own = safety();
    const numbered = (made: Exhibit, offset: (n: number) => number) =>
      new Map(
        makeSafe(made, own).rows.flatMap(({ cells }) => {
          const number = cells.what!.text.match(/Cluster \d+$/)?.[0];
          return number === undefined ? [] : [[NAMES[offset(cells.n!.value!)]!, number] as const];
        }),
      );
    const first = numbered(byCluster, (n) => n - 50);
    expect(new Set(first.values()).size).toBe(6);
    const second = numbered(withoutEach, (n) => 300 - n);
    expect(second.size).toBe(5);
    for (const [name, number] of second) expect(number).toBe(first.get(name));
    expect(clusterLabel({ name: "Corby" }, own)).toBe(first.get("Corby"));
    expect(clusterLabel({ name: "Corby", before: "without " }, own)).toBe(`without ${first.get("Corby")}`);
  });

  it("stand in the order of their numbers, which is not that of the alphabet, below the rows that name none", () => {
    const { rows } = makeSafe(withoutEach, safety());
    expect(rows.map(({ id }) => id)).toEqual(["mark-declared", ...[1, 2, 3, 4, 5].map((n) => `cluster-${n}`)]);
    expect(rows[1]!.cells.what!.text).toBe("without Cluster 1");
    expect(rows.slice(1).map(({ cells }) => cells.n!.value)).not.toEqual([299, 298, 297, 296, 295]);
  });

  it("are listed apart for each outcome, with ids that differ", () => {
    const twice = exhibit("clusters", [...byCluster.rows, ...NAMES.map((name, i) => row(name, 70 + i))]);
    const { rows } = makeSafe(twice, safety());
    expect(new Set(rows.map(({ id }) => id)).size).toBe(12);
    expect(rows.map(({ cells }) => cells.n!.value! < 70)).toEqual([...Array(6).fill(true), ...Array(6).fill(false)]);
  });

  it("are named where their column is allowed, or the inputs are public", () => {
    for (const own of [safety({ namesAllowed: ["district"] }), safety({ minimum: 0 })]) {
      expect(makeSafe(byCluster, own).rows[0]).toEqual({
        id: "mark-ashford",
        cells: { what: { text: "Ashford" }, n: { text: "50", value: 50, isCount: true } },
      });
      expect(clusterLabel({ name: "Ashford" }, own)).toBe("Ashford");
    }
  });

  it("are hidden where each unit is its own cluster, since its name is its key", () => {
    expect(makeSafe(byCluster, safety({ clusterColumns: [] })).rows[0]!.cells.what!.text).toBe("Cluster 1");
  });

  it("are hidden by a column of their own where what was left out is no cluster of the analysis", () => {
    const other = exhibit("sensitivity", [row("North", 40, "without ", "region")]);
    const said = (namesAllowed: readonly string[]) =>
      makeSafe(other, safety({ namesAllowed })).rows[0]!.cells.what!.text;
    expect(said(["district"])).toBe("without Cluster 1");
    expect(said(["region"])).toBe("without North");
  });
});
