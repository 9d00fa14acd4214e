import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { faultsOf, good, read, SCOPE } from "./testing/schools.ts";

describe("types of expressions", () => {
  test.each([
    ["fsm_pct >= 40%", { kind: "truth" }],
    ["progress8 > 0.5", { kind: "truth" }],
    ["(fsm_pct + fsm_pct at 2014/15) / 2", { kind: "number", scale: "percent" }],
    ["fsm_pct / 100", { kind: "number", scale: "proportion" }],
    ["share * 100", { kind: "number", scale: "percent" }],
    ["pupils * count", { kind: "number", scale: "plain", unit: "pupils" }],
    ["pupils / pupils", { kind: "number", scale: "plain" }],
    ["percent(count, pupils)", { kind: "number", scale: "percent" }],
    ["year + 1", { kind: "academicYear" }],
    ["year - 2015/16", { kind: "number", scale: "plain", unit: "years" }],
    ["left - joined", { kind: "number", scale: "plain", unit: "days" }],
    ["academicYear(joined)", { kind: "academicYear" }],
    ["if use_row then 'A' else 'B'", { kind: "category", levels: ["A", "B"], isOrdered: false }],
    [
      "if region is missing then 'Unknown' else region",
      { kind: "category", levels: ["Unknown", "North West", "North East", "London"], isOrdered: false },
    ],
    ["firstKnown(region, name)", { kind: "text" }],
    ["firstKnown(joined, left)", { kind: "date" }],
    ["max(joined, 2016-09-01)", { kind: "date" }],
    ["min(fsm_pct, 5%)", { kind: "number", scale: "percent" }],
    ["grade <= '2'", { kind: "truth" }],
    ["length(name)", { kind: "number", scale: "plain" }],
    ["exists at timeZero", { kind: "truth" }],
  ])("%s", (text, type) => {
    expect(good(text).type).toEqual(type);
  });
});

