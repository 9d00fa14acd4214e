import * as Plot from "@observablehq/plot";
import type { ForestPanel } from "#findings";
import type { Markup } from "../markup.ts";
import { drawPlot, INK, padded } from "./canvas.ts";

const ROW = 40;

/** Estimates with their intervals around zero, one row each, its label above its line. */
export function drawForest(panel: ForestPanel, alt: string): Markup {
  const marks = panel.marks.map((mark, i) => ({ ...mark, row: i }));
  const ends = marks.flatMap((mark) => [mark.low ?? mark.estimate, mark.high ?? mark.estimate, 0]);
  const domain = padded(Math.min(...ends), Math.max(...ends));
  const colour = (mark: { isStrong: boolean }) => (mark.isStrong ? INK.strong : INK.weak);
  return drawPlot(
    {
      height: marks.length * ROW + 56,
      marginLeft: 12,
      marginRight: 12,
      marginTop: 8,
      marginBottom: 44,
      x: {
        domain,
        label: panel.unit,
        labelAnchor: "center",
        labelArrow: "none",
        ticks: 6,
        tickFormat: (value: number) => printTick(value),
      },
      y: { domain: [-0.7, marks.length - 0.25], reverse: true, axis: null },
      marks: [
        Plot.ruleX([0], { stroke: INK.text, strokeWidth: 1 }),
        Plot.ruleY(
          marks.filter((mark) => mark.low !== undefined && mark.high !== undefined),
          { x1: "low", x2: "high", y: "row", stroke: colour, strokeWidth: 2.5 },
        ),
        Plot.dot(marks, {
          x: "estimate",
          y: "row",
          r: 4.5,
          fill: colour,
          symbol: (mark: { isStrong: boolean }) => (mark.isStrong ? "circle" : "diamond"),
        }),
        Plot.text(marks, {
          x: () => domain[0],
          y: "row",
          text: "label",
          textAnchor: "start",
          dy: -14,
          fontSize: 12,
          fill: INK.text,
          stroke: "white",
          strokeWidth: 3,
        }),
      ],
    },
    alt,
  );
}

/** −0.2, 0, 0.2 with a true minus sign. */
export function printTick(value: number): string {
  const text = String(Number(value.toPrecision(6)));
  return text.startsWith("-") ? `−${text.slice(1)}` : text;
}
