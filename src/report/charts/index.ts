import { type Chart, levelInWords } from "#findings";
import { html, type Markup } from "../markup.ts";
import { drawFlow } from "./flow.ts";
import { drawForest } from "./forest.ts";
import { drawLove } from "./love.ts";
import { drawYears, PHASE_KEY } from "./years.ts";

/** A chart as HTML: inline SVG with an accessible name and, where shapes carry meaning, their key in words. */
export function drawChart(chart: Chart): Markup {
  switch (chart.kind) {
    case "flow":
      return html`<figure class="chart">${drawFlow(chart)}</figure>`;
    case "love":
      return html`<figure class="chart">${drawLove(chart)}<figcaption>○ before matching, ◆ after matching</figcaption></figure>`;
    case "years": {
      const phases = [...new Set(chart.marks.map((mark) => mark.phase))];
      return html`<figure class="chart">${drawYears(chart)}<figcaption>${phases.map((phase) => PHASE_KEY[phase]).join("; ")}. Lines: ${levelInWords(chart.level)} intervals.</figcaption></figure>`;
    }
    case "forest": {
      const several = chart.panels.length > 1;
      const panels = chart.panels.map((panel) =>
        drawForest(panel, several ? `${chart.alt} This panel: ${panel.unit}.` : chart.alt),
      );
      return html`<figure class="chart">${panels}<figcaption>Lines: ${levelInWords(chart.level)} intervals. ● declared or chosen, ◆ beside it. A line that crosses zero does not settle the direction.</figcaption></figure>`;
    }
  }
}
