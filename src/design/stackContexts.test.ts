import { describe, expect, test } from "vitest";
import { stateCode } from "#domain";
import type { EvaluationContext, Moment } from "#expression";
import type { CodeColumn, Column, NumberColumn } from "#table";
import { stackContexts } from "./stackContexts.ts";

const numbers = (values: readonly number[], states?: readonly number[]): NumberColumn => ({
  kind: "number",
  type: "number",
  values: Float64Array.from(values),
  ...(states !== undefined && { states: Uint8Array.from(states) }),
});
const codes = (texts: readonly (string | undefined)[], levels: readonly string[]): CodeColumn => ({
  kind: "code",
  type: "category",
  levels,
  codes: Int32Array.from(texts, (text) => (text === undefined ? -1 : levels.indexOf(text))),
});

/** A context of one column `c`; each call is noted. */
function contextOf(column: Column, asked: (Moment | undefined)[] = []): EvaluationContext {
  const rows = column.kind === "number" ? column.values.length : column.codes.length;
  return {
    rows,
    column: (_name, moment) => {
      asked.push(moment);
      return column;
    },
    exists: () => ({ kind: "number", type: "truth", values: new Float64Array(rows).fill(rows) }),
  };
}

const textsOf = (column: Column) =>
  column.kind === "number" ? [] : Array.from(column.codes, (code) => (code < 0 ? undefined : column.levels[code]));

describe("stacked contexts", () => {
  test("are the rows of the first, then those of the second, and so is who is there", () => {
    const stacked = stackContexts([contextOf(numbers([1, 2])), contextOf(numbers([])), contextOf(numbers([3]))]);
    expect(stacked.rows).toBe(3);
    expect([...(stacked.column("c", undefined) as NumberColumn).values]).toEqual([1, 2, 3]);
    expect([...stacked.exists(undefined).values]).toEqual([2, 2, 1]);
  });

  test("read text by its value, whatever levels each part numbers it by", () => {
    const column = stackContexts([
      contextOf(codes(["a", "b", undefined], ["a", "b"])),
      contextOf(codes(["b", "c", "a"], ["c", "b", "a"])),
    ]).column("c", undefined);
    expect(textsOf(column)).toEqual(["a", "b", undefined, "b", "c", "a"]);
  });

  test("keep why a value is missing, part by part; a part without reasons is plainly missing", () => {
    const suppressed = stateCode("suppressed");
    const column = stackContexts([
      contextOf(numbers([1, Number.NaN])),
      contextOf(numbers([Number.NaN, 2], [suppressed, 0])),
    ]).column("c", undefined);
    expect([...column.states!]).toEqual([0, stateCode("missing"), suppressed, 0]);
    expect(stackContexts([contextOf(numbers([1])), contextOf(numbers([2]))]).column("c", undefined).states).toBe(
      undefined,
    );
  });

  test("ask each part once for each moment", () => {
    const asked: (Moment | undefined)[] = [];
    const stacked = stackContexts([contextOf(numbers([1]), asked), contextOf(numbers([2]))]);
    const before: Moment = { anchor: "baseline", offset: -1 };
    for (const moment of [undefined, before, undefined, { ...before }]) stacked.column("c", moment);
    expect(asked).toEqual([undefined, before]);
  });

  test("of one list are that list", () => {
    const one = contextOf(numbers([1]));
    expect(stackContexts([one])).toBe(one);
  });
});
