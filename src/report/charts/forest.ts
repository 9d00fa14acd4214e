import * as Plot from "@observablehq/plot";
import type { ForestPanel } from "#findings";
import type { Markup } from "../markup.ts";
import { INK } from "./canvas.ts";
import { drawRows } from "./rows.ts";

/** Estimates with their intervals around zero, one row each, its label above its line. */
export function drawForest(panel: ForestPanel, alt: string): Markup {
  const rows = panel.marks.map((mark, row) => ({ ...mark, row }));
  const withInterval = rows.filter((mark) => mark.low !== undefined && mark.high !== undefined);
  const colour = (mark: { isStrong: boolean }) => (mark.isStrong ? INK.strong : INK.weak);
  const symbol = (mark: { isStrong: boolean }) => (mark.isStrong ? "circle" : "diamond");
  return drawRows({
    rows,
    rowHeight: 40,
    ends: rows.flatMap((mark) => [mark.low ?? mark.estimate, mark.high ?? mark.estimate, 0]),
    axisLabel: panel.unit,
    marks: [
      Plot.ruleY(withInterval, { x1: "low", x2: "high", y: "row", stroke: colour, strokeWidth: 2.5 }),
      Plot.dot(rows, { x: "estimate", y: "row", r: 4.5, fill: colour, symbol }),
    ],
    alt,
  });
}
