import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Exhibit } from "#findings";
import { makeSafe } from "./makeSafe.ts";

const exhibit = (counts: readonly number[]): Exhibit => ({
  id: "flow-x",
  title: "Flow",
  summary: "",
  columns: [
    { id: "step", label: "Step", align: "left" },
    { id: "n", label: "n", align: "right" },
    { id: "mean", label: "Mean", align: "right" },
  ],
  rows: counts.map((n, i) => ({
    id: `r${i}`,
    keys: ["100001"],
    cells: {
      step: { text: `step ${i}` },
      n: { text: String(n), value: n, isCount: true },
      mean: { text: "1.5", value: 1.5 },
    },
  })),
  notes: [],
  about: { definition: "", base: "", set: "", date: "", filters: [], model: "", sources: [] },
  chart: { kind: "forest", level: 0.95, alt: "", panels: [] },
});
const safety = (minimum: number) => ({ minimum, namesAllowed: [], clusterColumns: ["area"] });

describe("disclosure rules", () => {
  it("withhold a small count, the numbers that rest on it, and one more count that would give it away", () => {
    const safe = makeSafe(exhibit([100, 4, 40]), safety(10));
    expect(safe.rows.map((row) => [row.cells.n!.text, row.cells.mean!.text])).toEqual([
      ["100", "1.5"],
      ["c", "c"],
      ["c", "1.5"],
    ]);
    expect(safe.notes.join()).toContain("fewer than 10 units");
    expect(safe.chart).toBeUndefined();
  });

  it("leave everything as it is where the inputs are public", () => {
    const safe = makeSafe(exhibit([100, 4]), safety(0));
    expect(safe.rows[1]!.cells.n!.value).toBe(4);
    expect(safe.rows[1]!.keys).toEqual(["100001"]);
    expect(safe.chart).toBeDefined();
  });

  it("give clusters a number unless they may be named", () => {
    const named = { ...exhibit([50]), naming: "step" };
    expect(makeSafe(named, safety(10)).rows[0]!.cells.step!.text).toBe("Cluster 1");
    expect(makeSafe(named, { ...safety(10), namesAllowed: ["area"] }).rows[0]!.cells.step!.text).toBe("step 0");
  });

  it("never show a count below the minimum, nor exactly one hidden count, nor any key", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(60), { minLength: 2, maxLength: 8 }),
        fc.integer({ min: 2, max: 12 }),
        (counts, minimum) => {
          const safe = makeSafe(exhibit(counts), safety(minimum));
          const shown = safe.rows.flatMap((row) => (row.cells.n!.value === undefined ? [] : [row.cells.n!.value]));
          expect(shown.filter((n) => n > 0 && n < minimum)).toEqual([]);
          const hidden = counts.length - shown.length;
          expect(hidden === 1 && shown.some((n) => n > 0)).toBe(false);
          expect(safe.rows.every((row) => row.keys === undefined)).toBe(true);
        },
      ),
    );
  });
});
