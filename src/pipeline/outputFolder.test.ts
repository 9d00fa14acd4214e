import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OutputFolder } from "./outputFolder.ts";

describe("the output folder of a run", () => {
  let path: string;
  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), "assay-out-")), "deep", "out");
  });
  afterEach(() => rmSync(join(path, "..", ".."), { recursive: true, force: true }));

  it("shows nothing before commit, everything after, and leaves neither lock nor stage", () => {
    {
      using folder = OutputFolder.open(path);
      folder.write("findings.json", "{}");
      folder.write("tables/a.csv", "a");
      expect(existsSync(join(path, "findings.json"))).toBe(false);
      folder.commit();
      expect(readFileSync(join(path, "tables", "a.csv"), "utf8")).toBe("a");
    }
    expect(readdirSync(path)).toEqual(["findings.json", "tables"]);
  });

  it("keeps the last good files when a run stops half-way", () => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "findings.json"), "good");
    {
      using folder = OutputFolder.open(path);
      folder.write("findings.json", "half");
    }
    expect(readFileSync(join(path, "findings.json"), "utf8")).toBe("good");
    expect(readdirSync(path)).toEqual(["findings.json"]);
  });

  it("removes what the run before wrote and this one did not, and nothing else", () => {
    mkdirSync(join(path, "tables"), { recursive: true });
    for (const name of ["old.csv", "mine.csv"]) writeFileSync(join(path, "tables", name), name);
    using folder = OutputFolder.open(path);
    folder.write("tables/new.csv", "new");
    folder.commit(["tables/old.csv", "tables/new.csv"]);
    expect(readdirSync(join(path, "tables"))).toEqual(["mine.csv", "new.csv"]);
  });

  it("refuses a second run while the first is alive", () => {
    using _first = OutputFolder.open(path);
    expect(() => OutputFolder.open(path)).toThrow(/Another run is writing to .*process \d+ on/);
  });

  it("takes over from a run that is gone, and clears what it staged", () => {
    mkdirSync(join(path, ".assay-staging-999999999"), { recursive: true });
    writeFileSync(join(path, ".assay.lock"), JSON.stringify({ pid: 999_999_999, host: hostname(), since: "" }));
    using folder = OutputFolder.open(path);
    expect(readdirSync(path).filter((name) => name.includes("999999999"))).toEqual([]);
    expect(folder.path).toBe(path);
  });

  it("believes a lock of another computer", () => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, ".assay.lock"), JSON.stringify({ pid: 1, host: "another-computer", since: "2026-01-01" }));
    expect(() => OutputFolder.open(path)).toThrow(/another-computer/);
  });
});
