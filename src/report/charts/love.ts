import * as Plot from "@observablehq/plot";
import type { Chart } from "#findings";
import type { Markup } from "../markup.ts";
import { INK } from "./canvas.ts";
import { drawRows } from "./rows.ts";

/** Love plot: standardised differences of each covariate before (hollow) and after (filled) matching. */
export function drawLove(chart: Extract<Chart, { kind: "love" }>): Markup {
  const rows = chart.points.map((point, row) => ({ ...point, row }));
  return drawRows({
    rows,
    rowHeight: 36,
    ends: rows.flatMap((point) => [point.before, point.after, 0.1, -0.1]),
    axisLabel: "difference in standard deviations (lines at ±0.1)",
    marks: [
      Plot.ruleX([-0.1, 0.1], { stroke: INK.rule, strokeDasharray: "3,3" }),
      Plot.ruleY(rows, { x1: "before", x2: "after", y: "row", stroke: INK.rule, strokeWidth: 1.5 }),
      Plot.dot(rows, {
        x: "before",
        y: "row",
        r: 4.5,
        stroke: INK.warm,
        strokeWidth: 2,
        fill: "white",
        symbol: "circle",
      }),
      Plot.dot(rows, { x: "after", y: "row", r: 4.5, fill: INK.strong, symbol: "diamond" }),
    ],
    alt: chart.alt,
  });
}
