import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Faults } from "#domain";
import { joinSource } from "./joinSource.ts";
import { meetingKeys } from "./keys.ts";
import { column, frameOf, join, table, valuesOf } from "./testing/tables.ts";

const unitFrame = frameOf({ school: column(["A", "B", undefined, "B"]), year: column([2014, 2014, 2014, 2015]) });

function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (problem) {
    if (problem instanceof Faults) return problem.faults.map((fault) => `${fault.code}: ${fault.message}`).join("; ");
    throw problem;
  }
  return "no fault";
}

describe("a join", () => {
  test("keeps every row; a missing key never meets another, not even another missing key", () => {
    const other = table("other", frameOf({ school: column(["B", undefined, "Z"]), grade: column([1, 2, 3]) }));
    const { frame, record } = joinSource(unitFrame, join(), other);
    expect(frame.rows).toBe(4);
    expect(valuesOf(frame.columns.get("grade")!)).toEqual([undefined, 1, undefined, 1]);
    expect([...record.withoutPartner]).toEqual([1, 0, 1, 0]);
    expect([record.unitRows, record.sourceRows, record.sourceRowsUnused]).toEqual([4, 3, 2]);
  });

  test("puts the prefix before the names it brings", () => {
    const other = table("other", frameOf({ school: column(["A"]), grade: column([1]) }));
    const { frame } = joinSource(unitFrame, join({ prefix: "ofsted_" }), other);
    expect([...frame.columns.keys()]).toEqual(["school", "year", "ofsted_grade"]);
  });

  test("refuses to multiply rows", () => {
    const other = table("other", frameOf({ school: column(["A", "A", "B"]), grade: column([1, 2, 3]) }));
    expect(faultOf(() => joinSource(unitFrame, join(), other))).toBe(
      "join-multiplies: other has 1 more rows than keys (school): joining it would turn 4 rows into more, 3 being offered.",
    );
  });

  test("two missing keys in the source are no multiplication", () => {
    const other = table("other", frameOf({ school: column([undefined, undefined, "A"]), grade: column([1, 2, 3]) }));
    expect(joinSource(unitFrame, join(), other).record.sourceRowsUnused).toBe(2);
  });

  test("refuses a key of another kind: no row could ever meet", () => {
    const numbers = table("other", frameOf({ school: column([1, 2]), grade: column([1, 2]) }));
    expect(faultOf(() => joinSource(unitFrame, join(), numbers))).toContain(
      "school is text in the unit and a number in other",
    );
    const years = frameOf({ year: column([2014], "academicYear") });
    const plain = table("other", frameOf({ year: column([2015]), grade: column([1]) }));
    expect(faultOf(() => joinSource(years, join({ on: ["year"] }), plain))).toContain(
      "year is an academic year in the unit and a number in other",
    );
  });

  test("text and category meet by what they say, not by their codes", () => {
    const other = table("other", frameOf({ school: column(["B", "A"], undefined, ["B", "A"]), grade: column([1, 2]) }));
    expect(valuesOf(joinSource(unitFrame, join(), other).frame.columns.get("grade")!)).toEqual([2, 1, undefined, 1]);
  });

  test("with no rows on either side gives no rows", () => {
    const none = frameOf({ school: column([]), year: column([]) });
    const other = table("other", frameOf({ school: column([]), grade: column([]) }));
    expect(joinSource(none, join(), other).frame.rows).toBe(0);
  });
});

describe("keys", () => {
  test("are equal exactly when all cells are, however texts run into each other", () => {
    const cell = fc.constantFrom("a", "ab", "b", "", "1:a");
    fc.assert(
      fc.property(cell, cell, cell, cell, (a, b, c, d) => {
        const ours = frameOf({ one: column([a]), two: column([b]) });
        const theirs = frameOf({ one: column([c]), two: column([d]) });
        const keys = meetingKeys(ours, theirs, ["one", "two"]);
        expect(keys.ours[0] === keys.theirs[0]).toBe(a === c && b === d);
      }),
    );
  });
});
