import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { computeCase, readCase } from "./case.ts";
import { compare } from "./compare.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const SHARED = join(process.env.ASSAY_SHARED ?? join(ROOT, "..", "shared"), "reference");
const OWN = join(ROOT, "test", "reference");

/** Shared cases on data that comes with R packages; the others are copied into this repository. */
const own = casesOf(OWN);
const sharedOnly = existsSync(SHARED) ? casesOf(SHARED).filter((name) => !own.includes(name)) : [];

function casesOf(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".json"));
}

function check(folder: string, name: string): void {
  const path = join(folder, name);
  const reference = readCase(path);
  const result = JSON.parse(JSON.stringify(computeCase(path, reference)));
  const { faults, worstShare, worstPath, compared } = compare(result, reference.expect, reference.tolerance ?? 0);
  expect(faults).toEqual([]);
  expect(compared).toBeGreaterThan(0);
  expect(worstShare, `worst at ${worstPath}`).toBeLessThanOrEqual(1);
}

describe("reference cases on simulated data", () => {
  it.each(own)("%s", (name) => check(OWN, name));
});

describe.skipIf(sharedOnly.length === 0)("reference cases on data of R packages", () => {
  it.each(sharedOnly.length === 0 ? ["(the shared folder is not beside the repository)"] : sharedOnly)("%s", (name) =>
    check(SHARED, name),
  );
});
