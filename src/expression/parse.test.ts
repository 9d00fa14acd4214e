import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseExpression } from "./parse.ts";
import { printExpression } from "./print.ts";
import { columnsOf, type Node } from "./tree.ts";

const PLACE = { file: "study.yaml", line: 44, column: 12 };

function tree(text: string): Node {
  const result = parseExpression(text, PLACE);
  if (result.state === "faulty") throw new Error(`${text}: ${result.fault.message}`);
  return result.parsed.tree;
}

function fault(text: string, isInBraces = false) {
  const result = parseExpression(text, PLACE, { isInBraces });
  if (result.state === "parsed") throw new Error(`${text} was expected to be at fault`);
  return result.fault;
}

/** A tree without offsets, to compare what was meant. */
const bare = (node: Node): unknown =>
  JSON.parse(JSON.stringify(node, (key, value) => (key === "start" || key === "end" ? undefined : value)));

describe("reading an expression", () => {
  test("the longest literal wins: a date is not a subtraction, a year not a division", () => {
    expect(tree("2016-08-31")).toMatchObject({ node: "date", days: 17044 });
    expect(tree("2016/17")).toMatchObject({ node: "year", year: 2016 });
    expect(tree("40%")).toMatchObject({ node: "number", value: 40, isPercent: true });
    expect(tree("2016 - 8")).toMatchObject({ node: "arithmetic", operation: "-" });
  });

  test("`and` binds tighter than `or`, `*` than `+`, and signs of one kind go left to right", () => {
    expect(printExpression(tree("a or b and c"))).toBe("a or b and c");
    expect(bare(tree("a or b and c"))).toEqual(bare(tree("a or (b and c)")));
    expect(bare(tree("a - b - c = 0"))).toEqual(bare(tree("(a - b) - c = 0")));
    expect(bare(tree("a + b * c = 0"))).toEqual(bare(tree("a + (b * c) = 0")));
  });

  test("`is not applicable` asks for a state, `is not missing` denies one", () => {
    expect(tree("x is not applicable")).toMatchObject({ state: "notApplicable", isNegated: false });
    expect(tree("x is not not available")).toMatchObject({ state: "notAvailable", isNegated: true });
    expect(tree("x is not missing")).toMatchObject({ state: "missing", isNegated: true });
    expect(tree("x is suppressed")).toMatchObject({ state: "suppressed", isNegated: false });
  });

  test("a moment takes a following whole number, and nothing else", () => {
    expect(tree("x at baseline + 1")).toMatchObject({ node: "at", moment: { anchor: "baseline", offset: 1 } });
    expect(tree("x at baseline - x at 2014/15")).toMatchObject({ node: "arithmetic", operation: "-" });
    expect(tree("x at timeZero - 2")).toMatchObject({ moment: { anchor: "timeZero", offset: -2 } });
    expect(tree("(x at baseline) + 1")).toMatchObject({ node: "arithmetic", operation: "+" });
  });

  test.each([
    [
      "mat_joined_date between 2016-09-01 and",
      50,
      "Expected a value after `between 2016-09-01 and`.",
      "Both ends are needed.",
    ],
    ["region = ", 21, "Expected a value after `region =`; the expression ends there.", undefined],
    ["a-b", 13, "`-` needs a space on both sides.", "Write `a - b`."],
    ["region == 'London'", 20, "Expected a value after `region =`; found `=`.", "Write a single `=`."],
    ["x in (1, 2", 22, "Expected `)` after `x in (1, 2`; the expression ends there.", undefined],
    ["name = 'abc", 19, "The quote ' opened here never closes.", "Close it with '."],
    ["d > 2016-02-30", 16, "There is no day 2016-02-30.", "Dates are written YYYY-MM-DD."],
    [
      "y = 2016/19",
      16,
      "2016/19 is not an academic year: its halves do not follow each other.",
      "Years are written 2015/16.",
    ],
    ["a && b", 14, "`&` has no meaning in an expression.", "Write `and`."],
    [
      "x > 12abc",
      16,
      "`12abc` is neither a number, a date (2016-08-31) nor an academic year (2015/16).",
      "Signs of calculation need a space on both sides; text is written in quotes.",
    ],
    ["", 12, "An expression was expected here; there is nothing.", undefined],
    [
      "x at 3",
      17,
      "Expected a moment (`baseline`, `timeZero`, `followup` or a year such as `2015/16`) after `x at`; found `3`.",
      undefined,
    ],
    ["missing = 3", 12, "Expected a value; found `missing`.", undefined],
    ["a b", 14, "Expected the end of the expression, `and` or `or` after `a`; found `b`.", undefined],
  ])("says where and why it stopped: %s", (text, column, message, suggestion) => {
    expect(fault(text)).toEqual({
      code: "expression-syntax",
      severity: "fault",
      place: { ...PLACE, column },
      message,
      ...(suggestion !== undefined && { suggestion }),
    });
  });

  test("a text that ends in the middle was cut by a comma where commas cut", () => {
    expect(fault("max(a", true)).toMatchObject({
      code: "expression-cut",
      suggestion: "Quote it, or give it its own line.",
    });
    expect(fault("max(a", false).code).toBe("expression-syntax");
    expect(fault("a b", true).code).toBe("expression-syntax");
  });

  test("nesting and length have an end", () => {
    expect(fault("(".repeat(5000)).message).toContain("longer than 4000 characters");
    expect(fault("(".repeat(500)).message).toContain("nested more than 100 deep");
    expect(tree(`${"(".repeat(90)}a${")".repeat(90)}`)).toMatchObject({ node: "column" });
  });

  test("columns are told with the moment nearest to them", () => {
    const reads = columnsOf({ tree: tree("(a + b at 2014/15) at baseline > max(a, c) and a is missing") });
    expect(reads).toEqual([
      { name: "a", moment: { anchor: "baseline", offset: 0 } },
      { name: "b", moment: { year: 2014 } },
      { name: "a", moment: undefined },
      { name: "c", moment: undefined },
    ]);
  });
});

