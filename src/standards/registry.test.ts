import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readAcademicYear, readDate, SOURCE_TYPES, type SourceType } from "#domain";
import { registryIds, registryText } from "./registry.ts";

interface Entry {
  readonly key: readonly string[];
  readonly licence: string;
  readonly attribution: string;
  readonly columns: Readonly<
    Record<
      string,
      {
        readonly type: SourceType;
        readonly unit?: string;
        readonly written?: string;
        readonly levels?: readonly string[];
        readonly reference?: string;
        readonly measured?: string;
        readonly stable?: string;
        readonly because?: string;
        readonly label?: string;
      }
    >
  >;
  readonly breaks?: readonly {
    readonly columns: readonly string[];
    readonly from: string;
    readonly kind: string;
    readonly what: string;
  }[];
}

const entries = registryIds().map((id) => ({ id, entry: parse(registryText(id)!.text) as Entry }));

describe("the registry of described files", () => {
  it("holds these editions, sorted", () => {
    expect(registryIds()).toEqual([
      "assay/invented-schools@1",
      "assay/mi-return@1",
      "assay/mi-schools@1",
      "assay/panel-primary-ks2@1",
      "assay/panel-secondary-ks4@1",
      "assay/workforce-census@1",
      "assay/workforce-schools@1",
      "dfe/absence-school@2012-2019",
      "dfe/gias-links@2022-03",
      "dfe/ks2-final@2018-19",
      "dfe/ks4-final@2018-19",
      "ofsted/inspections@2020-03",
    ]);
  });

  it.each(["assay/nothing@1", "", "../../domain/index", "assay/../dfe/ks2-final@2018-19", "assay", "dfe/ks2-final"])(
    "holds no edition %j",
    (id) => {
      expect(registryText(id)).toBeUndefined();
    },
  );

  it("says where a description stands", () => {
    const found = registryText("dfe/ks2-final@2018-19")!;
    expect(found.id).toBe("dfe/ks2-final@2018-19");
    expect(found.file.replaceAll("\\", "/")).toMatch(/standards\/sources\/dfe\/ks2-final@2018-19\.yaml$/);
  });

  it.each(entries)("$id says who published it and under which licence", ({ entry }) => {
    expect(entry.licence).not.toBe("");
    expect(entry.attribution).toMatch(/Open Government Licence v3\.0\. Source: |Invented schools/);
  });

  it.each(entries)("$id has a key of its own columns, and breaks of its own columns in years", ({ entry }) => {
    const names = Object.keys(entry.columns);
    expect(names).toEqual(expect.arrayContaining([...entry.key]));
    for (const { columns, from, kind, what } of entry.breaks ?? []) {
      expect(names).toEqual(expect.arrayContaining([...columns]));
      expect(readAcademicYear(from), from).toBeDefined();
      expect(["level", "note"]).toContain(kind);
      expect(what).toMatch(/\.$/);
    }
  });

  it.each(entries)("$id gives every column a known type, a plain name and a label", ({ entry }) => {
    for (const [name, column] of Object.entries(entry.columns)) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(SOURCE_TYPES).toContain(column.type);
      expect(column.label, name).toBeTruthy();
    }
  });

  it.each(entries)(
    "$id gives numbers a unit, categories levels with a reference among them, years a way of writing",
    ({ entry }) => {
      for (const [name, { type, unit, levels, reference, written }] of Object.entries(entry.columns)) {
        if (["number", "whole", "percent", "proportion", "money"].includes(type)) expect(unit, name).toBeTruthy();
        if (type === "category" || type === "phase") expect(levels, name).toContain(reference);
        if (levels !== undefined) expect(new Set(levels).size, name).toBe(levels.length);
        if (type === "academicYear") expect(["end", "start", "slash", "long", "run"]).toContain(written);
      }
    },
  );

  it.each(entries)("$id says when each column was measured, and why a later one may count as a trait", ({ entry }) => {
    for (const [name, { measured, stable, because }] of Object.entries(entry.columns)) {
      if (measured !== undefined) {
        expect(
          measured === "row year" || readAcademicYear(measured) !== undefined || readDate(measured) !== undefined,
          name,
        ).toBe(true);
      }
      if (stable !== undefined) expect(because, name).toBeTruthy();
    }
  });

  it("knows that no difference may be taken across the changes of 2016/17", () => {
    const { entry } = entries.find(({ id }) => id === "assay/panel-secondary-ks4@1")!;
    const level = entry.breaks!.filter(({ kind }) => kind === "level").map(({ columns, from }) => [...columns, from]);
    expect(level).toEqual([
      ["attainment8", "2016/17"],
      ["em_pass_pct", "2016/17"],
    ]);
  });

  it("knows which columns of the panels were measured after the programme began", () => {
    for (const id of ["assay/panel-secondary-ks4@1", "assay/panel-primary-ks2@1"]) {
      const { columns } = entries.find((one) => one.id === id)!.entry;
      for (const [name, { measured }] of Object.entries(columns)) {
        const suffix = /_(20\d\d)(\d\d)$/.exec(name);
        if (suffix !== null && name !== "nor_gias_201803") expect(measured, name).toBe(`${suffix[1]}/${suffix[2]}`);
      }
      expect(columns.ofsted_grade_aug2016!.measured).toBe("2015/16");
      expect(columns.nor_gias_201803!.measured).toBe("2017/18");
    }
  });
});
