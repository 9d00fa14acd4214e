import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { makeSafe } from "#disclosure";
import { judgeTarget } from "#programme";
import type { Exhibit } from "../exhibit.ts";
import { miExhibits } from "./index.ts";
import { targetTable } from "./targetExhibit.ts";
import { publishedReturn } from "./testing/published.ts";

const SHARED = process.env.ASSAY_SHARED ?? fileURLToPath(new URL("../../../../shared", import.meta.url));
const TABLES = join(SHARED, "domain", "tables.json");
const here = existsSync(TABLES);

const exhibits = new Map(miExhibits(publishedReturn()).map((exhibit) => [exhibit.id, exhibit]));
const texts = (exhibit: Exhibit, column: string) =>
  Object.fromEntries(exhibit.rows.map(({ id, cells }) => [id, cells[column]!.text]));
const rowOf = (exhibit: Exhibit, id: string) =>
  Object.fromEntries(
    Object.entries(exhibit.rows.find((row) => row.id === id)!.cells).map(([key, cell]) => [key, cell.text]),
  );

describe.skipIf(!here)("published tables of a return (skipped where they are not at hand)", () => {
  interface Table {
    readonly id: string;
    readonly rows: readonly (readonly (string | number | null)[])[];
  }
  const published = (id: string): Table["rows"] =>
    (JSON.parse(readFileSync(TABLES, "utf8")) as { readonly tables: readonly Table[] }).tables.find(
      (table) => table.id === id,
    )!.rows;
  const percentOf = (id: string) => {
    const { rows } = exhibits.get(id)!;
    return new Map(rows.map(({ cells }) => [cells.level!.text, Number(cells.percent!.text)]));
  };

  it("come out again: schools by phase, of the appendix and not of the text with its labels swapped", () => {
    for (const [phase, percent] of published("000-MI-phase"))
      expect(percentOf("mi-schools-by-phase").get(String(phase))).toBe(percent);
  });

  it("come out again: schools by region", () => {
    for (const [region, percent] of published("000-MI-region"))
      expect(percentOf("mi-schools-by-region").get(String(region))).toBe(percent);
  });

  it("come out again: category and deprivation of the area", () => {
    const [priority, weakest, poorest] = published("000-MI-aea-imd").map(([, percent]) => percent);
    const aea = percentOf("mi-schools-by-aea");
    expect((aea.get("5") ?? 0) + (aea.get("6 (weak)") ?? 0)).toBe(priority);
    expect(aea.get("6 (weak)")).toBe(weakest);
    expect(percentOf("mi-schools-by-imd").get("1 (most deprived)")).toBe(poorest);
  });

  it("come out again: people by role against the nation", () => {
    const roles = exhibits.get("mi-participants-by-role")!;
    for (const [role, percent, national] of published("000-MI-role")) {
      const row = roles.rows.find(({ cells }) => cells.level!.text === role)!;
      expect([role, row.cells.percent!.text]).toEqual([role, String(percent)]);
      if (national !== null) expect(row.cells.national!.text).toBe(String(national));
    }
  });

  it("come out again: targets and what was reached", () => {
    const { rows } = exhibits.get("mi-targets")!;
    const found = rows.map(({ cells }) => [
      Number(cells.value!.text.replace("%", "")),
      Number(cells.reached!.text.replace("%", "")),
    ]);
    expect(found).toEqual(published("000-kpi").map(([, , target, actual]) => [target, actual]));
  });

  it("come out again: 53 and 51 schools, 337, 323 and 358 people", () => {
    const table = exhibits.get("mi-reconciliation")!;
    const actual = published("000-recruit-actual");
    const of = (source: string) => actual.filter(([name]) => String(name).startsWith(source));
    const [, , schools, people] = of("DfE MI February 2020")[0]!;
    expect(rowOf(table, "this-return")).toMatchObject({ schools: String(schools), participants: String(people) });
    const manager = of("Project manager");
    const sum = (i: number) => manager.reduce((total, row) => total + Number(row[i]), 0);
    expect(rowOf(table, "manager")).toMatchObject({ schools: String(sum(2)), participants: String(sum(3)) });
    const matching = of("SWC-matching")[0]!;
    expect(rowOf(table, "matching")).toMatchObject({ schools: String(matching[2]), participants: String(matching[3]) });
  });

  it("keep a target and its revision: 43 schools for cohort 3, later 34, and 34 recruited", () => {
    const targets = new Map(published("000-recruit-targets").map(([cohort, , schools]) => [cohort, Number(schools)]));
    const target = {
      id: "cohort-3",
      group: "school",
      what: "Schools of cohort 3",
      measure: "schools",
      values: [
        { value: targets.get("3 (original)")!, source: "contract", stated: 17_500 },
        { value: targets.get("3 (revised after Covid-19)")!, source: "agreement", stated: 18_400 },
      ],
    } as const;
    const judged = judgeTarget(target, { state: "counted", value: 34, withoutWithdrawn: 34 }, 18_800);
    const table = targetTable(publishedReturn(), [judged]);
    expect(table.rows.map(({ cells }) => [cells.value!.text, cells.standing!.text, cells.verdict!.text])).toEqual([
      ["43", "replaced", "missed"],
      ["34", "in force", "met"],
    ]);
    expect(table.notes.join(" ")).toContain("by the value before its revision the target was missed");
  });
});

