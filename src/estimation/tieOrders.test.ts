import { describe, expect, test } from "vitest";
import { invented, type Row } from "#testing";
import { layOpen } from "./testing/layOpen.ts";
import { tieSpreads } from "./tieOrders.ts";

const rows = invented();
const spreadOf = (own: readonly Row[]) => {
  const { study, analysis, open } = layOpen(own);
  return tieSpreads(study, analysis, open)[0]!;
};
const tied = rows.map((row) => ({ ...row, x: Math.round(row.x!) }));

describe("orders of ties", () => {
  test("are not drawn again where no two scores are equal", () => {
    expect(spreadOf(rows)).toEqual({ analysis: "change", outcome: "mark", state: "no ties" });
  });

  test("give a range that is not one point where many scores are equal, the same every time", () => {
    const spread = spreadOf(tied);
    if (spread.state !== "redrawn") throw new Error(spread.state);
    expect(spread.orders).toBe(20);
    expect(spread.low).toBeLessThan(spread.high);
    expect(spread.low).toBeGreaterThan(1);
    expect(spread.high).toBeLessThan(3);
    expect(spreadOf(tied)).toEqual(spread);
  });

  test("with nothing to estimate say so, and not that there are no ties", () => {
    expect(spreadOf(tied.map((row) => (row.year === 2017 ? { ...row, mark: undefined } : row)))).toMatchObject({
      state: "not estimable",
      reason: "no treated unit has this outcome",
    });
  });
});
