import { createHash } from "node:crypto";
import { appendices } from "./appendices.ts";
import { exhibitHtml } from "./exhibitHtml.ts";
import { html, Markup } from "./markup.ts";
import { pageOne } from "./pageOne.ts";
import type { Publication, Section } from "./publication.ts";
import { SCRIPT, STYLE } from "./styleSheet.ts";

/** What the page says about registration beyond the publication: the day and the person, from the record itself. */
export interface Registered {
  readonly on?: string;
  readonly by?: string;
}

/** One self-contained HTML file: no request leaves it, and a content policy says so. */
export function writeHtml(publication: Publication, registered: Registered = {}): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${hash(SCRIPT)}; img-src data:`;
  const exhibits = new Map(publication.exhibits.map((exhibit) => [exhibit.id, exhibit]));
  const numberOf = new Map(publication.sections.flatMap((each) => each.exhibits).map((id, i) => [id, i + 1]));
  const section = (one: Section): Markup => {
    const tables = one.exhibits.map((id) => exhibitHtml(exhibits.get(id)!, numberOf.get(id)!));
    const body = one.isFolded
      ? html`<details class="folded"><summary>Show ${one.exhibits.length} tables</summary>${tables}</details>`
      : html`${tables}`;
    return html`<section aria-labelledby="${one.id}"><h2 id="${one.id}">${one.title}</h2>${one.text.map((text) => html`<p>${text}</p>`)}${body}</section>`;
  };
  const page = html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${publication.study.title}${publication.standing.exploratory ? " (exploratory)" : ""}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${pageOne(publication, registered.on)}
<nav aria-label="Contents"><h2>Contents</h2><ul>${contents(publication)}</ul></nav>
${publication.sections.map(section)}
${appendices(publication, registered.on, registered.by)}
</main>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}

const APPENDICES = [
  ["declared", "What was declared, and when"],
  ["warnings", "Warnings"],
  ["sources", "Data sources"],
  ["choices", "Every choice and who made it"],
  ["protocol", "The protocol in full"],
  ["method", "How to check this report"],
] as const;

function contents({ sections }: Publication): readonly Markup[] {
  const links = [...sections.map((section) => [section.id, section.title] as const), ...APPENDICES];
  return links.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`);
}
