import { html, type Markup } from "./markup.ts";
import { recordsInWords } from "./pageOne.ts";
import type { Publication } from "./publication.ts";

/** What an analyst looks up: standing, warnings, choices, sources, the protocol. */
export function appendices(
  publication: Publication,
  registeredOn: string | undefined,
  registeredBy: string | undefined,
): Markup {
  return html`
${declared(publication, registeredOn, registeredBy)}
${warningsList(publication)}
${sources(publication)}
${choicesTable(publication)}
${protocolText(publication)}
<section aria-labelledby="method"><h2 id="method">How to check this report</h2>
<p>Every figure can be traced: <code>assay trace</code> with the name under a table (and <code>.row.column</code> for one cell) prints its definition, base, filters, model, input files with their SHA-256 and the units behind it where they may be shown. The same figures at full precision are in <code>findings.json</code>, each table as CSV in <code>tables/</code>.</p>
<p>Made by Assay ${publication.program.version}, seed ${publication.study.seed}, grammar and defaults edition ${publication.program.defaults}.</p></section>`;
}

function declared({ standing }: Publication, on: string | undefined, by: string | undefined): Markup {
  const registration =
    standing.registration === undefined
      ? html`<p>This study was not registered.</p>`
      : html`<p>Registered${on === undefined ? undefined : ` on ${on}`}${by === undefined || by === "not said" ? undefined : ` by ${by}`}: ${recordsInWords(standing)}. Digest of the declared study: <code class="digest">${standing.registration.meaning}</code></p>`;
  const amendments = standing.amendments.map(
    (amendment) =>
      html`<li>Amendment ${amendment.number} (${amendment.outcomesSeen ? "after" : "before"} outcomes were opened): ${amendment.reason}. ${amendment.changes.join(" ")}</li>`,
  );
  return html`<section aria-labelledby="declared"><h2 id="declared">What was declared, and when</h2>
${registration}
<p>${sealedFor(standing)}</p>
${amendments.length === 0 ? undefined : html`<ul>${amendments}</ul>`}</section>`;
}

/** What was out of sight while the comparison was chosen, and whether anything held the choices afterwards. */
function sealedFor({ exploratory, retrospective }: Publication["standing"]): string {
  const unseen =
    "For each outcome, every value after the start, and whether there is one, was out of sight while the comparison was chosen";
  if (exploratory)
    return `${unseen} in this run. Nothing was frozen beforehand: results may have been seen in an earlier run, and choices changed since.`;
  if (retrospective)
    return `${unseen} in this run. Matching, balance and the years before the start were frozen at registration, but results had been opened before it.`;
  return `${unseen}. Matching, balance and the years before the start were settled and frozen first.`;
}

function warningsList({ warnings }: Publication): Markup {
  if (warnings.length === 0)
    return html`<section aria-labelledby="warnings"><h2 id="warnings">Warnings</h2><p>None.</p></section>`;
  const items = warnings.map(
    (warning) =>
      html`<li><code>${warning.code}</code> ${warning.message}${warning.suggestion === undefined ? undefined : ` ${warning.suggestion}`}</li>`,
  );
  return html`<section aria-labelledby="warnings"><h2 id="warnings">Warnings</h2><ul>${items}</ul></section>`;
}

function sources({ sources: all }: Publication): Markup {
  const items = all.map(
    (
      source,
    ) => html`<li><strong>${source.id}</strong>: <code>${source.file}</code>, ${source.rows}${source.registry === undefined ? undefined : html`, described by <code>${source.registry}</code>`}.
<br><span class="small">SHA-256 <code class="digest">${source.sha256}</code></span>
${source.attribution === undefined ? undefined : html`<br>${source.attribution}`}
${source.licence === undefined ? undefined : html`<br>Licence: ${source.licence}`}
${source.breaks.length === 0 ? undefined : html`<br>Known breaks in series:<ul>${source.breaks.map((text) => html`<li>${text}</li>`)}</ul>`}
${source.confirm.length === 0 ? undefined : html`<br>To be confirmed before quoting:<ul>${source.confirm.map((text) => html`<li>${text}</li>`)}</ul>`}</li>`,
  );
  return html`<section aria-labelledby="sources"><h2 id="sources">Data sources</h2><ul class="sources">${items}</ul></section>`;
}

function choicesTable({ choices }: Publication): Markup {
  const rows = choices.map((choice) => {
    const who =
      choice.line === undefined ? html`${choice.origin}` : html`<a href="#line-${choice.line}">${choice.origin}</a>`;
    return html`<tr><th scope="row">${choice.path}</th><td>${choice.value}</td><td>${who}</td><td>${choice.because}</td></tr>`;
  });
  return html`<section aria-labelledby="choices"><h2 id="choices">Every choice and who made it</h2>
<details><summary>Show all ${choices.length} settings</summary>
<p class="filter" hidden><label for="filter">Filter</label> <input id="filter" type="search" autocomplete="off"> <span id="filter-count" role="status"></span></p>
<div class="scroll" role="region" tabindex="0" aria-label="Table: every choice and who made it">
<table class="words" id="choices-table"><caption class="hidden">Every setting, its value, who made the choice and why</caption>
<thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">Who</th><th scope="col">Why</th></tr></thead><tbody>${rows}</tbody></table></div></details></section>`;
}

function protocolText({ protocol }: Publication): Markup {
  const lines = protocol.replace(/\n$/, "").split("\n");
  const printed = lines.map(
    (line, i) => html`<span class="line" id="line-${i + 1}">${line}
</span>`,
  );
  return html`<section aria-labelledby="protocol"><h2 id="protocol">The protocol in full</h2>
<details id="protocol-text"><summary>Show study.yaml (${lines.length} lines)</summary><pre tabindex="0" aria-label="study.yaml">${printed}</pre></details></section>`;
}
