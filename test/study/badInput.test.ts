import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { assay, SMALL_STUDY, smallPanel, startAssay, Workshop } from "../support/workshop.ts";

/** Runs a study that cannot run, and asserts that it says why, ends with 1 and writes nothing. */
async function refusal(shop: Workshop): Promise<string> {
  const said = await assay("run", shop.folder);
  expect(said.err).not.toContain("mistake of its own");
  expect(said.code).toBe(1);
  expect(existsSync(shop.path("out", "findings.json"))).toBe(false);
  expect(existsSync(shop.path("registration"))).toBe(false);
  expect(said.err).toContain("Nothing was changed");
  return said.err;
}

describe("bad files", () => {
  it("says which file is missing, and which is nearest", async () => {
    using shop = new Workshop();
    shop.editStudy(["file: panel.csv", "file: pannel.csv"]);
    const said = await refusal(shop);
    expect(said).toContain("pannel.csv");
    expect(said).toContain("Nearest: `panel.csv`");
  });

  it("says where a file is not UTF-8, and how to read it", async () => {
    using shop = new Workshop();
    shop.writeData(
      "panel.csv",
      Buffer.from(
        smallPanel((row) => ({ ...row, district: row.district === "D01" ? "Caf\u00e9" : row.district })),
        "latin1",
      ),
    );
    const said = await refusal(shop);
    expect(said).toMatch(/panel\.csv.*line 2/s);
    expect(said).toContain("encoding: windows-1252");
  });

  it("says that a gzip file is cut short", async () => {
    using shop = new Workshop();
    const whole = gzipSync(smallPanel());
    shop.writeData("panel.csv.gz", whole.subarray(0, whole.length - 200));
    shop.editStudy(["file: panel.csv", "file: panel.csv.gz"]);
    expect(await refusal(shop)).toMatch(/panel\.csv\.gz.*breaks off in the middle/s);
  });

  it("says on which line a row has too few fields", async () => {
    using shop = new Workshop();
    const lines = smallPanel().split("\n");
    lines[5] = "S002,2015,D02,1";
    shop.writeData("panel.csv", lines.join("\n"));
    const said = await refusal(shop);
    expect(said).toMatch(/panel\.csv:6/);
    expect(said).toMatch(/4 fields/);
    expect(said).toMatch(/7/);
  });

  it("says which header occurs twice", async () => {
    using shop = new Workshop();
    shop.writeData("panel.csv", smallPanel().replace("fsm_pct,mark", "mark,mark"));
    expect(await refusal(shop)).toMatch(/header-repeated {2}panel\.csv has 2 columns headed mark/);
  });

  it("says which column was renamed, and to what it seems", async () => {
    using shop = new Workshop();
    shop.writeData("panel.csv", smallPanel().replace("fsm_pct", "fsm_percent"));
    const said = await refusal(shop);
    expect(said).toContain("header-changed");
    expect(said).toContain("fsm_percent");
  });

  it("says where text stands in a number, and writes every such cell on request", async () => {
    using shop = new Workshop({
      panel: smallPanel((row) => (row.school < "S004" && row.year === "2015" ? { ...row, mark: "n/k" } : row)),
    });
    expect(await refusal(shop)).toMatch(/3 cells of mark .*"n\/k".*line 2/s);
    await assay("check", shop.folder, "--report-faults", shop.path("faults.csv"));
    expect(shop.read("faults.csv").trim().split("\n")).toHaveLength(4);
  });

  it("says where a date is out of range", async () => {
    using shop = new Workshop();
    shop.writeData(
      "panel.csv",
      smallPanel()
        .replaceAll(/^(S\d+),(\d+),/gm, (_, school, year) => `${school},${year},2016-02-30,`)
        .replace("year,", "year,opened,"),
    );
    shop.editStudy(["      district: ", "      opened: { type: date }\n      district: "]);
    expect(await refusal(shop)).toMatch(/384 cells of opened.*2016-02-30/s);
  });
});