const span = { start: 0, end: 0 };
const moment = fc.oneof(
  fc.integer({ min: 1990, max: 2050 }).map((year) => ({ year })),
  fc
    .record({
      anchor: fc.constantFrom("baseline" as const, "timeZero" as const, "followup" as const),
      offset: fc.integer({ min: -5, max: 5 }),
    })
    .map((own) => ({ ...own, offset: own.offset === 0 ? 0 : own.offset })),
);

/** Any tree the grammar can write. */
const anyTree = fc.letrec<{ value: Node; condition: Node }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc
      .record({ node: fc.constant("column" as const), name: fc.constantFrom("a", "b_1", "region") })
      .map((own) => ({ ...own, ...span })),
    fc
      .record({
        node: fc.constant("number" as const),
        value: fc.double({ min: 0, max: 1e9, noNaN: true }),
        isPercent: fc.boolean(),
      })
      .map((own) => ({ ...own, value: Math.abs(own.value), ...span })),
    fc
      .record({ node: fc.constant("text" as const), value: fc.constantFrom("London", "it's", 'a "b"', "") })
      .map((own) => ({ ...own, ...span })),
    fc.integer({ min: -3000, max: 40_000 }).map((days): Node => ({ node: "date", days, ...span })),
    fc.integer({ min: 1990, max: 2050 }).map((year): Node => ({ node: "year", year, ...span })),
    fc.boolean().map((value): Node => ({ node: "truth", value, ...span })),
    fc.constant<Node>({ node: "exists", ...span }),
    fc.tuple(tie("value"), moment).map(([of, at]): Node => ({ node: "at", of, moment: at, ...span })),
    tie("value").map((of): Node => ({ node: "minus", of, ...span })),
    fc
      .tuple(fc.constantFrom("+" as const, "-" as const, "*" as const, "/" as const), tie("value"), tie("value"))
      .map(([operation, left, right]): Node => ({ node: "arithmetic", operation, left, right, ...span })),
    fc.array(tie("value"), { maxLength: 3 }).map((parts): Node => ({ node: "call", name: "max", parts, ...span })),
    fc
      .tuple(tie("condition"), tie("value"), tie("value"))
      .map(([condition, yes, no]): Node => ({ node: "if", condition, yes, no, ...span })),
  ),
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("value"),
    fc
      .tuple(fc.constantFrom("=" as const, "!=" as const, "<" as const, ">=" as const), tie("value"), tie("value"))
      .map(([relation, left, right]): Node => ({ node: "relation", relation, left, right, ...span })),
    fc
      .tuple(
        tie("value"),
        fc.constantFrom("missing" as const, "suppressed" as const, "notApplicable" as const, "notAvailable" as const),
        fc.boolean(),
      )
      .map(([of, state, isNegated]): Node => ({ node: "is", of, state, isNegated, ...span })),
    fc
      .tuple(tie("value"), fc.array(tie("value"), { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([of, options, isNegated]): Node => ({ node: "in", of, options, isNegated, ...span })),
    fc
      .tuple(tie("value"), tie("value"), tie("value"), fc.boolean())
      .map(([of, low, high, isNegated]): Node => ({ node: "between", of, low, high, isNegated, ...span })),
    tie("condition").map((of): Node => ({ node: "not", of, ...span })),
    fc
      .tuple(fc.constantFrom("and" as const, "or" as const), fc.array(tie("condition"), { minLength: 2, maxLength: 3 }))
      .map(([node, parts]): Node => ({ node, parts, ...span })),
  ),
}));

/** Chains inside chains read back as one chain or as brackets; both mean the same, so they are flattened to compare. */
function flat(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(flat);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, flat(value)]));
}

describe("printing an expression", () => {
  test("reads back as the same tree, and prints the same again", () => {
    fc.assert(
      fc.property(anyTree.condition, (made) => {
        const text = printExpression(made);
        fc.pre(text.length < 3000);
        const again = tree(text);
        expect(flat(bare(again))).toEqual(flat(bare(made)));
        expect(printExpression(again)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test("reading any text whatever ends in a tree or a fault at a place inside it", () => {
    const words = fc
      .array(
        fc.constantFrom(
          ..."and or not in between is at if then else exists yes no baseline missing ( ) , + - * / = != < a b_1 'x' \"y\" 2015/16 2016-09-01 40% 3.5 max( é 😀 \t".split(
            " ",
          ),
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join(" "));
    fc.assert(
      fc.property(
        fc.oneof(words, fc.string({ unit: "binary", maxLength: 60 }), fc.string({ maxLength: 60 })),
        (text) => {
          const result = parseExpression(text, PLACE);
          if (result.state === "parsed") return;
          const at = result.fault.place!.column - PLACE.column;
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
