import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const OWN = `
.assay-header{border-bottom:10px solid #144e81;background:#0b0c0c}
.assay-header a,.assay-header span{color:#fff}
.assay-header__row{display:flex;flex-wrap:wrap;gap:10px 20px;align-items:baseline;padding:10px 0;justify-content:space-between}
.assay-header__name{font-size:24px;font-weight:700;text-decoration:none}
.assay-header form{display:inline}
.assay-header button{background:none;border:0;color:#fff;text-decoration:underline;font:inherit;cursor:pointer;padding:4px 0;min-height:24px}
.assay-nav{background:#f3f2f1;border-bottom:1px solid #cecece}
.assay-nav ul{list-style:none;margin-top:0;margin-bottom:0;padding:0;display:flex;flex-wrap:wrap;gap:0 20px}
.assay-nav a{display:block;padding:12px 0;text-decoration:none}
.assay-nav a[aria-current]{border-bottom:4px solid #144e81;font-weight:700}
.assay-figures{display:flex;flex-wrap:wrap;gap:10px 30px;padding:0;list-style:none}
.assay-figures strong{display:block;font-size:27px}
.assay-scroll{overflow-x:auto}
.assay-source{display:block}
.govuk-template,.govuk-template__body{background:#fff}
.assay-history__undone{color:#505a5f;text-decoration:line-through}
@media (max-width:640px){
.assay-cards thead{position:absolute;left:-10000px}
.assay-cards tr{display:block;border:1px solid #b1b4b6;margin-bottom:10px;padding:10px}
.assay-cards td,.assay-cards th{display:block;border:0;padding:2px 0;text-align:left}
.assay-cards td[data-label]:before{content:attr(data-label) ": ";font-weight:700}
}
@media print{.assay-nav,.assay-header form,.govuk-skip-link,.govuk-button{display:none}}
`;

/** The style sheet of every page: that of govuk-frontend in Arial, without the fonts it asks for, and ours. */
export function styleSheet(): { readonly text: string; readonly path: string } {
  const require = createRequire(import.meta.url);
  const file = require.resolve("govuk-frontend/dist/govuk/govuk-frontend.min.css");
  const text = `${readFileSync(file, "utf8")
    .replaceAll(/@font-face\{[^}]*\}/g, "")
    .replaceAll(/"?GDS Transport"?,\s*arial/gi, "Arial,Helvetica")}${OWN}`;
  return { text, path: `/assets/${createHash("sha256").update(text).digest("hex").slice(0, 16)}.css` };
}
