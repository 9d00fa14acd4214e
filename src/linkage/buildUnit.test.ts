import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsOf, evaluate } from "#expression";
import { buildUnit } from "./buildUnit.ts";
import { column, derived, expression, frameOf, join, schools, table, tables, valuesOf } from "./testing/tables.ts";
import { baselineContext, deliveredReads, keyRepeatedFault, rowContext, rowsAtYear } from "./unitTable.ts";

const panel = (rows: readonly (readonly [string | undefined, number | undefined, number | undefined])[]) =>
  frameOf({
    school: column(rows.map(([school]) => school)),
    year: column(
      rows.map(([, year]) => year),
      "academicYear",
    ),
    rate: column(rows.map(([, , rate]) => rate)),
  });

describe("rows of a unit", () => {
  test("are sorted by identity, then year, whatever the order of the file", () => {
    const rows = ["B", "A", "C"].flatMap((school) =>
      [2016, 2014, 2015].map((year) => [school, year, year - 2000] as const),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        const unit = buildUnit(schools(), tables(table("panel", panel(shuffled))));
        expect(unit.identities).toEqual(["A", "B", "C"]);
        expect([...unit.identityOf]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
        expect([...unit.yearOf!]).toEqual([2014, 2015, 2016, 2014, 2015, 2016, 2014, 2015, 2016]);
        expect(unit.years).toEqual([2014, 2015, 2016]);
        expect(unit.repeated.length).toBe(0);
      }),
    );
  });

  test("that repeat a key are found, also where a gap in the year stands between them", () => {
    const unit = buildUnit(
      schools(),
      tables(
        table(
          "panel",
          panel([
            ["A", 2009, 1],
            ["A", undefined, 2],
            ["A", 2009, 3],
            ["B", 2009, 4],
          ]),
        ),
      ),
    );
    expect(unit.repeated.length).toBe(1);
    expect(unit.where).toEqual({ refused: 0, undecided: 1 });
    const fault = keyRepeatedFault(unit, 1);
    expect(fault.message).toBe("school × year occurs twice 1 time (1 treated), for example A in 2009/10.");
  });

  test("a year is written whole in examples: 1999/00 and 2008/09", () => {
    const rows = [1999, 1999, 2008, 2008].map((year) => ["A", year, 1] as const);
    const fault = keyRepeatedFault(buildUnit(schools(), tables(table("panel", panel(rows)))));
    expect(fault.message).toContain("A in 1999/00, A in 2008/09");
  });

  test("`use_row` is suggested where there is such a column", () => {
    const rows = panel([
      ["A", 2010, 1],
      ["A", 2010, 2],
    ]);
    const withUseRow = frameOf({ ...Object.fromEntries(rows.columns), use_row: column([true, false]) });
    expect(keyRepeatedFault(buildUnit(schools(), tables(table("panel", rows)))).suggestion).not.toContain("use_row");
    expect(keyRepeatedFault(buildUnit(schools(), tables(table("panel", withUseRow)))).suggestion).toContain("use_row");
  });

  test("`where` keeps only rows where it is true; undecided rows are counted apart", () => {
    const frame = panel([
      ["A", 2014, 5],
      ["B", 2014, 1],
      ["C", 2014, undefined],
      [undefined, 2014, 9],
    ]);
    const unit = buildUnit(schools({ where: expression("rate > 2", frame) }), tables(table("panel", frame)));
    expect(unit.identities).toEqual(["A"]);
    expect(unit.where).toEqual({ refused: 1, undecided: 2 });
  });

  test("no rows make an empty unit, not a fault", () => {
    const unit = buildUnit(schools(), tables(table("panel", panel([]))));
    expect([unit.frame.rows, unit.identities.length, unit.years.length]).toEqual([0, 0, 0]);
    expect(rowsAtYear(unit, 2015).length).toBe(0);
  });

  test("without a year each identity has its one row at any moment", () => {
    const frame = frameOf({ school: column(["B", "A"]), rate: column([2, 1]) });
    const { year: _none, ...declaration } = schools();
    const unit = buildUnit(declaration, tables(table("panel", frame)));
    expect([...rowsAtYear(unit, 2015)]).toEqual([0, 1]);
    expect(unit.key).toEqual(["school"]);
  });
});

