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
      marks: [zeroLine(rows, rowHeight), ...marks, labels],
    },
    alt,
  );
}

/** Pixels a label reaches above the middle of its row, and the line below it may begin. */
const LABEL_TOP = 22;
const LABEL_FOOT = 8;

/** The line of no difference, broken where a label stands. */
function zeroLine(rows: readonly LabelledRow[], rowHeight: number): Mark {
  return Plot.ruleX(rows, {
    x: () => 0,
    y1: ({ row }: LabelledRow) => row - LABEL_FOOT / rowHeight,
    y2: ({ row }: LabelledRow) => row + Math.max(LABEL_FOOT, rowHeight - LABEL_TOP) / rowHeight,
    stroke: INK.text,
    strokeWidth: 1,
  });
}