describe("words against national shares", () => {
  it("say what is over- and under-represented, with both shares", () => {
    expect(texts(exhibits.get("mi-participants-by-role")!, "words")).toEqual({
      headteacher: "over-represented: 16% against 5%",
      "senior-leader": "over-represented: 42% against 10%",
      "middle-leader": "over-represented: 32% against 28%",
      "classroom-teacher": "under-represented: 2% against 57%",
      "non-teaching-staff": "–",
    });
  });

  it("print the base with and without those who withdrew, and flag a small one", () => {
    const roles = exhibits.get("mi-participants-by-role")!;
    expect(roles.summary).toContain("337 participants, 313 participants without those who withdrew");
    const phase = exhibits.get("mi-schools-by-phase")!;
    expect(phase.summary).toContain("53 schools, none of them withdrawn");
    expect(phase.notes.join(" ")).toContain(
      "Small base: with 53 schools, one school more or fewer is 1.9 percentage points",
    );
    expect(roles.notes.join(" ")).not.toContain("Small base");
  });
});

describe("a set of targets", () => {
  it("says which group it leaves out", () => {
    const shown = publishedReturn();
    const notes = (groups: readonly string[]) => {
      const targets = shown.yardsticks!.targets.filter(({ group }) => groups.includes(group));
      const yardsticks = { ...shown.yardsticks!, targets };
      return miExhibits({ ...shown, yardsticks })
        .find(({ id }) => id === "mi-targets")!
        .notes.join(" ");
    };
    expect(notes(["school"])).toContain("No target on geography");
    expect(notes(["geography"])).toContain("No target on schools or participants");
    expect(exhibits.get("mi-targets")!.notes.join(" ")).not.toContain("was declared.");
  });
});

describe("contradictory targets", () => {
  it("are both judged, and said to contradict each other", () => {
    const table = exhibits.get("mi-targets")!;
    const leaders = table.rows.filter(({ id }) => id.startsWith("leaders"));
    expect(leaders.map(({ cells }) => [cells.value!.text, cells.standing!.text, cells.verdict!.text])).toEqual([
      ["234", "in force", "exceeded"],
      ["243", "in force", "exceeded"],
    ]);
    expect(table.notes.join(" ")).toContain("234 (KPI list) and 243 (paragraph on participants)");
    expect(table.notes.join(" ")).toContain("The verdict is the same by either.");
  });
});

describe("counts side by side", () => {
  const explanation = (id: string) => rowOf(exhibits.get("mi-reconciliation")!, id).explanation;

  it("are explained where the rows can, and said to be not explained where they cannot", () => {
    expect(explanation("continuing")).toContain("would be explained by those who withdrew (24)");
    expect(explanation("manager")).toContain("Schools: 2 not explained; participants: 14 not explained");
    expect(explanation("manager")).toContain("added up from cohort 1, cohort 2");
    expect(explanation("matching")).toContain("participants: 21 not explained");
    expect(explanation("headline")).toContain("it covers all cohorts, and the return cohorts 1 and 2");
  });

  it("differ by what they differ by, whatever the sign", () => {
    expect(texts(exhibits.get("mi-reconciliation")!, "participants_difference")).toEqual({
      "this-return": "–",
      continuing: "−24",
      manager: "−14",
      matching: "+21",
      headline: "+53",
    });
  });
});

describe("an analysis beside the return", () => {
  it("says of everybody who is missing why", () => {
    const shown = publishedReturn();
    const rows = shown.counted.rows.map(({ row }) => row!);
    const analysis = {
      label: "Analysis",
      linked: new Set(rows.slice(0, 331)),
      withBaseline: new Set(rows.slice(0, 320)),
      analysed: new Set(rows.slice(0, 316)),
    };
    const table = miExhibits({ ...shown, analysis }).find(({ id }) => id === "mi-analysis")!;
    expect(texts(table, "participants")).toEqual({
      recruited: "337",
      "not-linked": "6",
      "no-baseline": "11",
      "not-explained": "4",
      added: "0",
      analysed: "316",
    });
  });
});

describe("small numbers", () => {
  const shown = { ...publishedReturn(), minimum: 10, schoolMinimum: 10 };
  const safe = miExhibits(shown).map((exhibit) =>
    makeSafe(exhibit, { minimum: 10, namesAllowed: [], clusterColumns: [] }),
  );

  it("are in no table: no count of 1 to 9 is printed, nor said", () => {
    for (const { id, rows, columns } of safe) {
      if (id === "mi-reconciliation" || id === "mi-targets") continue;
      const shownCounts = rows.flatMap(({ cells }) =>
        columns.flatMap((column) => (cells[column.id]?.isCount ? [cells[column.id]!.value!] : [])),
      );
      expect([id, shownCounts.filter((n) => n > 0 && n < 10)]).toEqual([id, []]);
    }
  });

  it("are not what is left of a base: beside a withheld count the base is told to the nearest ten", () => {
    const roles = safe.find(({ id }) => id === "mi-participants-by-role")!;
    expect(roles.summary).toContain("about 340 participants, about 310 participants without those who withdrew");
    expect(`${roles.summary} ${roles.notes.join(" ")}`).not.toMatch(/337|313/);
  });

  it("take the share and the words of their row along", () => {
    const roles = safe.find(({ id }) => id === "mi-participants-by-role")!;
    expect(rowOf(roles, "classroom-teacher")).toMatchObject({ n: "c", percent: "c", words: "c", national: "57" });
  });
});