describe("moments", () => {
  const frame = panel([
    ["A", 2014, 1],
    ["A", 2015, 2],
    ["A", 2016, 4],
    ["B", 2015, 10],
    ["C", 2014, 7],
  ]);
  const unit = buildUnit(schools(), tables(table("panel", frame)));
  const all = Int32Array.of(0, 1, 2);

  test("a bare column is that of the baseline year; a unit without a row then has no value", () => {
    const context = baselineContext(unit, all, { baseline: 2015 });
    expect(valuesOf(context.column("rate", undefined))).toEqual([2, 10, undefined]);
    expect(valuesOf(evaluate(expression("rate at baseline - 1", frame), context))).toEqual([1, undefined, 7]);
  });

  test("`followup` is the horizon, and reading it without one is a mistake of the program", () => {
    const text = expression("rate at followup - rate at baseline", frame);
    expect(valuesOf(evaluate(text, baselineContext(unit, all, { baseline: 2015, followup: 2016 })))).toEqual([
      2,
      undefined,
      undefined,
    ]);
    expect(() => evaluate(text, baselineContext(unit, all, { baseline: 2015 }))).toThrow(RangeError);
  });

  test("`exists` is no without a row, and missing where the data do not reach", () => {
    const context = baselineContext(unit, all, { baseline: 2015 });
    expect(valuesOf(evaluate(expression("exists at 2016/17", frame), context))).toEqual([1, 0, 0]);
    expect(valuesOf(evaluate(expression("exists at 2019/20", frame), context))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("in a derived column a fixed year looks along the identity, and baseline is refused", () => {
    const context = rowContext(unit);
    expect(valuesOf(evaluate(expression("rate at 2014/15", frame), context))).toEqual([1, 1, 1, undefined, 7]);
    expect(() => evaluate(expression("rate at baseline", frame), context)).toThrow(RangeError);
  });
});

describe("derived columns", () => {
  test("come in the order they depend on each other, and remember what they were made from", () => {
    const frame = panel([
      ["A", 2013, 2],
      ["A", 2014, 4],
      ["A", 2015, 9],
    ]);
    const scope = frameOf({
      ...Object.fromEntries(frame.columns),
      doubled: column([1, 1, 1]),
      mean: column([1, 1, 1]),
    });
    const unit = buildUnit(
      schools({
        columns: [
          derived("mean", "expression", {
            expression: expression("(doubled at 2013/14 + doubled at 2014/15) / 2", scope),
          }),
          derived("doubled", "expression", { expression: expression("rate * 2", scope) }),
        ],
      }),
      tables(table("panel", frame)),
    );
    expect(valuesOf(unit.frame.columns.get("mean")!)).toEqual([6, 6, 6]);
    expect(unit.madeFrom.get("doubled")).toEqual([{ name: "rate", moment: undefined }]);
    expect(unit.madeFrom.get("mean")).toEqual([
      { name: "rate", moment: { year: 2013 } },
      { name: "rate", moment: { year: 2014 } },
    ]);
    const [read] = columnsOf(expression("doubled at 2015/16", scope));
    expect(deliveredReads(read!, unit.madeFrom)).toEqual([{ name: "rate", moment: { year: 2015 } }]);
  });

  test("a joined column can be derived from", () => {
    const frame = panel([
      ["A", 2015, 1],
      ["B", 2015, 2],
    ]);
    const other = frameOf({ school: column(["A"]), grade: column(["good"], undefined, ["good", "poor"]) });
    const unit = buildUnit(
      schools({
        join: [join()],
        columns: [
          derived("is_good", "recode", { column: "grade", to: { good: "yes" }, others: "no", levels: ["yes", "no"] }),
        ],
      }),
      tables(table("panel", frame), table("other", other)),
    );
    expect(valuesOf(unit.frame.columns.get("is_good")!)).toEqual(["yes", undefined]);
  });
});
