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

  it("withhold a total rather than a part, and a share of units with its count", () => {
    const [start, loss, end] = exhibit([100, 4, 96]).rows;
    const total = { ...start!.cells.n!, isTotal: true } as const;
    const share = { text: "26.0", value: 26, isShare: true } as const;
    const rows = [{ ...start!, cells: { ...start!.cells, n: total, mean: share } }, loss!, end!];
    const safe = makeSafe({ ...exhibit([]), rows }, safety(10));
    expect(safe.rows.map((row) => [row.cells.n!.text, row.cells.mean!.text])).toEqual([
      ["c", "c"],
      ["c", "c"],
      ["96", "1.5"],
    ]);
  });

  it("withhold a count that leaves few over beside another, with what rests on it", () => {
    const [all, but] = exhibit([100, 96]).rows;
    const n = { ...but!.cells.n!, rest: 4 };
    const safe = makeSafe({ ...exhibit([]), rows: [all!, { ...but!, cells: { ...but!.cells, n } }] }, safety(10));
    expect(safe.rows[1]!.cells.n!.text).toBe("c");
    expect(safe.rows[1]!.cells.mean!.text).toBe("c");
    expect(JSON.stringify(safe)).not.toContain('"rest"');
  });

  it("withhold one more where those withheld come to so few that their sum gives them away", () => {
    const shown = (counts: readonly number[]) =>
      makeSafe(exhibit(counts), safety(10)).rows.map((row) => row.cells.n!.text);
    // 100 − 98 is 2, which can only be 1 and 1.
    expect(shown([98, 1, 1, 100])).toEqual(["c", "c", "c", "100"]);
    expect(shown([88, 6, 6, 100])).toEqual(["88", "c", "c", "100"]);
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
          const sum = counts.reduce((a, b) => a + b, 0) - shown.reduce((a, b) => a + b, 0);
          expect(sum > 0 && sum < minimum && shown.some((n) => n > 0)).toBe(false);
          expect(safe.rows.every((row) => row.keys === undefined)).toBe(true);
        },
      ),
    );
  });
});
