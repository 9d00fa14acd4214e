import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Result } from "#report";
import { assay, ROOT, smallPanel, Workshop } from "../support/workshop.ts";

describe("a run", () => {
  it("gives byte-identical findings twice, in any folder, registered again", async () => {
    using first = new Workshop();
    using second = new Workshop();
    expect((await assay("run", first.folder)).code).toBe(0);
    const once = first.read("out", "findings.json");
    expect((await assay("run", first.folder)).code).toBe(0);
    expect(first.read("out", "findings.json")).toBe(once);
    expect((await assay("run", second.folder, "--out", second.path("elsewhere"), "--by", "somebody else")).code).toBe(
      0,
    );
    expect(second.read("elsewhere", "findings.json")).toBe(once);
    expect(once).not.toContain(first.folder);
  });

  it("finds the effect that was put in", async () => {
    using shop = new Workshop();
    await assay("run", shop.folder);
    const [result] = JSON.parse(shop.read("out", "findings.json")).results;
    expect(result.low).toBeLessThan(2);
    expect(result.high).toBeGreaterThan(2);
    expect(result.treatedClusters).toBe(8);
  });

  it("prints what each table says, in the order of the report", async () => {
    using shop = new Workshop();
    const { out } = await assay("run", shop.folder);
    const { exhibits } = JSON.parse(shop.read("out", "findings.json"));
    const printed = out.split("\n").filter((line) => line.startsWith("Table "));
    expect(printed.length).toBeGreaterThan(5);
    expect(printed).toEqual(
      exhibits.map(
        ({ title, summary }: { title: string; summary: string }, i: number) => `Table ${i + 1}. ${title}. ${summary}`,
      ),
    );
  });

  it("is the same step by step", async () => {
    using shop = new Workshop();
    using whole = new Workshop();
    for (const step of ["check", "design", "register", "estimate", "report"]) {
      const said = await assay(step, shop.folder);
      expect(said.code, `${step}: ${said.err}`).toBe(0);
    }
    await assay("run", whole.folder);
    for (const file of ["findings.json", "report.html", "design.json"])
      expect(shop.read("out", file)).toBe(whole.read("out", file));
    expect(readdirSync(shop.path("out", "tables"))).toEqual(readdirSync(whole.path("out", "tables")));
  });

  it("leaves the data as they were", async () => {
    using shop = new Workshop();
    const before = shop.read("data", "panel.csv");
    await assay("run", shop.folder);
    expect(shop.read("data", "panel.csv")).toBe(before);
    expect(readdirSync(shop.path("data"))).toEqual(["panel.csv"]);
  });

  it("takes the old report away when new findings are estimated", async () => {
    using shop = new Workshop();
    await assay("run", shop.folder);
    await assay("estimate", shop.folder, "--exploratory");
    expect(readdirSync(shop.path("out")).sort()).toEqual(["design.json", "findings.json", "samples", "tables"]);
    expect(readdirSync(shop.path("out", "tables"))).toEqual([]);
    await assay("report", shop.folder);
    expect(shop.read("out", "report.html")).toContain("Exploratory.");
  });

  it("says when findings are something else", async () => {
    using shop = new Workshop();
    mkdirSync(shop.path("out"));
    writeFileSync(shop.path("out", "findings.json"), '{"format":"assay-findings/1"}');
    const said = await assay("report", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain("is not a findings file of this edition");
    expect(readdirSync(shop.path("out"))).toEqual(["findings.json"]);
  });

  it("reads its inputs from --data and writes to --out", async () => {
    using shop = new Workshop();
    using other = new Workshop();
    const said = await assay("run", shop.folder, "--data", other.path("data"), "--out", shop.path("results"), "--json");
    expect(said.code).toBe(0);
    const json = JSON.parse(said.out);
    expect(json.state).toBe("ok");
    expect(json.files).toContain(shop.path("results", "report.html"));
    expect(existsSync(shop.path("out"))).toBe(false);
  });

  it("says how many rows a file should have had", async () => {
    using shop = new Workshop();
    shop.editStudy(["key: [school, year]", "key: [school, year]\n    expect: { rows: 400 }"]);
    const said = await assay("run", shop.folder);
    expect(said.code).toBe(0);
    expect(said.out).toContain("panel.csv holds 384 rows; 400 were expected.");
  });

  it("says how many rows name nobody, since they are left out", async () => {
    const panel = smallPanel();
    const own = panel.split("\n").find((line) => line.startsWith("S001,2016"))!;
    using shop = new Workshop({ panel: panel.replace(own, own.replace("S001", "")) });
    const said = await assay("run", shop.folder);
    expect(said.code, said.err).toBe(0);
    expect(said.out).toContain("panel.csv: 1 row without a value in the key");
  });

  it("stops at a key that occurs twice, with how often and for how many of the treated", async () => {
    const panel = smallPanel();
    const twice = panel.split("\n").find((line) => line.startsWith("S001,2016"))!;
    using shop = new Workshop({ panel: `${panel}${twice}\n` });
    const said = await assay("run", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toMatch(/key-repeated {2}.*occurs twice 1 times? \(1 treated\)/);
  });
});

describe("joins", () => {
  it("count rows without a partner by group, and show them", async () => {
    using shop = new Workshop();
    const schools = Array.from({ length: 96 }, (_, i) => `S${String(i + 1).padStart(3, "0")}`).filter(
      (school) => school !== "S001" && school !== "S010",
    );
    shop.writeData(
      "extra.csv",
      `school,size\n${schools.map((school, i) => `${school},${100 + ((i * 31) % 60)}`).join("\n")}\n`,
    );
    shop.editStudy(
      [
        "units:",
        "  extra: { file: extra.csv, key: [school], columns: { school: { type: text }, size: { type: whole, unit: pupils, measured: 2014/15 } } }\nunits:",
      ],
      [
        "identity: school, year: year }",
        "identity: school, year: year, join: [{ source: extra, on: [school], columns: [size], missing: drop }] }",
      ],
    );
    const said = await assay("run", shop.folder);
    expect(said.code, said.err).toBe(0);
    expect(said.out).toMatch(/join-loses {2}3\.1% of programme schools and 1\.6% of others have no row in extra/);
    expect(shop.read("out", "tables", "flow-main.csv")).toMatch(/no row in extra,1,1/);
  });

  it("never multiply rows", async () => {
    using shop = new Workshop();
    shop.writeData("extra.csv", "school,size\nS001,1\nS001,2\n");
    shop.editStudy(
      [
        "units:",
        "  extra: { file: extra.csv, columns: { school: { type: text }, size: { type: whole, unit: pupils, measured: 2014/15 } } }\nunits:",
      ],
      [
        "identity: school, year: year }",
        "identity: school, year: year, join: [{ source: extra, on: [school], columns: [size] }] }",
      ],
    );
    const said = await assay("run", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toContain("join-multiplies");
  });
});

describe("trace", () => {
  it("answers for an exhibit, a row and a cell", async () => {
    using shop = new Workshop();
    await assay("run", shop.folder);
    const said = await assay("trace", "effects-change.mark-2017-18-adjusted.effect", shop.folder);
    expect(said.code).toBe(0);
    expect(said.out).toMatch(/Difference: \+\d\.\d+ \(\d\.\d{6,}\)/);
    for (const word of [
      "definition:",
      "base: schools with a row in 2015/16",
      "set:",
      "date:",
      "filter: treated: programme = yes",
      "model:",
      "SHA-256",
      "registration: record 1",
      "program: Assay",
    ]) {
      expect(said.out).toContain(word);
    }
    expect(said.out).toMatch(/units, for example: S\d{3}/);
    expect(said.out).toMatch(/SHA-256 [0-9a-f]{64}, unchanged/);
    shop.writeData("panel.csv", `${shop.read("data", "panel.csv")}\n`);
    expect((await assay("trace", "flow-main", shop.folder)).out).toMatch(/SHA-256 [0-9a-f]{64}, changed since/);
    const json = JSON.parse((await assay("trace", "flow-main", shop.folder, "--json")).out);
    expect(json.inputs[0].sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("names the nearest figure for a wrong name", async () => {
    using shop = new Workshop();
    await assay("run", shop.folder);
    expect((await assay("trace", "efects-change", shop.folder)).err).toContain("Nearest: effects-change.");
    expect((await assay("trace", "effects-change.mark-2017-18-adjusted.efect", shop.folder)).err).toContain(
      "Nearest: effect.",
    );
    expect((await assay("trace", "a.b.c.d", shop.folder)).code).toBe(1);
  });

  it("says what to do when there are no findings", async () => {
    using shop = new Workshop();
    const said = await assay("trace", "flow-main", shop.folder);
    expect(said.code).toBe(1);
    expect(said.err).toMatch(/findings\.json is not there\. Run `assay estimate`/);
  });
});

describe("small numbers", () => {
  it("are withheld from every table, file and line", async () => {
    using shop = new Workshop({
      panel: smallPanel((row) => (row.school === "S009" && row.year === "2016" ? { ...row, fsm_pct: "" } : row)),
    });
    shop.editStudy(
      ["disclosure: { minimum: 0 }", "disclosure: { minimum: 10 }"],
      ["\nanalyses:", "\nsensitivity:\n  each-left-out: { of: change, vary: { leaveOneOut: district } }\nanalyses:"],
    );
    const said = await assay("run", shop.folder);
    expect(said.code, said.err).toBe(0);
    const { results } = JSON.parse(shop.read("out", "findings.json")) as { results: readonly Result[] };
    const leftOut = results.filter(({ specification }) => specification === "each-left-out");
    expect(leftOut.length).toBeGreaterThan(1);
    for (const { changed, treated, comparisonUnits, estimate, reason } of leftOut) {
      expect(changed).toMatch(/^without Cluster \d+$/);
      expect([treated, comparisonUnits, estimate]).toEqual([undefined, undefined, undefined]);
      expect(reason).toBe("withheld: it rests on, or leaves out, fewer than 10 units of one group");
    }
    expect(shop.read("out", "tables", "missingness-main.csv")).toMatch(/fsm_pct at baseline,0,.*,c,/);
    expect(shop.read("out", "findings.json")).not.toContain('"S009"');
    expect(shop.read("out", "tables", "clusters-change.csv")).toContain("Cluster 1");
    expect((await assay("trace", "effects-change.mark-2017-18-adjusted", shop.folder)).out).toContain(
      "units: withheld by the disclosure rules",
    );
  });
});

describe("starting points", () => {
  it("init makes a study that runs at once, and never writes over one", async () => {
    using shop = new Workshop();
    const folder = shop.path("new");
    mkdirSync(folder);
    expect((await assay("init", folder)).code).toBe(0);
    const again = await assay("init", folder);
    expect(again.code).toBe(1);
    expect(again.err).toMatch(/study\.yaml and .*panel\.csv are there already\. Nothing was changed\./);
    const said = await assay("run", folder);
    expect(said.code, said.err).toBe(0);
    expect(said.out).toContain("Reading score in 2018/19");
  });

  it("simulate schools gives the data of the invented example, byte for byte", async () => {
    using shop = new Workshop();
    const out = shop.path("simulated");
    expect((await assay("simulate", "schools", "--seed", "2026", "--out", out)).code).toBe(0);
    for (const file of ["panel.csv", "truth.json"]) {
      expect(readFileSync(join(out, file), "utf8")).toBe(
        readFileSync(join(ROOT, "examples", "invented-trust", "data", file), "utf8"),
      );
    }
    const wrong = await assay("simulate", "schools", "--seed", "many", "--out", out);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('--seed takes a number; "many" is none.');
  });

  it("schema prints JSON Schema that names the sections", async () => {
    const schema = JSON.parse((await assay("schema")).out);
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(["assay", "study", "sources", "units", "design", "outcomes", "analyses"]),
    );
  });
});

describe("usage", () => {
  it("ends with 2 for a word nobody knows, with help to go on", async () => {
    const said = await assay("estimte");
    expect(said.code).toBe(2);
    expect(said.err).toContain("(Did you mean estimate?)");
    expect((await assay("run", ".", "--colour")).code).toBe(2);
    expect((await assay("trace")).code).toBe(2);
  });

  it("has help with examples for every command", async () => {
    const help = await assay("--help");
    expect(help.code).toBe(0);
    expect(help.out).toContain("Exit codes: 0 done, 1 fault in the study or its data, 2 usage, 3 refused (the seal).");
    for (const command of [
      "init",
      "check",
      "design",
      "register",
      "amend",
      "estimate",
      "report",
      "run",
      "trace",
      "schema",
    ]) {
      const own = await assay(command, "--help");
      expect(own.code).toBe(0);
      expect(own.out).toContain("Examples:");
    }
  });

  it("says which study file is missing", async () => {
    const said = await assay("check", "/nowhere/at/all");
    expect(said.code).toBe(1);
    expect(said.err).toContain("/nowhere/at/all");
  });

  it("lists every setting and who made it", async () => {
    using shop = new Workshop();
    const said = await assay("check", shop.folder, "--defaults");
    expect(said.out).toMatch(/commonSupport.*\[default D-19\]/);
    expect(said.out).toMatch(/baselineYear: 2015\/16 {2}\[line \d+\]/);
  });
});
