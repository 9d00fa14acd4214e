import type { SafeExhibit } from "#disclosure";
import { exhibitHtml } from "./exhibitHtml.ts";
import { html, Markup } from "./markup.ts";
import { STYLE } from "./styleSheet.ts";

/** The tables of a management information return as a page of their own. */
export interface ReturnPage {
  readonly title: string;
  /** Sentences before the first table: what was read, and what is wrong with it. */
  readonly lines: readonly string[];
  readonly exhibits: readonly SafeExhibit[];
  /** Files read, with their digests. */
  readonly sources: readonly { readonly file: string; readonly sha256: string }[];
}

/** One self-contained HTML file without any script: no request leaves it, and a content policy says so. */
export function writeReturnHtml({ title, lines, exhibits, sources }: ReturnPage): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  const page = html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<p class="kicker">Management information</p>
<h1>${title}</h1>
</header>
<main>
${lines.map((line) => html`<p>${line}</p>`)}
<nav aria-label="Contents"><h2>Contents</h2><ul>${exhibits.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<section aria-labelledby="tables"><h2 id="tables">Tables</h2>
${exhibits.map((exhibit, i) => exhibitHtml(exhibit, i + 1, false))}
</section>
<section aria-labelledby="sources"><h2 id="sources">Files read</h2>
<ul>${sources.map(({ file, sha256 }) => html`<li>${file}, SHA-256 <code class="digest">${sha256}</code></li>`)}</ul>
</section>
</main>
</body>
</html>
`;
  return page.text;
}
