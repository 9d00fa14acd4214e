import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.ts";
import { drawPlot, INK, padded, printTick } from "./canvas.ts";

type Mark = NonNullable<NonNullable<Parameters<typeof Plot.plot>[0]>["marks"]>[number];

/** One row of a chart that lists things from top to bottom. */
interface LabelledRow {
  readonly row: number;
  readonly label: string;
}

/** What a chart of rows adds to the frame: its marks, over a common axis that holds all of `ends`. */
export interface RowChart {
  readonly rows: readonly LabelledRow[];
  readonly rowHeight: number;
  readonly ends: readonly number[];
  readonly axisLabel: string;
  readonly marks: readonly Mark[];
  readonly alt: string;
}

/** Draws rows with their label above their marks, so that long labels need no margin on a phone. */
export function drawRows({ rows, rowHeight, ends, axisLabel, marks, alt }: RowChart): Markup {
  const domain = padded(Math.min(...ends), Math.max(...ends));
  const labels = Plot.text(rows, {
    x: () => domain[0],
    y: "row",
    text: "label",
    textAnchor: "start",
    dy: -14,
    fontSize: 12,
    fill: INK.text,
    stroke: "white",
    strokeWidth: 3,
  });
  return drawPlot(
    {
      height: rows.length * rowHeight + 56,
      marginLeft: 12,
      marginRight: 12,
      marginTop: 8,
      marginBottom: 44,
      x: { domain, label: axisLabel, labelAnchor: "center", labelArrow: "none", ticks: 6, tickFormat: printTick },
      y: { domain: [-0.7, rows.length - 0.25], reverse: true, axis: null },
      marks: [Plot.ruleX([0], { stroke: INK.text, strokeWidth: 1 }), ...marks, labels],
    },
    alt,
  );
}
