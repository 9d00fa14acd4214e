import * as Plot from "@observablehq/plot";
import type { Chart, YearMark } from "#findings";
import type { Markup } from "../markup.ts";
import { CHART_WIDTH, drawPlot, INK, padded, printTick } from "./canvas.ts";

const COLOUR: Readonly<Record<YearMark["phase"], string>> = {
  before: INK.warm,
  baseline: INK.text,
  "matched on": INK.weak,
  after: INK.strong,
  "not an outcome year": INK.weak,
};
const SYMBOL: Readonly<Record<YearMark["phase"], "circle" | "square" | "diamond" | "triangle" | "times">> = {
  before: "circle",
  baseline: "square",
  "matched on": "times",
  after: "diamond",
  "not an outcome year": "triangle",
};
/** How each kind of year is drawn, in words: the key below the chart. */
export const PHASE_KEY: Readonly<Record<YearMark["phase"], string>> = {
  before: "● before the start",
  baseline: "■ baseline (zero by definition)",
  "matched on": "× matched on: balanced by design",
  after: "◆ outcome year",
  "not an outcome year": "▲ after the start, a check only",
};

/** Difference between programme and comparison by year, measured from the baseline; years of announcement are shaded. */
export function drawYears(chart: Extract<Chart, { kind: "years" }>): Markup {
  const { marks } = chart;
  const ends = marks.flatMap((mark) => [mark.low, mark.high, 0]);
  const domain = padded(Math.min(...ends), Math.max(...ends));
  const withInterval = marks.filter((mark) => mark.phase !== "baseline");
  return drawPlot(
    {
      width: CHART_WIDTH,
      height: 300,
      marginLeft: 52,
      marginRight: 12,
      marginTop: 28,
      marginBottom: 32,
      x: { type: "band", domain: marks.map((mark) => mark.label), axis: null },
      y: {
        domain,
        label: `difference, ${chart.unit}`,
        labelArrow: "none",
        ticks: 6,
        tickFormat: printTick,
        grid: true,
      },
      marks: [
        // Seven years must stand side by side on a phone.
        Plot.axisX({ label: null, tickSize: 0, fontSize: marks.length > 5 ? 9.5 : 12 }),
        Plot.barY(
          marks.filter((mark) => chart.shaded.includes(mark.label)),
          { x: "label", y1: () => domain[0], y2: () => domain[1], fill: "#eef1f3" },
        ),
        Plot.ruleY([0], { stroke: INK.text }),
        Plot.ruleX(withInterval, {
          x: "label",
          y1: "low",
          y2: "high",
          stroke: (mark: YearMark) => COLOUR[mark.phase],
          strokeWidth: 2.5,
        }),
        Plot.dot(marks, {
          x: "label",
          y: "estimate",
          r: 5,
          symbol: (mark: YearMark) => SYMBOL[mark.phase],
          fill: (mark: YearMark) => (mark.phase === "matched on" ? "none" : COLOUR[mark.phase]),
          stroke: (mark: YearMark) => COLOUR[mark.phase],
          strokeWidth: 1.5,
        }),
      ],
    },
    chart.alt,
  );
}
