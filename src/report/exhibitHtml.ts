import type { SafeExhibit } from "#disclosure";
import type { ExhibitCell } from "#findings";
import { drawChart } from "./charts/index.ts";
import { html, type Markup } from "./markup.ts";

/**
 * One exhibit: heading, chart, table, notes, and the line that says what the figures rest on.
 * @param isTraced  Whether `assay trace` can be asked about it: it is a table of a study.
 */
export function exhibitHtml(exhibit: SafeExhibit, number: number, isTraced = true): Markup {
  const { about } = exhibit;
  const chart = exhibit.chart === undefined ? undefined : drawChart(exhibit.chart);
  const table = exhibitTable(exhibit);
  // A flow chart says all that its table says: the table is there for those who want to copy it.
  const shown =
    exhibit.chart?.kind === "flow"
      ? html`<details class="data"><summary>The same as a table</summary>${table}</details>`
      : table;
  return html`
<section class="exhibit" id="${exhibit.id}" aria-labelledby="${exhibit.id}-title">
<h3 id="${exhibit.id}-title"><span class="number">Table ${number}.</span> ${exhibit.title}</h3>
<p>${exhibit.summary}</p>
${chart}
${shown}
${exhibit.notes.length === 0 ? undefined : html`<ul class="notes">${exhibit.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<p class="about">Base: ${about.base}. Set: ${about.set}. Date: ${about.date}. Model: ${about.model}.${isTraced ? html` <span class="trace">Trace: <code>assay trace ${exhibit.id}</code></span>` : undefined}</p>
</section>`;
}

function exhibitTable(exhibit: SafeExhibit): Markup {
  const [first, ...rest] = exhibit.columns;
  const head = exhibit.columns.map((column) => html`<th scope="col" class="${column.align}">${column.label}</th>`);
  const rows = exhibit.rows.map((row) => {
    const cells = rest.map((column) => html`<td class="${column.align}">${cellHtml(row.cells[column.id])}</td>`);
    return html`<tr${row.isGrey ? html` class="grey"` : undefined}><th scope="row">${row.cells[first!.id]?.text}</th>${cells}</tr>`;
  });
  return html`<p class="hint" aria-hidden="true">Slide the table sideways for its other columns.</p>
<div class="scroll" role="region" tabindex="0" aria-label="Table: ${exhibit.title}">
<table><caption class="hidden">${exhibit.title}</caption><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>
</div>`;
}

function cellHtml(cell: ExhibitCell | undefined): Markup | undefined {
  if (cell === undefined) return undefined;
  if (cell.reason === undefined || cell.reason === "") return html`${cell.text}`;
  return html`<span class="absent" title="${cell.reason}">${cell.text}<span class="hidden"> (${cell.reason})</span></span>`;
}
