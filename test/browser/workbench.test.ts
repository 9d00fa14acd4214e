/// <reference lib="dom" />
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCode } from "#accounts";
import { Store } from "#store";
import { type Serving, serveWorkbench } from "#web";
import { axeFindings, sidewaysScroll } from "./checkPage.ts";
import { launchChromium } from "./chromium.ts";

const WIDTHS = [1280, 390];
const PASSWORD = "four plain words here";
const REGISTER = `URN,EstablishmentName,PhaseOfEducation (name),LA (name),DistrictAdministrative (name)
900101,Adder Lane Primary,Primary,Saltmarsh,Saltmarsh North
900102,Ysgol Tŷ Gwyn a Chanolfan Ddysgu Cymunedol Llanfair-ym-Mhell,Primary,Saltmarsh,Upper Wendle
900103,Cindertop School,Secondary,Saltmarsh,Saltmarsh South
`;

async function fillIn(page: Page, given: Readonly<Record<string, string>>): Promise<void> {
  for (const [field, value] of Object.entries(given)) await page.fill(`#${field}`, value);
}

/** A folder for pictures of every page, where somebody wants to look at them. */
const SHOTS = process.env.ASSAY_SHOTS;

describe.each(WIDTHS)("the workbench in a browser at %i px", (width) => {
  let browser: Browser;
  let folder: string;
  let store: Store;
  let serving: Serving;
  let code: string;

  beforeAll(async () => {
    browser = await launchChromium();
    folder = mkdtempSync(join(tmpdir(), "assay-browser-"));
    store = await Store.open({ folder });
    serving = await serveWorkbench(store, { port: 0 });
    code = (await startCode(store))!;
  });
  afterAll(async () => {
    await browser.close();
    await serving[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const visitors: BrowserContext[] = [];
  async function visitor(): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    visitors.push(context);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      // A form that is refused, or a page that is not there, answers with a status the browser writes down.
      if (!/status of 4\d\d/.test(message.text())) complaints.push(message.text());
    });
    return { page, complaints };
  }

  let shots = 0;
  async function look(page: Page, name: string): Promise<void> {
    expect(await sidewaysScroll(page), name).toBeLessThanOrEqual(0);
    expect(await axeFindings(page), name).toEqual([]);
    if (SHOTS === undefined) return;
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({
      path: join(SHOTS, `${width}-${String(shots++).padStart(2, "0")}-${name}.png`),
      fullPage: true,
    });
  }

  it("goes from the start link to a school that says no, and back", async () => {
    const { page, complaints } = await visitor();
    await page.goto(`${serving.origin}/invitation/${code}`);
    await look(page, "start");
    await page.click("button:text('Make the account')");
    await look(page, "start-errors");
    expect(await page.title()).toContain("Error: ");
    expect(await page.evaluate(() => document.activeElement?.className)).toContain("govuk-error-summary");
    await page.fill("#email", "alba@example.invalid");
    await page.fill("#name", "Alba Heron");
    await page.fill("#password", PASSWORD);
    await page.click("button:text('Make the account')");
    await look(page, "this-week-empty");

    await page.click("a:text('Start a programme')");
    await look(page, "programme");
    await page.fill("#name", "Lanternside Leaders");
    await page.fill("#provider", "Saltmarsh Leadership Trust");
    await page.fill("#funder", "Fund for Imaginary Schools");
    await page.click("button:text('Start the programme')");
    await look(page, "overview-first");
    expect(await page.textContent("main")).toContain("No cohorts yet");

    await page.click("nav a:text('Set up')");
    await page.fill("#name", "Cohort 3");
    await page.fill("#recruitFrom", "2026-01-01");
    await page.fill("#recruitUntil", "2099-01-31");
    await page.fill("#deliveryFrom", "2099-02-01");
    await page.fill("#deliveryUntil", "2100-07-31");
    await page.click("button:text('Add the cohort')");
    await look(page, "set-up");

    await page.click("nav a:text('Schools')");
    await look(page, "schools-empty");
    await page.click("a:text('Bring in the school register')");
    const file = join(folder, "register.csv");
    writeFileSync(file, REGISTER);
    await page.fill("#asAt", "2026-10-01");
    await page.setInputFiles("#file", file);
    await look(page, "register");
    await page.click("button:text('See what will happen')");
    await look(page, "register-preview");
    await page.click("button:text('Bring in 3 rows')");
    await look(page, "schools");

    await page.fill("#q", "ty gwyn");
    await page.click("button:text('Find')");
    await page.click("th a");
    await page.click("a:has-text('Record a contact')");
    await look(page, "contact");
    await page.check("label:text('Declined')");
    await page.click("button:text('Record the contact')");
    await look(page, "contact-errors");
    expect(await page.textContent(".govuk-error-summary")).toContain("Select why the school said no");
    await page.check("label:text('Phone')");
    await page.check("label:text('Time and workload')");
    await page.fill("#note", "Not this year; ask again after the inspection.");
    await page.click("button:text('Record the contact')");
    await look(page, "school");
    expect(await page.textContent("main")).toContain("declined since");
    await page.click("nav a:text('Recruitment')");
    await look(page, "recruitment");
    expect(await page.textContent("main")).toContain("Time and workload: 1");
    await page.goBack();
    await page.click("button:text('Undo')");
    expect(await page.textContent("main")).toContain("The contact was undone");
    await look(page, "school-undone");

    await page.click("nav a:text('People')");
    await look(page, "people-empty");
    await page.click("a:text('Add a participant')");
    await page.click("button:text('Add them')");
    await look(page, "participant-errors");
    expect(await page.textContent(".govuk-error-summary")).toMatch(/URN.*given name.*job title.*day they start/s);
    const katherine = { urn: "900101", givenName: "Katherine", familyName: "Marl", birthDate: "1980-02-01" };
    await fillIn(page, { ...katherine, jobTitle: "Deputy head", startsOn: "2026-09-01" });
    await page.click("button:text('Add them')");
    await look(page, "participant");
    expect(await page.textContent("main")).toContain("Katherine Marl was added");
    await page.click("nav a:text('People')");
    await page.click("a:text('Add a participant')");
    await fillIn(page, {
      ...katherine,
      urn: "900103",
      givenName: "Kathy",
      jobTitle: "Teacher",
      startsOn: "2026-09-01",
    });
    await page.click("button:text('Add them')");
    await look(page, "same-person");
    await page.click("button:text('Go on')");
    await look(page, "same-person-errors");
    expect(await page.textContent(".govuk-error-summary")).toContain("Choose who it is");
    await page.check("label:text('Somebody else')");
    await page.click("button:text('Go on')");
    expect(await page.textContent("main")).toContain("Kathy Marl was added");
    await page.click("a:has-text('Kathy is leaving')");
    await page.click("button:text('Record it')");
    await look(page, "leaving-errors");
    await page.fill("#endsOn", "2026-10-30");
    await page.check("label:text('New school')");
    await page.click("button:text('Record it')");
    await look(page, "left");
    await page.click("button:text('Undo: they stay')");
    expect(await page.textContent("main")).toContain("Kathy Marl stays in the programme");
    await page.click("nav a:text('People')");
    await look(page, "people");
    expect(await page.textContent("main")).toContain("2 participations of 2 people");

    await page.goto(serving.origin);
    await page.click("a:text('Audit trail')");
    await look(page, "audit");
    await page.goto(`${serving.origin}/admin/accounts`);
    await look(page, "accounts");
    await page.goto(`${serving.origin}/account`);
    await look(page, "account");
    await page.goto(`${serving.origin}/p/nowhere`);
    await look(page, "not-found");
    await page.goto(serving.origin);
    await page.click("button:text('Sign out')");
    await look(page, "sign-in");
    await page.goBack();
    expect(await page.textContent("main")).not.toContain("Lanternside");
    expect(complaints).toEqual([]);
    for (const context of visitors) await context.close();
  });
});
