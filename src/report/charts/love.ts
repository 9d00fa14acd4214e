import * as Plot from "@observablehq/plot";
import type { Chart } from "#findings";
import type { Markup } from "../markup.ts";
import { drawPlot, INK, padded } from "./canvas.ts";
import { printTick } from "./forest.ts";

const ROW = 34;

/** Love plot: standardised differences of each covariate before (hollow) and after (filled) matching. */
export function drawLove(chart: Extract<Chart, { kind: "love" }>): Markup {
  const points = chart.points.map((point, row) => ({ ...point, row }));
  const ends = points.flatMap((point) => [point.before, point.after, 0.1, -0.1]);
  const domain = padded(Math.min(...ends), Math.max(...ends));
  return drawPlot(
    {
      height: points.length * ROW + 56,
      marginLeft: 12,
      marginRight: 12,
      marginTop: 8,
      marginBottom: 44,
      x: {
        domain,
        label: "difference in standard deviations (lines at ±0.1)",
        labelAnchor: "center",
        labelArrow: "none",
        ticks: 6,
        tickFormat: printTick,
      },
      y: { domain: [-0.7, points.length - 0.25], reverse: true, axis: null },
      marks: [
        Plot.ruleX([-0.1, 0.1], { stroke: INK.rule, strokeDasharray: "3,3" }),
        Plot.ruleX([0], { stroke: INK.text }),
        Plot.ruleY(points, { x1: "before", x2: "after", y: "row", stroke: INK.rule, strokeWidth: 1.5 }),
        Plot.dot(points, {
          x: "before",
          y: "row",
          r: 4.5,
          stroke: INK.warm,
          strokeWidth: 2,
          fill: "white",
          symbol: "circle",
        }),
        Plot.dot(points, { x: "after", y: "row", r: 4.5, fill: INK.strong, symbol: "diamond" }),
        Plot.text(points, {
          x: () => domain[0],
          y: "row",
          text: "label",
          textAnchor: "start",
          dy: -12,
          fontSize: 12,
          fill: INK.text,
          stroke: "white",
          strokeWidth: 3,
        }),
      ],
    },
    chart.alt,
  );
}