describe("faults of expressions", () => {
  // Column 10 is where the expression starts.
  test.each([
    [
      "fsm_pct = 0.5",
      20,
      "type-mismatch",
      "fsm_pct is a percent (0-100) and 0.5 a plain number.",
      "Write 50%, or divide by 100.",
    ],
    ["fsm_pct > 40", 20, "type-mismatch", "fsm_pct is a percent (0-100) and 40 a plain number.", "Write 40%."],
    ["progress8 > 5%", 22, "type-mismatch", "progress8 is a number (points) and 5% a percent (0-100).", "Write 5."],
    [
      "share = fsm_pct",
      18,
      "type-mismatch",
      "share is a proportion (0-1) and fsm_pct a percent (0-100).",
      "Divide the percent by 100, or multiply the other side by 100.",
    ],
    [
      "pupils > progress8",
      19,
      "type-mismatch",
      "pupils is a number (pupils) and progress8 a number (points).",
      "Convert one into the unit of the other.",
    ],
    ["pupils * 50% > 3", 19, "type-mismatch", "50% in a product would count as 50, not 0.5.", "Write 0.5."],
    ["fsm_pct + 3 > 5%", 20, "type-mismatch", "fsm_pct is a percent (0-100) and 3 a plain number.", "Write 3%."],
    [
      'region = "North-West"',
      19,
      "unknown-level",
      'region has no level "North-West". Its levels: "North West", "North East", "London".',
      'Nearest: "North West".',
    ],
    [
      "region in ('London', 'Leeds')",
      31,
      "unknown-level",
      'region has no level "Leeds". Its levels: "North West", "North East", "London".',
      undefined,
    ],
    [
      "region = London",
      19,
      "unknown-column",
      "schools has no column `London`.",
      'Text is written in quotes: "London".',
    ],
    [
      "progres8 > 0",
      10,
      "unknown-column",
      "schools has no column `progres8`.",
      "Nearest: `progress8`. Columns must be declared or come from the registry.",
    ],
    ["year = 2016", 17, "year-ambiguous", "`2016` could be 2015/16 or 2016/17.", "Write `2015/16` or `2016/17`."],
    [
      "region < 'London'",
      10,
      "type-mismatch",
      "`region` is a category, which has no order.",
      "Declare its levels in order with `ordered: yes`, or use `in (…)`.",
    ],
    ["use_row = 1", 20, "type-mismatch", "use_row is a yes or no and 1 a plain number.", "Write `yes` or `no`."],
    ["grade = 2", 18, "type-mismatch", "grade is a category and 2 a plain number.", 'Write "2" in quotes.'],
    [
      "use_row + 1 > 0",
      10,
      "type-mismatch",
      "use_row is a yes or no and 1 a plain number: `+` has no meaning between them.",
      "Truth values are not numbers: use `if … then 1 else 0`.",
    ],
    [
      "joined + 3 > 2016-09-01",
      10,
      "type-mismatch",
      "joined is a date and 3 a plain number: `+` has no meaning between them.",
      undefined,
    ],
    [
      "pupils and use_row",
      10,
      "type-mismatch",
      "`pupils` is a number (pupils), not a condition.",
      "Compare it with something, for example `= yes`, `> 0` or `is not missing`.",
    ],
    [
      "if use_row then 1 else 'a'",
      33,
      "type-mismatch",
      "1 is a plain number and 'a' a category: both arms of an `if` must have one type.",
      undefined,
    ],
    ["roundd(pupils, 1) > 0", 10, "unknown-name", "There is no function `roundd`.", "Nearest: `round(x, n)`."],
    ["round(pupils) > 0", 10, "expression-syntax", "`round(x, n)` takes 2 arguments; 1 given.", undefined],
    [
      "round(pupils, count) > 0",
      24,
      "type-mismatch",
      "`round(x, n)` takes a whole number written out here; read `count`.",
      undefined,
    ],
    [
      "academicYear(pupils) = 2015/16",
      23,
      "type-mismatch",
      "`academicYear(date)` takes a date here; `pupils` is a number (pupils).",
      undefined,
    ],
    [
      "district(name) = 'E07'",
      10,
      "not-supported-yet",
      "`district(postcode)` needs a declared look-up of postcodes, which is not supported yet.",
      "Leave it out, and read the district from a column of the source.",
    ],
    [
      "pupils at baseline + 1 > 0",
      10,
      "looks-ahead",
      "`pupils at baseline + 1` lies after baseline 2015/16: it cannot be used in design (sealed).",
      "It is an outcome: move it to `outcomes`.",
    ],
    [
      "use_row and pupils at 2016/17 > 0",
      22,
      "looks-ahead",
      "`pupils at 2016/17` lies after baseline 2015/16: it cannot be used in design (sealed).",
      "It is an outcome: move it to `outcomes`.",
    ],
    [
      "exists at baseline + 2",
      10,
      "looks-ahead",
      "`exists at baseline + 2` lies after baseline 2015/16: it cannot be used in design (sealed).",
      "It is an outcome: move it to `outcomes`.",
    ],
    [
      "weight > 0",
      10,
      "not-supported-yet",
      "`weight` is made by the program; naming it in an expression is not supported yet.",
      "Leave it out.",
    ],
    [
      "3 at baseline = 3",
      10,
      "expression-syntax",
      "`3` does not change with time: only a column, or `exists`, has a moment.",
      "Leave out `at …`.",
    ],
  ])("%s", (text, column, code, message, suggestion) => {
    expect(faultsOf(text)).toEqual([
      {
        code,
        severity: "fault",
        place: { file: "study.yaml", line: 7, column },
        message,
        ...(suggestion !== undefined && { suggestion }),
      },
    ]);
  });

  test("all are said, not only the first", () => {
    expect(faultsOf("regon = 'x' and fsm_pct > 0.5 or year = 2016").map(({ code }) => code)).toEqual([
      "unknown-column",
      "type-mismatch",
      "year-ambiguous",
    ]);
  });

  test("a column at fault itself is not complained of again", () => {
    expect("tree" in read("broken > 3 and broken = 'x'")).toBe(true);
    expect(read("broken + 1")).toEqual([]);
  });

  test("a condition is asked for where only a condition can stand", () => {
    expect(faultsOf("pupils", { ...SCOPE, wants: "truth" })[0]?.message).toBe(
      "A condition (yes or no) is expected here; `pupils` is a number (pupils).",
    );
    expect(faultsOf("use_row", { ...SCOPE, wants: "number" })[0]?.message).toBe(
      "A number is expected here; `use_row` is a yes or no.",
    );
  });

  test("rows without years know no moments, derived columns only fixed ones", () => {
    expect(faultsOf("pupils at 2015/16 > 0", { ...SCOPE, moments: "none" })[0]?.message).toBe(
      "`at` has no meaning here: schools has no years to look at.",
    );
    expect(faultsOf("pupils at baseline > 0", { ...SCOPE, moments: "fixed" })[0]?.message).toBe(
      "`pupils at baseline` needs a baseline, which a derived column does not know.",
    );
    expect("tree" in read("pupils at 2018/19 > 0", { ...SCOPE, moments: "fixed" })).toBe(true);
  });

  test("checking any text whatever ends in a type or in faults", () => {
    const words = fc.array(
      fc.constantFrom(
        ..."and or not in between is at if then else exists yes baseline missing ( ) , + - * / = < region pupils fsm_pct year joined use_row grade 'London' 2015/16 2016-09-01 40% 3.5 max( firstKnown( round(".split(
          " ",
        ),
      ),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(words, (parts) => {
        const found = read(parts.join(" "));
        expect("tree" in found || found.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
