import { existsSync } from "node:fs";
import sparticuz from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** A headless browser: the computer's own Chromium where there is one, else the one that ships with the packages. */
export async function launchChromium(): Promise<Browser> {
  const executablePath =
    process.env.ASSAY_CHROMIUM ?? SYSTEM.find((path) => existsSync(path)) ?? (await sparticuz.executablePath());
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
}
