import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RETURN_FILES } from "#programme";
import { registryText } from "#standards";
import { Engine } from "#table";
import { assay } from "../support/workshop.ts";

const editions = [...Object.values(RETURN_FILES).map(({ edition }) => edition), "assay/workforce-schools@1"];
const here = editions.every((edition) => registryText(edition) !== undefined);

/** A folder with a return of 60 people in 12 schools, all invented; it goes away with the test. */
class Office implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "assay-mi-"));
  readonly people = this.path("mi_participants.csv");
  readonly schools = this.path("mi_schools.csv");

  constructor() {
    const titles = ["Headteacher", "Deputy headteacher", "Head of science", "Class teacher"];
    const rows = Array.from({ length: 60 }, (_, i) => {
      const withdrew = i % 5 === 0;
      const name = `${"ABCDEFGHIJ"[i % 10]}ster${"abcdef"[Math.floor(i / 10)]}`;
      return `${i + 1},Lead Well,Harbour Learning Trust,${1_000_100 + i},${name},Odette,1980-05-${10 + (i % 20)},${137_600 + (i % 12)},${titles[i % 4]},2018-09-14,2018-10-02,${withdrew ? "2019-02-01" : ""},${withdrew ? "yes" : "no"}`;
    });
    this.write("mi_participants.csv", `${HEADER}\n${rows.join("\n")}\n`);
    const places = Array.from({ length: 12 }, (_, i) => `${137_600 + i},Lead Well,1,2018-06-29,no`);
    this.write("mi_schools.csv", `urn,project,cohort,agreed,withdrawn\n${places.join("\n")}\n`);
    this.write("targets.yaml", TARGETS);
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  read(...parts: readonly string[]): string {
    return readFileSync(this.path(...parts), "utf8");
  }

  write(name: string, text: string | Buffer): void {
    writeFileSync(this.path(name), text);
  }

  edit(name: string, from: string, to: string): void {
    const text = this.read(name);
    if (!text.includes(from)) throw new Error(`${name} does not hold ${from}`);
    this.write(name, text.replace(from, to));
  }

  /** 40 schools, the twelve of the return among the first; six of ten primary. */
  async writeRegister(): Promise<string> {
    const engine = await Engine.open();
    const file = this.path("school_years.parquet");
    await engine.run(
      `COPY (SELECT (137600 + i)::VARCHAR AS urn, 2019 AS "year", CASE WHEN i % 10 < 6 THEN 'primary' ELSE 'secondary' END AS phase,
         CASE WHEN i % 2 = 0 THEN 'South East' ELSE 'North West' END AS region, 5 + i % 2 AS aea_category,
         1 + i % 10 AS imd_decile, (1 + i % 4)::VARCHAR AS ofsted_grade FROM range(40) t(i)) TO '${file}' (FORMAT parquet)`,
    );
    engine.close();
    return file;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const HEADER =
  "mi_row,project,provider,trn,surname,forename,birth_date,urn,role_text,recruited,start_date,end_date,withdrawn";
const TARGETS = `programme: Lead Well
from: 2018-01-01
snapshot: 2020-02-28
targets:
  schools:
    group: school
    what: Schools recruited
    measure: schools
    values:
      - { value: 14, source: contract, stated: 2018-01-01 }
      - { value: 12, source: letter, stated: 2019-09-01, because: the area is small }
national:
  - { by: role, of: participants, source: an invented census, percent: { headteacher: 5, senior leader: 10, middle leader: 28, classroom teacher: 57 } }
counts:
  funder: { source: Funder, snapshot: 2020-02-28, schools: 12, participants: 48 }
`;

describe.skipIf(!here)("assay mi (skipped where the editions of the return are not held)", () => {
  describe("template", () => {
    it("writes files to fill in, and never over a filled one", async () => {
      using office = new Office();
      const out = office.path("return");
      const said = await assay("mi", "template", "--out", out);
      expect(said.code).toBe(0);
      expect(readdirSync(out).sort()).toEqual(["README.md", "mi_participants.csv", "mi_return.xlsx", "mi_schools.csv"]);
      expect(office.read("return", "mi_participants.csv")).toBe(`${HEADER}\n`);
      const before = office.read("mi_participants.csv");
      const again = await assay("mi", "template", "--out", office.folder);
      expect([again.code, office.read("mi_participants.csv")]).toEqual([1, before]);
      expect(again.err).toContain("is there already and may be filled in");
      expect(existsSync(office.path("README.md"))).toBe(false);
    });

    it("is itself a return without rows, in either form", async () => {
      using office = new Office();
      await assay("mi", "template", "--out", office.path("return"));
      for (const file of ["mi_participants.csv", "mi_return.xlsx"]) {
        const said = await assay("mi", "check", office.path("return", file));
        expect([file, said.code]).toEqual([file, 1]);
        expect(said.err).toMatch(/no-rows/);
        expect(said.err).not.toContain("column-missing");
      }
    });
  });

  describe("check", () => {
    it("has nothing to say of a sound return", async () => {
      using office = new Office();
      const said = await assay("mi", "check", office.people, "--schools", office.schools, "--at", "2020-02-28");
      expect(said).toMatchObject({ code: 0, err: "" });
      expect(said.out).toContain("60 rows, nothing that cannot be used");
      expect(said.out).not.toContain("Queries");
    });

    it("says everything at once, faults and queries apart, and writes the list", async () => {
      using office = new Office();
      office.edit("mi_participants.csv", "1000101", "1000100");
      office.edit("mi_participants.csv", "1980-05-12", "12/05/1980");
      office.edit("mi_participants.csv", "Head of science,2018-09-14", "=1+1,14/09/2018");
      office.edit("mi_participants.csv", ",137603,", ",999999,");
      const before = office.read("mi_participants.csv");
      const list = office.path("faults.csv");
      const register = await office.writeRegister();
      const said = await assay(
        "mi",
        "check",
        office.people,
        "--register",
        register,
        "--at",
        "2020-02-28",
        "--faults",
        list,
      );
      expect(said.code).toBe(1);
      for (const code of ["two-people-one-number", "formula", "date-form", "school-unknown"])
        expect(said.err).toContain(code);
      const [faults, queries] = said.err.split("Queries: ask the provider.");
      expect(faults).toContain("mi_participants.csv:3  two-people-one-number");
      expect(queries).toContain('"12/05/1980" could be 12 May 1980 or 5 December 1980');
      expect(office.read("faults.csv")).toContain("fault,mi_participants.csv,5,urn,school-unknown,999999");
      expect(office.read("mi_participants.csv")).toBe(before);
      const json = await assay("mi", "check", office.people, "--json");
      expect(JSON.parse(json.out)).toMatchObject({ state: "fault" });
    });

    it("ends with 0 where there are only queries", async () => {
      using office = new Office();
      office.edit("mi_participants.csv", "2019-02-01", "");
      const said = await assay("mi", "check", office.people);
      expect(said.code).toBe(0);
      expect(said.out).toContain("withdrawn-without-end");
    });

    it("writes its list over no other file, and takes no day that is none", async () => {
      using office = new Office();
      const over = await assay("mi", "check", office.people, "--faults", office.schools);
      expect([over.code, office.read("mi_schools.csv").startsWith("urn")]).toEqual([2, true]);
      expect((await assay("mi", "check", office.people, "--at", "28.2.2020")).code).toBe(2);
      expect((await assay("mi", "check", office.path("nowhere.csv"))).err).toContain("file-missing");
      expect((await assay("mi", "check")).code).toBe(2);
    });
  });

  describe("report", () => {
    it("prints and writes counts, targets and shares, with few withheld", async () => {
      using office = new Office();
      const register = await office.writeRegister();
      const given = ["--schools", office.schools, "--register", register, "--targets", office.path("targets.yaml")];
      const said = await assay("mi", "report", office.people, ...given, "--out", office.path("out"));
      expect(said.err).toBe("");
      expect(said.code).toBe(0);
      expect(said.out).toMatch(/Schools recruited +school +14 +contract, 2018-01-01 +replaced +12 +12 +missed/);
      expect(said.out).toMatch(
        /Schools recruited +school +12 +letter, 2019-09-01, the area is small +in force +12 +12 +met/,
      );
      expect(said.out).toMatch(/Funder .*48 .*would be explained by those who withdrew \(12\)/);
      expect(said.out).toMatch(/senior leader +15 +25 +10 +over-represented: 25% against 10%/);
      const phase = office.read("out", "tables", "mi-schools-by-phase.csv").split("\n");
      // Eight primary schools of twelve: fewer than ten, and the others would give them away.
      expect(phase[1]).toMatch(/^primary,primary,c,c/);
      expect(office.read("out", "mi-report.html")).toContain("Participants by role level");
      expect(office.read("out", "mi-report.html")).not.toMatch(/<script|assay trace/);
    });

    it("shows schools where their number may be shown", async () => {
      using office = new Office();
      const register = await office.writeRegister();
      const said = await assay(
        "mi",
        "report",
        office.people,
        "--schools",
        office.schools,
        "--register",
        register,
        "--at",
        "2020-02-28",
        "--school-minimum",
        "0",
      );
      expect(said.out).toMatch(/primary +8 +67 +60 +about the same: 67% against 60%/);
    });

    it("gives the same bytes each time", async () => {
      using office = new Office();
      const once = async (out: string) => {
        await assay("mi", "report", office.people, "--targets", office.path("targets.yaml"), "--out", office.path(out));
        return readdirSync(office.path(out, "tables")).map((name) => office.read(out, "tables", name));
      };
      expect(await once("a")).toEqual(await once("b"));
    });

    it("counts what a fault leaves, says how many there are, and refuses another template", async () => {
      using office = new Office();
      office.edit("mi_participants.csv", "Headteacher,2018-09-14", "Headteacher,soon");
      const said = await assay("mi", "report", office.people, "--targets", office.path("targets.yaml"));
      expect(said.out).toContain("1 fault in the return: those cells count as not known;");
      office.edit("mi_participants.csv", "role_text", "job");
      const other = await assay("mi", "report", office.people);
      expect(other.code).toBe(1);
      expect(other.err).toContain("column-missing");
    });
  });
});
