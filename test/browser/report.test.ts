/// <reference lib="dom" />
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assay, SMALL_STUDY, Workshop } from "../support/workshop.ts";
import { axeFindings, sidewaysScroll } from "./checkPage.ts";
import { launchChromium } from "./chromium.ts";

const WIDTHS = [1280, 390];

describe("the report in a browser", () => {
  let browser: Browser;
  let shop: Workshop;

  beforeAll(async () => {
    // Every kind of exhibit: subgroups, sensitivities, school-SD units, a name that would break markup.
    shop = new Workshop({
      study: SMALL_STUDY.replace("A small study", '"Marks & <b>trusts</b>: déjà vu, 学校"').replace(
        "clusters: district }",
        "clusters: district, show: [effectSize, rawMeans], subgroups: { many-free-meals: { where: fsm_pct >= 20%, minimum: 5 } } }\nsensitivity:\n  placebo: { of: change, vary: { placebo: { from: 2014/15, to: 2015/16 } } }\n  one-out: { of: change, vary: { leaveOneOut: district } }",
      ),
    });
    const said = await assay("run", shop.folder);
    expect(said.code, said.err).toBe(0);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    shop[Symbol.dispose]();
  });

  async function openAt(width: number): Promise<{ page: Page; said: string[]; asked: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const said: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(shop.path("out", "report.html")).href);
    return { page, said, asked };
  }

  it.each(WIDTHS)("asks for nothing else, complains of nothing and never scrolls sideways at %i px", async (width) => {
    const { page, said, asked } = await openAt(width);
    await page.evaluate(() => {
      for (const box of document.querySelectorAll("details")) box.open = true;
    });
    expect(said).toEqual([]);
    expect(asked.filter((url) => !url.startsWith("data:"))).toHaveLength(1);
    expect(await sidewaysScroll(page)).toBeLessThanOrEqual(0);
    await page.close();
  });

  it.each(WIDTHS)("gives axe nothing to find at %i px", async (width) => {
    const { page } = await openAt(width);
    await page.evaluate(() => {
      for (const box of document.querySelectorAll("details")) box.open = true;
    });
    const found = await axeFindings(page);
    expect(found).toEqual([]);
    await page.close();
  });

  it("prints the title as text, whatever it holds", async () => {
    const { page } = await openAt(1280);
    expect(await page.textContent("h1")).toBe("Marks & <b>trusts</b>: déjà vu, 学校");
    await page.close();
  });

  it("has a caption and scopes on every table, and a name on every chart", async () => {
    const { page } = await openAt(1280);
    const faults = await page.evaluate(() => ({
      captions: [...document.querySelectorAll("table")].filter(
        (table) => (table.caption?.textContent ?? "").trim() === "",
      ).length,
      scopes: document.querySelectorAll("th:not([scope])").length,
      charts: document.querySelectorAll("svg").length,
      nameless: [...document.querySelectorAll("svg")].filter(
        (svg) => (svg.getAttribute("aria-label") ?? "").length < 40,
      ).length,
    }));
    expect(faults).toMatchObject({ captions: 0, scopes: 0, nameless: 0 });
    expect(faults.charts).toBeGreaterThan(3);
    await page.close();
  });

  it("filters the choices, and opens the protocol at the line a choice names", async () => {
    const { page } = await openAt(1280);
    await page.click("text=/Show all \\d+ settings/");
    await page.fill("#filter", "baselineYear");
    const shown = await page.$$eval("#choices-table tbody tr", (rows) =>
      rows.filter((row) => !(row as HTMLElement).hidden).map((row) => row.textContent),
    );
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.every((text) => text?.includes("baselineYear"))).toBe(true);
    await page.click("#choices-table tbody tr:not([hidden]) a");
    expect(await page.$eval("#protocol-text", (box) => (box as HTMLDetailsElement).open)).toBe(true);
    expect(await page.$eval(".line:target", (line) => line.textContent)).toContain("baselineYear: 2015/16");
    await page.close();
  });
});
