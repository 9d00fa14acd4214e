import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meetingKeys } from "./keys.ts";
import { column, frameOf } from "./testing/tables.ts";

type Cell = string | number | undefined;
const KINDS = {
  code: fc.option(fc.constantFrom("a", "b", "c", "1"), { nil: undefined }),
  number: fc.option(fc.constantFrom(1, 2, 0, -1, 0.5), { nil: undefined }),
};

/** A frame of columns `k0`, `k1` … of the given kinds, even where every cell of one is missing. */
function framed(kinds: readonly ("code" | "number")[], rows: readonly (readonly Cell[])[]) {
  return frameOf(
    Object.fromEntries(
      kinds.map((kind, k) => {
        const cells = rows.map((row) => row[k]);
        const isEmpty = cells.every((cell) => cell === undefined);
        return [
          `k${k}`,
          kind === "code" && isEmpty
            ? { kind: "code", type: "text", levels: [], codes: new Int32Array(cells.length).fill(-1) }
            : column(cells),
        ];
      }),
    ),
  );
}

const textKey = (row: readonly Cell[]): string | undefined =>
  row.includes(undefined) ? undefined : JSON.stringify(row);

const drawn = fc
  .array(fc.constantFrom<"code" | "number">("code", "number"), { minLength: 1, maxLength: 3 })
  .chain((kinds) => {
    const row = fc.tuple(...kinds.map((kind) => KINDS[kind] as fc.Arbitrary<Cell>));
    return fc.tuple(fc.constant(kinds), fc.array(row, { maxLength: 12 }), fc.array(row, { maxLength: 12 }));
  });

describe("meeting keys", () => {
  test("are equal exactly where the values written out are; a gap meets nothing", () => {
    fc.assert(
      fc.property(drawn, ([kinds, ours, theirs]) => {
        const names = kinds.map((_, k) => `k${k}`);
        const keys = meetingKeys(framed(kinds, ours), framed(kinds, theirs), names);
        for (const [i, one] of ours.entries()) {
          const text = textKey(one);
          for (const [j, other] of theirs.entries()) {
            const doMeet = keys.ours[i]! >= 0 && keys.ours[i] === keys.theirs[j];
            expect(doMeet).toBe(text !== undefined && text === textKey(other));
          }
          if (text === undefined) expect(keys.ours[i]).toBe(-1);
        }
        for (const [i, one] of theirs.entries()) {
          expect(keys.theirs[i]! < 0).toBe(textKey(one) === undefined);
          for (const [j, other] of theirs.entries()) {
            if (textKey(one) === undefined || textKey(other) === undefined) continue;
            expect(keys.theirs[i] === keys.theirs[j]).toBe(textKey(one) === textKey(other));
          }
        }
      }),
    );
  });

  test("stay apart where the numbers of values multiply past what one number holds", () => {
    const names = ["a", "b", "c", "d", "e"];
    const count = 4000;
    const frame = frameOf(
      Object.fromEntries(
        names.map((name, k) => [name, column(Array.from({ length: count }, (_, i) => (i * (k + 1)) % count))]),
      ),
    );
    const keys = meetingKeys(frame, frame, names);
    expect(new Set(keys.theirs).size).toBe(count);
    expect(keys.ours).toEqual(keys.theirs);
  });

  test("of text and of a number never meet, even where both are written 1", () => {
    const { ours } = meetingKeys(frameOf({ k: column(["1"]) }), frameOf({ k: column([1]) }), ["k"]);
    expect([...ours]).toEqual([-1]);
  });
});
