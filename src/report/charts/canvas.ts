import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Markup } from "../markup.ts";

/** Width charts are drawn at, in px: legible when shrunk to a phone, not too large on a desk. */
export const CHART_WIDTH = 420;

/** Colours that tell apart in print and for colour-blind readers; shapes and words carry the same meaning. */
export const INK = { strong: "#0b4f6c", weak: "#8a8f94", warm: "#b5541c", rule: "#c8cdd1", text: "#16202a" } as const;

type PlotOptions = NonNullable<Parameters<typeof Plot.plot>[0]>;

/** Draws a plot on the server and returns its SVG with an accessible name. */
export function drawPlot(options: PlotOptions, alt: string): Markup {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const drawn = Plot.plot({
    width: CHART_WIDTH,
    // Plot asks for the browser's document; linkedom's does all it needs.
    document: document as never,
    style: { fontFamily: "Arial, Helvetica, sans-serif", fontSize: "12px", background: "none" },
    ...options,
  });
  const svg = drawn.tagName.toLowerCase() === "svg" ? drawn : drawn.querySelector("svg")!;
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  // The picture has one name; names of its parts would be read one by one.
  for (const part of [...svg.querySelectorAll("[aria-label],[aria-description],[aria-hidden]")]) {
    for (const name of ["aria-label", "aria-description", "aria-hidden"]) part.removeAttribute(name);
  }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", alt);
  svg.removeAttribute("class");
  for (const style of [...svg.querySelectorAll("style")]) style.remove();
  return new Markup(svg.outerHTML.replaceAll("currentColor", INK.text));
}

/** Marks closer together than this share of their size lie on one point: no axis has ticks between them. */
const ONE_POINT = 1e-12;

/** Room on both sides of a domain, so that the outermost mark does not touch the edge; 1 where all lie on one point. */
export function padded(low: number, high: number, share = 0.08): [number, number] {
  const isPoint = high - low <= ONE_POINT * Math.max(1, Math.abs(low), Math.abs(high));
  const room = isPoint ? 1 : (high - low) * share;
  return [low - room, high + room];
}

/** −0.2, 0, 0.2 with a true minus sign. */
export function printTick(value: number): string {
  const text = String(Number(value.toPrecision(6)));
  return text.startsWith("-") ? `−${text.slice(1)}` : text;
}
