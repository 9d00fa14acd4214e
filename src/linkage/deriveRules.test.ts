import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DerivedColumn } from "#protocol";
import type { Frame } from "#table";
import { buildUnit } from "./buildUnit.ts";
import { derive, frameContext, type RateOf } from "./derive.ts";
import { column, derived, frameOf, schools, table, tables, valuesOf } from "./testing/tables.ts";

const bare = (rule: DerivedColumn, frame: Frame) =>
  valuesOf(derive(rule, { frame, context: frameContext(frame), year: undefined, sources: tables() }));

describe("the step of the ladder (S-187)", () => {
  const rule = derived("role", "roleLevel", {
    post: "post",
    tlr: "tlr",
    tlrAtLeast: 100,
    middle: ["Leading Practitioner", "Advisory Teacher"],
    senior: ["Head", "Deputy Head"],
    others: "classroom",
  });

  test("is told by the post, and in the classroom by the payment: 100 pounds is enough, 99 is not", () => {
    const frame = frameOf({
      post: column(["Head", "Leading Practitioner", "Teacher", "Teacher", "Teacher", "Deputy Head", undefined]),
      tlr: column([0, 0, 100, 99, undefined, 5000, 5000]),
    });
    expect(bare(rule, frame)).toEqual(["senior", "middle", "middle", "classroom", "classroom", "senior", undefined]);
  });

  test("stands in its order, lowest first, whoever there is", () => {
    const frame = frameOf({ post: column(["Head"]), tlr: column([0]) });
    const made = derive(rule, { frame, context: frameContext(frame), year: undefined, sources: tables() });
    expect(made.kind === "code" && made.levels).toEqual(["classroom", "middle", "senior"]);
  });

  test("is told by the post alone where no payment is named", () => {
    const { tlr: _none, ...byPost } = rule as Extract<DerivedColumn, { how: "roleLevel" }>;
    const frame = frameOf({ post: column(["Teacher", "Advisory Teacher"]), tlr: column([5000, 0]) });
    expect(bare(byPost, frame)).toEqual(["classroom", "middle"]);
  });
});

describe("a challenging school (S-189)", () => {
  type Row = readonly [person: string, year: number, school: string | undefined, grade: number | undefined];
  const gradeYears = ["yearOfMove", "row"] as const;
  const challenging = (
    rows: readonly Row[],
    {
      gradeYear = "yearOfMove",
      unknownGrade = false,
    }: { gradeYear?: "yearOfMove" | "row"; unknownGrade?: boolean } = {},
  ) => {
    const frame = frameOf({
      person: column(rows.map(([person]) => person)),
      year: column(
        rows.map(([, year]) => year),
        "academicYear",
      ),
      school: column(rows.map(([, , school]) => school)),
      grade: column(rows.map(([, , , grade]) => grade)),
    });
    const rule = derived("challenging", "challengingSchool", {
      ...{ grade: "grade", school: "school", grades: ["3", "4"], gradeYear, unknownGrade, sameSchoolCounts: true },
    });
    const unit = buildUnit(schools({ identity: "person", columns: [rule] }), tables(table("panel", frame)));
    return valuesOf(unit.frame.columns.get("challenging")!);
  };

  test("is told by its grade in the year somebody came, however it is graded later", () => {
    const rows: Row[] = [
      ["P", 2015, "A", 2],
      ["P", 2016, "B", 3],
      ["P", 2017, "B", 2],
      ["P", 2018, "C", 1],
      ["P", 2019, "C", 4],
    ];
    expect(challenging(rows)).toEqual([0, 1, 1, 0, 0]);
    expect(challenging(rows, { gradeYear: "row" })).toEqual([0, 1, 0, 0, 1]);
  });

  test("counts coming back as coming", () => {
    expect(
      challenging([
        ["P", 2015, "A", 3],
        ["P", 2016, "B", 2],
        ["P", 2017, "A", 2],
      ]),
    ).toEqual([1, 0, 0]);
  });

  test("without a grade is one only where that is declared, and stays what it was on coming", () => {
    const rows: Row[] = [
      ["P", 2015, "A", undefined],
      ["P", 2016, "A", 4],
      ["P", 2017, "B", 1],
    ];
    expect(challenging(rows, { unknownGrade: false })).toEqual([0, 0, 0]);
    expect(challenging(rows, { unknownGrade: true })).toEqual([1, 1, 0]);
  });

  test("is not known where the school is not, and the year after that is a coming", () => {
    const rows: Row[] = [
      ["P", 2015, "A", 3],
      ["P", 2016, undefined, 3],
      ["P", 2017, "A", 2],
    ];
    for (const gradeYear of gradeYears) expect(challenging(rows, { gradeYear })).toEqual([1, undefined, 0]);
  });

  test("of one person says nothing of the next, though they are in the same school", () => {
    const rows: Row[] = [
      ["P", 2015, "A", 3],
      ["Q", 2016, "A", 2],
    ];
    expect(challenging(rows)).toEqual([1, 0]);
  });

  test("is the grade of the row wherever nobody stays", () => {
    const row = fc.tuple(fc.constantFrom("P", "Q"), fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (drawn) => {
        const rows = drawn.map(([person, grade], i): Row => [person, 2010 + i, `S${i}`, grade]);
        expect(challenging(rows)).toEqual(challenging(rows, { gradeYear: "row" }));
      }),
    );
  });
});

