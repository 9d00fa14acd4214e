import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Faults, readDate } from "#domain";
import { describedSource } from "./describedSource.ts";
import { readTargets, readTargetsText } from "./readTargets.ts";

const read = (text: string) => readTargetsText(`programme: Lead Well\n${text}`, "targets.yaml");
const faults = (text: string): readonly string[] => {
  try {
    read(text);
    return [];
  } catch (problem) {
    if (!(problem instanceof Faults)) throw problem;
    return problem.faults.map(({ code, place }) => `${code} ${place?.line}`);
  }
};

describe("a targets file", () => {
  it("keeps every value a target was given, with its line, and counts with their parts", () => {
    const found = read(`snapshot: 2020-02-28
targets:
  schools:
    group: school
    what: Schools recruited
    measure: schools
    cohorts: [3]
    values:
      - { value: 43, source: contract, stated: 2018-01-01 }
      - { value: 34, source: letter, stated: 2020-06-01, because: schools were closed }
national:
  - { by: imd, of: schools, source: a census, percent: { 1: 10, 10: 9.5 } }
counts:
  manager: { source: Project manager, parts: [{ scope: cohort 1, schools: 17 }, { scope: cohort 2, schools: 34 }] }
`);
    expect(found.snapshot).toBe(readDate("2020-02-28"));
    expect(found.targets[0]).toMatchObject({
      id: "schools",
      cohorts: ["3"],
      values: [
        { value: 43, stated: readDate("2018-01-01"), place: { line: 10 } },
        { value: 34, because: "schools were closed", place: { line: 11 } },
      ],
    });
    expect(found.national[0]!.percent).toEqual({ 1: 10, 10: 9.5 });
    expect(found.counts[0]).toMatchObject({ id: "manager", parts: [{ schools: 17 }, { schools: 34 }] });
  });

  it("says everything that is wrong, with lines", () => {
    expect(faults("targets: { a: { group: school, what: x, measure: schools } }")).toEqual(["required-key 2"]);
    expect(faults("targets: { a: { group: scool, what: x, measure: statement } }")).toHaveLength(1);
    expect(faults("counts: { a: { source: x, schools: 50, parts: [{ scope: y, schools: 49 }] } }")).toEqual([
      "counts-differ 2",
    ]);
    expect(faults("tragets: {}")).toEqual(["unknown-key 2"]);
    expect(faults("targets: { a: { group: geography, what: everywhere, measure: statement } }")).toEqual([]);
  });

  it("of the page about the return is one", () => {
    const page = readFileSync(new URL("../../docs/management-information.md", import.meta.url), "utf8");
    const example = /```yaml\n([^`]+)```/.exec(page)![1]!;
    expect(readTargetsText(example, "targets.yaml").targets.map(({ id }) => id)).toEqual(["schools", "leaders"]);
  });

  it("must be there", () => {
    expect(() => readTargets("/nowhere/targets.yaml")).toThrow(/file-missing/);
  });
});

describe("a described file on its own", () => {
  it("has the columns of its registry entry", () => {
    const { columns, key, registry, format } = describedSource("assay/invented-schools@1", "panel.csv");
    expect([columns.length, key.length > 0, registry, format]).toEqual([12, true, "assay/invented-schools@1", "csv"]);
  });

  it("says which edition is nearest where it is not held", () => {
    expect(() => describedSource("assay/invented-school@1", "panel.csv")).toThrow(/assay\/invented-schools@1/);
  });
});
