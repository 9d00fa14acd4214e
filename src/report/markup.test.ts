import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { html, Markup } from "./markup.ts";

describe("html templates", () => {
  it("print any text as that text, in content and in attributes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (said) => {
        fc.pre(!/[\0\r]/.test(said));
        const page = parseHTML(html`<!doctype html><html><body><p title="${said}">${said}</p></body></html>`.text);
        const paragraph = page.document.querySelector("p")!;
        expect(paragraph.textContent).toBe(said);
        expect(paragraph.getAttribute("title")).toBe(said);
      }),
    );
  });

  it("put markup in as it is, join lists and leave out what is undefined", () => {
    expect(html`<ul>${["a<b", new Markup("<li>c</li>")]}${undefined}${3}</ul>`.text).toBe("<ul>a&lt;b<li>c</li>3</ul>");
  });
});