describe("data that cannot answer", () => {
  it("says that nobody is treated", async () => {
    using shop = new Workshop({ panel: smallPanel((row) => ({ ...row, programme: "0" })) });
    expect(await refusal(shop)).toContain("`treated` is true for 0 of 96 schools in 2015/16 (96 no, 0 undecided)");
  });

  it("says that nobody is left to compare with", async () => {
    using shop = new Workshop({ panel: smallPanel((row) => ({ ...row, programme: "1" })) });
    expect(await refusal(shop)).toContain("The pool has 0 schools");
  });

  it("says that a covariate does not vary", async () => {
    using shop = new Workshop({ panel: smallPanel((row) => ({ ...row, pupils: "300" })) });
    expect(await refusal(shop)).toContain("pupils at baseline has the same value, 300, for all 96 units");
  });

  it("says which covariate separates the treated perfectly", async () => {
    using shop = new Workshop({
      panel: smallPanel((row) => ({ ...row, pupils: row.programme === "1" ? "900" : row.pupils })),
    });
    const said = await refusal(shop);
    expect(said).toContain("separation");
    expect(said).toContain("pupils at baseline");
  });

  it("says how to declare a treatment coded 1 and 2", async () => {
    using shop = new Workshop({
      panel: smallPanel((row) => ({ ...row, programme: row.programme === "1" ? "2" : "1" })),
    });
    const said = await refusal(shop);
    expect(said).toMatch(/programme.*"2"/s);
    expect(said).toMatch(/0.*1|yes.*no|true.*false/s);
  });

  it("gives no interval when all programme schools lie in one cluster, and says so", async () => {
    using shop = new Workshop({
      panel: smallPanel((row) => ({ ...row, district: row.programme === "1" ? "D01" : row.district })),
    });
    const said = await assay("run", shop.folder);
    expect(said.code).toBe(0);
    expect(said.out).toContain("only 1 treated cluster, under 6");
    const [result] = JSON.parse(shop.read("out", "findings.json")).results;
    expect(result).not.toHaveProperty("p");
    expect(result.reason).toContain("only 1 treated cluster");
  });

  it("does not call rounding a difference when the outcome never varies", async () => {
    using shop = new Workshop({
      panel: smallPanel((row) => ({ ...row, mark: String(90 + (Number(row.school.slice(1)) % 17)) })),
    });
    const said = await assay("run", shop.folder);
    expect(said.code, said.err).toBe(0);
    expect(said.out).toContain("the outcome does not vary");
    const [result] = JSON.parse(shop.read("out", "findings.json")).results;
    expect(result).not.toHaveProperty("p");
    expect(result).not.toHaveProperty("estimate");
  });

  it("says which horizon no file reaches", async () => {
    using shop = new Workshop();
    shop.editStudy(["horizons: [2017/18]", "horizons: [2017/18, 2025/26]"]);
    expect(await refusal(shop)).toMatch(
      /horizon-beyond-data {2}change asks for 2025\/26, and panel holds no row of that year: its years are 2014\/15, .*2017\/18/,
    );
  });

  it("finds at `check` what needs no outcome", async () => {
    using shop = new Workshop({ panel: smallPanel((row) => ({ ...row, programme: "0" })) });
    const said = await assay("check", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain("nobody-treated");
  });

  it("works out a study whose covariate is missing, and counts who left", async () => {
    using shop = new Workshop({
      panel: smallPanel((row) => (row.school === "S009" && row.year === "2016" ? { ...row, fsm_pct: "" } : row)),
    });
    const said = await assay("run", shop.folder);
    expect(said.code).toBe(0);
    expect(shop.read("out", "tables", "flow-main.csv")).toContain("a covariate is missing");
  });
});

describe("the output folder", () => {
  it("says that a file is in the way", async () => {
    using shop = new Workshop();
    writeFileSync(shop.path("out"), "not a folder");
    const said = await assay("run", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toMatch(/cannot-write.*out cannot be written: a file with that name is in the way/);
  });

  const small = smallMount();
  it.skipIf(small === undefined)("says that the disk is full, and leaves the last good files", async () => {
    using shop = new Workshop();
    const out = join(small!, "full");
    mkdirSync(out);
    writeFileSync(join(out, "findings.json"), "the last good one");
    const said = await assay("run", shop.folder, "--out", out);
    expect(said.code).toBe(1);
    expect(said.err).toMatch(/cannot be written: the disk is full\. The last good files are as they were\./);
    expect(readdirSync(out)).toEqual(["findings.json"]);
    spawnSync("mount", ["-o", "remount,ro", small!]);
    const readOnly = await assay("run", shop.folder, "--out", join(small!, "other"));
    expect(readOnly.err).toContain("it is read-only");
    spawnSync("umount", [small!]);
    rmSync(small!, { recursive: true, force: true });
  });

  it("refuses a second run in the same folder while the first goes on, and takes over when it was killed", async () => {
    using shop = new Workshop();
    shop.writeStudy(SMALL_STUDY);
    const first = startAssay("run", shop.folder);
    while (!existsSync(shop.path("out", ".assay.lock")) && first.child.exitCode === null)
      await new Promise((wait) => setTimeout(wait, 5));
    process.kill(first.child.pid!, "SIGSTOP");
    const second = await assay("run", shop.folder);
    expect(second.code).toBe(1);
    expect(second.err).toMatch(/folder-in-use {2}Another run is writing to .* \(process \d+ on /);
    process.kill(first.child.pid!, "SIGKILL");
    await first.ended;
    const third = await assay("run", shop.folder);
    expect(third.code).toBe(0);
    expect(readdirSync(shop.path("out")).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("never holds an input, and loses no file that is not its own", async () => {
    using shop = new Workshop();
    const held = await assay("run", shop.folder, "--out", shop.path("data"));
    expect(held.code).toBe(1);
    expect(held.err).toContain("out-holds-input");
    const over = await assay("run", shop.folder, "--out", shop.path("study.yaml"));
    expect(over.err).toContain("study.yaml is a file this study reads.");
    mkdirSync(shop.path("out", "tables"), { recursive: true });
    writeFileSync(shop.path("out", "tables", "mine.csv"), "mine");
    expect((await assay("run", shop.folder)).code).toBe(0);
    expect(shop.read("out", "tables", "mine.csv")).toBe("mine");
  });

  it("says that a folder has the name of a file, before anything moves", async () => {
    using shop = new Workshop();
    mkdirSync(shop.path("out", "report.html"), { recursive: true });
    const said = await assay("run", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain("a folder with the name of a file is in the way");
    expect(readdirSync(shop.path("out"))).toEqual(["report.html"]);
  });

  it.skipIf(!existsSync("/proc"))("says so where no folder can be made", async () => {
    using shop = new Workshop();
    const said = await assay("run", shop.folder, "--out", "/proc/nowhere");
    expect(said.code).toBe(1);
    expect(said.err).toContain("cannot-write");
  });

  it("is not the current folder by accident, and a list of faults is written over nothing else", async () => {
    using shop = new Workshop({ panel: smallPanel((row) => (row.school === "S001" ? { ...row, mark: "n/k" } : row)) });
    expect((await assay("run", shop.folder, "--out", "")).code).toBe(2);
    const before = shop.read("data", "panel.csv");
    const said = await assay("check", shop.folder, "--report-faults", shop.path("data", "panel.csv"));
    expect(said.code).toBe(2);
    expect(said.err).toContain("is no list of faults");
    expect(shop.read("data", "panel.csv")).toBe(before);
  });

  it("leaves nothing half written when interrupted", async () => {
    using shop = new Workshop();
    const run = startAssay("run", shop.folder);
    while (!existsSync(shop.path("out", ".assay.lock")) && run.child.exitCode === null)
      await new Promise((wait) => setTimeout(wait, 5));
    process.kill(run.child.pid!, "SIGINT");
    const ended = await run.ended;
    expect(ended.code).toBe(130);
    expect(readdirSync(shop.path("out"))).toEqual([]);
  });
});

/** A file system of 64 KB, where one can be mounted; undefined elsewhere. */
function smallMount(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "assay-small-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
  if (mounted.status === 0) return folder;
  rmSync(folder, { recursive: true, force: true });
  return undefined;
}
