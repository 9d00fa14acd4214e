import type { Finding } from "#findings";
import { html, type Markup } from "./markup.ts";
import type { ChoiceBy, Publication } from "./publication.ts";

/** What a head teacher reads: the question, the answer, how sure, whom it describes, and what it does not say. */
export function pageOne(publication: Publication, registeredOn: string | undefined): Markup {
  const { study, firstLines, findings, estimands, warnings } = publication;
  const main = findings.filter((finding) => finding.isPrimary);
  const shown = main.length > 0 ? main : findings;
  return html`
<header>
<p class="kicker">Evaluation report${study.programme === undefined ? undefined : html` · ${study.programme}`}</p>
<h1>${study.title}</h1>
<p class="question">${study.question}</p>
<p class="by">${[study.evaluator, study.funder === undefined ? undefined : `funded by ${study.funder}`].filter((part) => part !== undefined).join(" · ")}</p>
${standingBanner(publication, registeredOn)}
</header>
<main>
<section aria-labelledby="short"><h2 id="short">In short</h2>
${firstLines.length === 0 ? undefined : html`<div class="first">${firstLines.map((line) => html`<p>${line}</p>`)}</div>`}
<ul class="findings">${shown.map(findingHtml)}</ul>
</section>
<section aria-labelledby="whom"><h2 id="whom">Whom this describes</h2>
${estimands.map((block) => html`<p><strong>${nameAmong(estimands, block)}.</strong> ${block.describes}</p>`)}
</section>
<section aria-labelledby="not-say"><h2 id="not-say">What to keep in mind</h2>
<ul>${caveats(shown, firstLines)}</ul>
${warnings.length === 0 ? undefined : html`<p>Assay raised <a href="#warnings">${warnings.length === 1 ? "one warning" : `${warnings.length} warnings`}</a>.</p>`}
</section>
${estimandTable(publication)}
<p class="choices-line">${choicesSentence(publication)}</p>`;
}

function standingBanner({ standing }: Publication, registeredOn: string | undefined): Markup {
  const said: Markup[] = [];
  if (standing.exploratory) {
    said.push(
      html`<p class="banner strong"><strong>Exploratory.</strong> This run was not registered beforehand: the comparison or the analysis may have been chosen after seeing results. It must not be quoted as an evaluation.</p>`,
    );
  }
  if (standing.retrospective) {
    said.push(
      html`<p class="banner strong"><strong>Retrospective registration.</strong> Results had already been opened when this study was registered.</p>`,
    );
  }
  if (standing.amendments.some((amendment) => amendment.outcomesSeen)) {
    said.push(
      html`<p class="banner strong"><strong>Changed after outcomes were seen.</strong> See <a href="#declared">what was declared, and when</a>.</p>`,
    );
  }
  if (standing.registered && said.length === 0) {
    said.push(
      html`<p class="banner">Comparison and analysis were registered${registeredOn === undefined ? undefined : ` on ${registeredOn}`} before Assay opened any result (${recordsInWords(standing)}).</p>`,
    );
  }
  return html`${said}`;
}

/** `record 1`, `record 1, amended by record 2`: the date and the person said beside it are those of the first. */
export function recordsInWords({ amendments }: Publication["standing"]): string {
  const later = amendments.map(({ number }) => number);
  if (later.length === 0) return "record 1";
  const joined = new Intl.ListFormat("en-GB").format(later.map(String));
  return `record 1, amended by ${later.length === 1 ? "record" : "records"} ${joined}`;
}

function findingHtml(finding: Finding): Markup {
  return html`<li class="finding"><p class="headline">${finding.headline}</p><p class="sure"><strong>How sure are we?</strong> ${finding.howSure}</p></li>`;
}

/**
 * Every caveat once, those of all findings first; one that belongs to a single finding is said under its outcome. What the
 * first lines said already is not said again.
 */
function caveats(findings: readonly Finding[], firstLines: readonly string[]): readonly Markup[] {
  const findingsOf = new Map<string, Finding[]>();
  for (const finding of findings) {
    for (const caveat of new Set(finding.caveats)) {
      if (firstLines.some((line) => line.includes(caveat))) continue;
      findingsOf.set(caveat, [...(findingsOf.get(caveat) ?? []), finding]);
    }
  }
  const isGeneral = (own: readonly Finding[]) => own.length === findings.length;
  const general = [...findingsOf].filter(([, own]) => isGeneral(own)).map(([caveat]) => html`<li>${caveat}</li>`);
  const particular = new Map<string, string[]>();
  for (const [caveat, own] of findingsOf) {
    if (isGeneral(own)) continue;
    const names = own.map((finding) => nameAmong(findings, finding)).join(", ");
    particular.set(names, [...(particular.get(names) ?? []), caveat]);
  }
  const grouped = [...particular].map(
    ([names, said]) =>
      html`<li><strong>${names}</strong><ul>${said.map((caveat) => html`<li>${caveat}</li>`)}</ul></li>`,
  );
  return [...general, ...grouped];
}

interface Labelled {
  readonly analysis: string;
  readonly label: string;
}

/** The outcome in words, with the analysis where another analysis asks about the same outcome. */
function nameAmong(all: readonly Labelled[], { analysis, label }: Labelled): string {
  const isShared = all.some((other) => other.label === label && other.analysis !== analysis);
  return isShared ? `${label} (${analysis})` : label;
}

function estimandTable({ estimands }: Publication): Markup {
  // A study may compare units that all start in one year with others that do not: some rows are of one kind alone.
  const labels = [...new Set(estimands.flatMap((block) => block.rows.map((row) => row.label)))];
  const head = estimands.map((block) => html`<th scope="col">${block.label} <code>${block.analysis}</code></th>`);
  const cell = (block: (typeof estimands)[number], label: string): Markup =>
    html`<td data-of="${block.analysis}">${block.rows.find((row) => row.label === label)?.value ?? "–"}</td>`;
  const rows = labels.map(
    (label) => html`<tr><th scope="row">${label}</th>${estimands.map((block) => cell(block, label))}</tr>`,
  );
  return html`<section aria-labelledby="estimand"><h2 id="estimand">What exactly was estimated</h2>
<div class="scroll" role="region" tabindex="0" aria-label="Table: what exactly was estimated">
<table class="words stacked"><caption class="hidden">Estimand and time zero of each analysis</caption><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table>
</div></section>`;
}

/** How many choices the study made, how many are defaults, and whether any was changed. */
function choicesSentence({ choices, standing }: Publication): string {
  const of = (by: ChoiceBy) => choices.filter((choice) => choice.by === by).length;
  const defaults = of("default");
  const byRule = of("rule");
  const described = of("registry");
  const changed =
    standing.amendments.length === 0
      ? "none was changed after registration"
      : standing.amendments.length === 1
        ? "one amendment changed some after registration"
        : `${standing.amendments.length} amendments changed some after registration`;
  return (
    `This study rests on ${choices.length} settings: the protocol made ${choices.length - defaults - byRule - described}, ${defaults} ${defaults === 1 ? "is a default of Assay" : "are defaults of Assay"}, ` +
    `${described === 0 ? "" : `${described} ${described === 1 ? "comes" : "come"} with a described file, `}${byRule === 0 ? "none was" : byRule === 1 ? "1 was" : `${byRule} were`} settled by a declared rule; ${standing.registered ? changed : "it was not registered"}.`
  );
}
