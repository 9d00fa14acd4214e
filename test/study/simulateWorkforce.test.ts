import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { WORKFORCE_FILES } from "#simulation";
import { assay } from "../support/workshop.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-workforce-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("assay simulate workforce", () => {
  it("writes every file and says where, and the truth as JSON when asked", async () => {
    const out = join(folder, "made");
    const said = await assay("simulate", "workforce", "--out", out, "--teachers", "14000", "--seed", "3", "--json");
    expect(said.code, said.err).toBe(0);
    const { state, files, truth } = JSON.parse(said.out);
    expect(state).toBe("ok");
    expect(files).toEqual(WORKFORCE_FILES.map((name) => join(out, name)));
    expect(truth).toEqual(JSON.parse(readFileSync(join(out, "truth.json"), "utf8")));
    expect(truth.options).toMatchObject({ teachers: 14_000, programmeSchools: 30, retentionEffect: 0.5 });
    expect(new Set(readdirSync(out))).toEqual(new Set(WORKFORCE_FILES));
  });

  it("says every option that cannot be used, and touches nothing", async () => {
    const out = join(folder, "kept");
    const said = await assay(
      ...["simulate", "workforce", "--out", out, "--teachers", "9", "--schools", "2", "--school-effect", "40"],
    );
    expect(said.code).toBe(1);
    expect(said.err).toContain("The number of teachers must be a whole number from 14000 to 1000000, not 9.");
    expect(said.err).toContain("The number of schools must be a whole number");
    expect(said.err).toContain("The effect on schools must lie between -3 and 3");
    expect(said.err).toContain("3 things need mending first");
    expect(readdirSync(folder)).not.toContain("kept");
  });

  it("takes no word for a number, and needs a folder", async () => {
    const said = await assay("simulate", "workforce", "--out", folder, "--hidden-selection", "much");
    expect(said.code).toBe(2);
    expect(said.err).toContain('--hidden-selection takes a number; "much" is none.');
    expect((await assay("simulate", "workforce")).code).toBe(2);
  });

  it("leaves no truth beside files it could not finish", async () => {
    const out = join(folder, "half");
    const words = ["simulate", "workforce", "--out", out, "--teachers", "14000"];
    expect((await assay(...words)).code).toBe(0);
    // A folder stands where a file should: the last step fails.
    rmSync(join(out, "mi_schools.csv"));
    mkdirWithFile(join(out, "mi_schools.csv"));
    const said = await assay(...words, "--seed", "2");
    expect(said.code).toBe(1);
    expect(said.err).toContain("cannot be written");
    expect(readdirSync(out)).not.toContain("truth.json");
    expect(readdirSync(out).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});

function mkdirWithFile(path: string): void {
  mkdirSync(path);
  writeFileSync(join(path, "something"), "");
}
