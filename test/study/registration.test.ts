import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { assay, smallPanel, startAssay, Workshop } from "../support/workshop.ts";

describe("registration", () => {
  it("lets estimate open outcomes only after register, and logs the opening", async () => {
    using shop = new Workshop();
    const sealed = await assay("estimate", shop.folder);
    expect(sealed.code).toBe(3);
    expect(sealed.err).toContain("This study is not registered, so its outcomes stay sealed. Register it first");

    const registered = await assay("register", shop.folder, "--by", "A. Person", "--role", "evaluation lead");
    expect(registered.code).toBe(0);
    expect(registered.out).toMatch(/Code for a public registry: [0-9a-f]{64}/);

    const estimated = await assay("estimate", shop.folder);
    expect(estimated.err).not.toContain("mistake of its own");
    expect(estimated.code).toBe(0);
    expect(shop.read("registration", "openings.jsonl").trim().split("\n")).toHaveLength(1);
  });

  it("refuses an edited covariate with exit 3 and a sentence saying what changed", async () => {
    using shop = new Workshop();
    await assay("register", shop.folder);
    shop.editStudy([
      "mark at baseline, fsm_pct at baseline, pupils at baseline",
      "mark at baseline, fsm_pct at baseline",
    ]);
    const said = await assay("estimate", shop.folder);
    expect(said.code).toBe(3);
    expect(said.err).toContain("edited-after-registration");
    expect(said.err).toMatch(/design changed since record 1 \(\d{4}-\d\d-\d\d\): .*pupils at baseline/);
  });

  it("does not mind comments, layout, titles and reasons", async () => {
    using shop = new Workshop();
    await assay("register", shop.folder);
    shop.editStudy(["A small study", "Another title"], ["analyses:\n", "# a comment\nanalyses:\n"]);
    const said = await assay("estimate", shop.folder);
    expect(said.err).not.toContain("refus");
    expect(said.code).toBe(0);
  });

  it("refuses an input file that is not the one registered", async () => {
    using shop = new Workshop();
    await assay("register", shop.folder);
    shop.writeData(
      "panel.csv",
      smallPanel((row) => (row.school === "S001" ? { ...row, pupils: "201" } : row)),
    );
    const said = await assay("estimate", shop.folder);
    expect(said.code).toBe(3);
    expect(said.err).toContain("panel.csv (source panel) is not the file registered in record 1");
  });

  it("appends an amendment with its reason, and runs the registered version beside it once outcomes were seen", async () => {
    using shop = new Workshop();
    expect((await assay("run", shop.folder)).code).toBe(0);
    shop.editStudy(["horizons: [2017/18]", "horizons: [2016/17, 2017/18]"]);
    expect((await assay("estimate", shop.folder)).code).toBe(3);

    const amended = await assay(
      "amend",
      shop.folder,
      "--reason",
      "the funder asked for the earlier year",
      "--by",
      "A. Person",
    );
    expect(amended.code).toBe(0);
    expect(amended.out).toContain("after outcomes had been opened");
    const run = await assay("run", shop.folder);
    expect(run.code).toBe(0);
    const findings = JSON.parse(shop.read("out", "findings.json"));
    expect(findings.standing.amendments[0].reason).toBe("the funder asked for the earlier year");
    expect(findings.exhibits.some((exhibit: { id: string }) => exhibit.id === "registered-change")).toBe(true);
    expect(shop.read("out", "report.html")).toContain("Changed after outcomes were seen.");
  });

  it("wants a reason for an amendment, and finds nothing to amend where nothing changed", async () => {
    using shop = new Workshop();
    expect((await assay("amend", shop.folder)).code).toBe(2);
    expect((await assay("amend", shop.folder, "--reason", "x")).err).toContain("There is no registration to amend.");
    await assay("register", shop.folder);
    expect((await assay("amend", shop.folder, "--reason", "x")).err).toContain(
      "Nothing that was registered has changed.",
    );
  });

  it("notices a record that was removed or rewritten", async () => {
    using shop = new Workshop();
    await assay("register", shop.folder);
    const name = readdirSync(shop.path("registration")).find((file) => file.endsWith("registration.json"))!;
    shop.editStudy(["seed: 7", "seed: 8"]);
    await assay("amend", shop.folder, "--reason", "another seed");
    writeFileSync(
      shop.path("registration", name),
      shop.read("registration", name).replace('"kind": "registration"', '"kind":  "registration"'),
    );
    const said = await assay("estimate", shop.folder);
    expect(said.code).toBe(3);
    expect(said.err).toContain("registration-broken");
  });

  it("stamps an exploratory run on every page, and the registration after it as retrospective", async () => {
    using shop = new Workshop();
    expect((await assay("run", shop.folder, "--exploratory")).code).toBe(0);
    const findings = JSON.parse(shop.read("out", "findings.json"));
    expect(findings.standing).toMatchObject({ registered: false, exploratory: true });
    expect(shop.read("out", "report.html")).toContain("Exploratory.");
    const registered = await assay("register", shop.folder);
    expect(registered.out).toContain("retrospective registration");
    await assay("run", shop.folder);
    expect(shop.read("out", "report.html")).toContain("Retrospective registration.");
  });

  it("prints the code without registering", async () => {
    using shop = new Workshop();
    const printed = await assay("register", shop.folder, "--print");
    expect(printed.out).toMatch(/^[0-9a-f]{64}\n$/);
    expect(readdirSync(shop.folder).sort()).toEqual(["data", "study.yaml"]);
    expect((await assay("register", shop.folder)).out).toContain(printed.out.trim());
  });

  it("knows that results were seen when they lie there, though the log is gone", async () => {
    using shop = new Workshop();
    await assay("run", shop.folder);
    rmSync(shop.path("registration", "openings.jsonl"));
    shop.editStudy(["horizons: [2017/18]", "horizons: [2016/17, 2017/18]"]);
    expect((await assay("amend", shop.folder, "--reason", "another year")).out).toContain(
      "after outcomes had been opened",
    );
    rmSync(shop.path("registration"), { recursive: true });
    const report = await assay("report", shop.folder);
    expect(report.code).toBe(3);
    expect(report.err).toContain("findings-not-registered");
    expect((await assay("register", shop.folder)).out).toContain("retrospective registration");
  });

  it("names the line of what was changed", async () => {
    using shop = new Workshop();
    await assay("register", shop.folder);
    shop.editStudy(["clusters: district }", "clusters: district, errors: CR1S }"]);
    const line =
      shop
        .read("study.yaml")
        .split("\n")
        .findIndex((text) => text.includes("CR1S")) + 1;
    expect((await assay("estimate", shop.folder)).err).toContain(`study.yaml:${line}:`);
  });

  it("lets nothing that was registered be removed once outcomes were opened, and runs what was registered beside an edit", async () => {
    using shop = new Workshop();
    shop.editStudy([
      "disclosure:",
      "sensitivity:\n  moved: { of: change, vary: { set: { contrast: change } } }\ndisclosure:",
    ]);
    await assay("run", shop.folder);
    const whole = shop.read("study.yaml");
    shop.editStudy(["sensitivity:\n  moved: { of: change, vary: { set: { contrast: change } } }\n", ""]);
    const removed = await assay("amend", shop.folder, "--reason", "no longer wanted");
    expect(removed.code).toBe(3);
    expect(removed.err).toContain("registered-removed");

    shop.writeStudy(
      whole.replace(
        "covariates: [mark at baseline, fsm_pct at baseline, pupils at baseline]",
        "covariates: [mark at baseline, fsm_pct at baseline]",
      ),
    );
    expect((await assay("amend", shop.folder, "--reason", "one covariate fewer")).code).toBe(0);
    const said = await assay("run", shop.folder);
    expect(said.code, said.err).toBe(0);
    const findings = JSON.parse(shop.read("out", "findings.json"));
    const first = findings.exhibits.find((exhibit: { id: string }) => exhibit.id === "registered-change");
    expect(first.about.model).toBe(
      findings.exhibits.find((exhibit: { id: string }) => exhibit.id === "effects-change").about.model,
    );
    expect(shop.read("out", "report.html")).toContain(
      "This is what the first registration gives on the files as they are now.",
    );
  });

  it("notices that the last record, or a line of the opening log, is gone or changed", async () => {
    using shop = new Workshop();
    await assay("run", shop.folder);
    shop.editStudy(["seed: 7", "seed: 8"]);
    await assay("amend", shop.folder, "--reason", "another seed");
    await assay("estimate", shop.folder);
    const log = shop.read("registration", "openings.jsonl");
    writeFileSync(
      shop.path("registration", "openings.jsonl"),
      log.replace('"exploratory":false', '"exploratory":true'),
    );
    expect((await assay("estimate", shop.folder)).err).toContain("registration-broken");
    writeFileSync(shop.path("registration", "openings.jsonl"), log);
    rmSync(shop.path("registration", "0002-amendment.json"));
    shop.editStudy(["seed: 8", "seed: 7"]);
    const gone = await assay("estimate", shop.folder);
    expect(gone.code).toBe(3);
    expect(gone.err).toContain("was made after a record that is no longer there");
  });

  it("goes on after a crash cut a line of the opening log short", async () => {
    using shop = new Workshop();
    await assay("run", shop.folder);
    writeFileSync(
      shop.path("registration", "openings.jsonl"),
      `${shop.read("registration", "openings.jsonl")}{"when":"2026`,
    );
    expect((await assay("estimate", shop.folder)).code).toBe(0);
    expect((await assay("estimate", shop.folder)).code).toBe(0);
    expect(
      shop
        .read("registration", "openings.jsonl")
        .split("\n")
        .filter((line) => line.endsWith("}")),
    ).toHaveLength(3);
  });

  it("refuses a step whose approval is not given, before anything is written", async () => {
    using shop = new Workshop();
    shop.editStudy([
      "seed: 7 }",
      "seed: 7, approvals: [{ what: an ethics review, by: the committee, needed: estimate }] }",
    ]);
    const said = await assay("run", shop.folder);
    expect(said.code).toBe(3);
    expect(said.err).toContain(
      "Opening the outcomes needs an ethics review by the committee; no date of it is recorded.",
    );
    expect(existsSync(shop.path("registration"))).toBe(false);
  });

  it("is made once when two register at the same moment", async () => {
    using shop = new Workshop();
    const runs = [startAssay("register", shop.folder), startAssay("register", shop.folder)];
    const ended = await Promise.all(runs.map((run) => run.ended));
    expect(ended.map((one) => one.code)).toEqual([0, 0]);
    expect(readdirSync(shop.path("registration")).sort()).toEqual(["0001-registration.json", "0001-study.yaml"]);
    expect((await assay("register", shop.folder)).out).toContain("Already registered and unchanged: record 1");
  });
});
