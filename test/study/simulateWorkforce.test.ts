import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { WORKFORCE_FILES } from "#simulation";
import { assay, startAssay } from "../support/workshop.ts";

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
    const { files: digests, ...written } = JSON.parse(readFileSync(join(out, "truth.json"), "utf8"));
    expect(truth).toEqual(written);
    expect(Object.keys(digests)).toEqual(WORKFORCE_FILES.filter((name) => name !== "truth.json"));
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

  it("never writes over a file that was changed since, or that nobody simulated", async () => {
    const out = join(folder, "edited");
    const words = ["simulate", "workforce", "--out", out, "--teachers", "14000"];
    expect((await assay(...words)).code).toBe(0);
    appendFileSync(join(out, "mi_participants.csv"), "my precious line\n");
    const before = readFileSync(join(out, "census.parquet"));
    const said = await assay(...words, "--seed", "2");
    expect(said.code).toBe(1);
    expect(said.err).toContain("holds mi_participants.csv, which was not simulated, or changed since");
    expect(readFileSync(join(out, "mi_participants.csv"), "utf8")).toContain("my precious line");
    expect(readFileSync(join(out, "census.parquet")).equals(before)).toBe(true);
    rmSync(join(out, "mi_participants.csv"));
    expect((await assay(...words, "--seed", "2")).code).toBe(0);
  });

  it("writes one workforce at a time into a folder", async () => {
    const out = join(folder, "twice");
    const words = (seed: string) => ["simulate", "workforce", "--out", out, "--teachers", "14000", "--seed", seed];
    const ended = await Promise.all([startAssay(...words("1")).ended, startAssay(...words("2")).ended]);
    expect(ended.some(({ code }) => code === 0)).toBe(true);
    for (const { code, err } of ended) if (code !== 0) expect(err).toContain("Another simulation is writing into");
    const { files } = JSON.parse(readFileSync(join(out, "truth.json"), "utf8"));
    for (const [name, digest] of Object.entries(files)) {
      expect(
        createHash("sha256")
          .update(readFileSync(join(out, name)))
          .digest("hex"),
        name,
      ).toBe(digest);
    }
  });

  it("leaves what was there whole where it cannot finish", async () => {
    const out = join(folder, "half");
    const words = ["simulate", "workforce", "--out", out, "--teachers", "14000"];
    expect((await assay(...words)).code).toBe(0);
    // A folder stands where a file should: the last step fails.
    rmSync(join(out, "mi_schools.csv"));
    mkdirWithFile(join(out, "mi_schools.csv"));
    const said = await assay(...words, "--seed", "2");
    expect(said.code).toBe(1);
    expect(said.err).toContain("cannot be written");
    expect(JSON.parse(readFileSync(join(out, "truth.json"), "utf8")).options.seed).toBe(1);
    expect(readdirSync(out).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});

function mkdirWithFile(path: string): void {
  mkdirSync(path);
  writeFileSync(join(path, "something"), "");
}
