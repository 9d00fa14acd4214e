import type { Chart } from "#findings";
import { html, type Markup } from "../markup.ts";

/** The participant flow as boxes from the first count to the matched sample; losses stand aside. */
export function drawFlow(chart: Extract<Chart, { kind: "flow" }>): Markup {
  const steps = chart.steps.map((step) => {
    const counts = html`<span class="flow-n">${step.treated.toLocaleString("en-GB")}</span> programme, <span class="flow-n">${step.comparison.toLocaleString("en-GB")}</span> comparison`;
    return step.isLoss
      ? html`<li class="flow-loss"><span class="flow-label">Left out: ${step.label}</span> <span>${counts}</span></li>`
      : html`<li class="flow-stay"><span class="flow-label">${step.label}</span> <span>${counts}</span></li>`;
  });
  return html`<ol class="flow" aria-label="${chart.alt}">${steps}</ol>`;
}