describe("the rate of the years before", () => {
  const frame = frameOf({
    school: column(["A", "A", "B"]),
    year: column([2015, 2016, 2016], "academicYear"),
  });
  const rule = (interval: number) =>
    derived("rate", "rateBefore", { outcome: "retained.school", of: "people", interval });
  const build = (interval: number, rates?: ReadonlyMap<string, RateOf>) =>
    valuesOf(
      buildUnit(
        schools({ columns: [rule(interval)] }),
        tables(table("panel", frame)),
        rates === undefined ? {} : { rates },
      ).frame.columns.get("rate")!,
    );

  test("is that of the interval ending so many years before the year of the row", () => {
    const asked: (readonly [string, number])[] = [];
    const rateOf: RateOf = (identity, year) => {
      asked.push([identity, year]);
      return year - 2000;
    };
    expect(build(-1, new Map([["rate", rateOf]]))).toEqual([15, 16, 16]);
    expect(build(-3, new Map([["rate", rateOf]]))).toEqual([13, 14, 14]);
    expect(asked.slice(0, 3)).toEqual([
      ["A", 2015],
      ["A", 2016],
      ["B", 2016],
    ]);
  });

  test("is not known where nothing was counted", () => {
    expect(build(-1)).toEqual([undefined, undefined, undefined]);
    expect(build(-1, new Map([["rate", () => Number.NaN]]))).toEqual([undefined, undefined, undefined]);
  });
});

describe("quantiles of a source", () => {
  const names = ["low", "high"];
  const over = (source: Frame, frame: Frame, within: readonly string[] = [], year?: string) =>
    valuesOf(
      derive(derived("half", "quantiles", { column: "x", groups: 2, within, names, of: "all" }), {
        frame,
        context: frameContext(frame),
        year,
        sources: tables(table("all", source)),
      }),
    );

  test("are cut over its rows, not over those of the unit", () => {
    const source = frameOf({ x: column([1, 2, 3, 4, 5, 6, 7, 8, 9, undefined]) });
    const frame = frameOf({ x: column([1, 5, 5.5, 100, undefined]) });
    // Nine values: the lower half ends at the fifth.
    expect(over(source, frame)).toEqual(["low", "low", "high", "high", undefined]);
  });

  test("are cut within the year and the groups of both; a group the source lacks has none", () => {
    const source = frameOf({
      x: column([1, 2, 11, 12]),
      phase: column(["primary", "primary", "secondary", "secondary"]),
      year: column([2015, 2015, 2015, 2015], "academicYear"),
    });
    const frame = frameOf({
      x: column([2, 11, 12, 2, 2]),
      phase: column(["primary", "secondary", "secondary", "nursery", "primary"]),
      year: column([2015, 2015, 2015, 2015, 2016], "academicYear"),
    });
    expect(over(source, frame, ["phase"], "year")).toEqual(["high", "low", "high", undefined, undefined]);
  });

  test("of the unit's own rows as a source are those of the unit", () => {
    const cell = fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 20 }), (x) => {
        const frame = frameOf({ x: column(x) });
        expect(over(frame, frame)).toEqual(
          bare(derived("half", "quantiles", { column: "x", groups: 2, within: [], names }), frame),
        );
      }),
    );
  });
});

describe("schools that merged", () => {
  type Row = readonly [chain: string, urn: number, year: number];
  const build = (rows: readonly Row[], number: string | undefined = "urn") =>
    buildUnit(
      schools({ identity: "chain", ...(number !== undefined && { number }) }),
      tables(
        table(
          "panel",
          frameOf({
            chain: column(rows.map(([chain]) => chain)),
            urn: column(rows.map(([, urn]) => urn)),
            year: column(
              rows.map(([, , year]) => year),
              "academicYear",
            ),
          }),
        ),
      ),
    );
  const kept = (rows: readonly Row[], number?: string) => {
    const unit = build(rows, number);
    return { urns: valuesOf(unit.frame.columns.get("urn")!), merged: unit.merged, repeated: unit.repeated.length };
  };

  test("have one record a year: of the school that carries on, else of the lowest number", () => {
    const rows: Row[] = [
      ["200", 100, 2015],
      ["200", 200, 2015],
      ["200", 150, 2015],
      ["200", 150, 2016],
      ["200", 100, 2016],
      ["200", 200, 2017],
      ["300", 300, 2015],
    ];
    expect(kept(rows)).toEqual({ urns: [200, 100, 200, 300], merged: 3, repeated: 0 });
  });

  test("have the same record whatever the order of the file", () => {
    const rows: Row[] = [100, 150, 200].flatMap((urn) => [2015, 2016].map((year): Row => ["200", urn, year]));
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(kept(shuffled).urns).toEqual([200, 200]);
      }),
    );
  });

  test("are left as they are where identities are as delivered: a repeated key is then a fault", () => {
    const rows: Row[] = [
      ["200", 100, 2015],
      ["200", 200, 2015],
    ];
    const { number: _none, ...plain } = schools({ identity: "chain" });
    const unit = buildUnit(
      plain,
      tables(
        table(
          "panel",
          frameOf({
            chain: column(rows.map(([chain]) => chain)),
            year: column(
              rows.map(([, , year]) => year),
              "academicYear",
            ),
          }),
        ),
      ),
    );
    expect([unit.merged, unit.repeated.length]).toEqual([0, 1]);
  });
});
