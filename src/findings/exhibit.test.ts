import fc from "fast-check";
import { expect, test } from "vitest";
import { withUniqueIds } from "./exhibit.ts";

const idsOf = (ids: readonly string[]) => withUniqueIds(ids.map((id) => ({ id, cells: {} }))).map(({ id }) => id);

test("a name that comes again gets a number, and leaves one that is there already alone", () => {
  expect(idsOf(["st-mary", "st-mary", "st-mary"])).toEqual(["st-mary", "st-mary-2", "st-mary-3"]);
  expect(idsOf(["st-mary", "st-mary", "st-mary-2"])).toEqual(["st-mary", "st-mary-3", "st-mary-2"]);
  expect(idsOf(["", "a", ""])).toEqual(["row", "a", "row-2"]);
});

test("ids differ whatever the names are, and those that differed already stay", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("", "row", "a", "a-2", "a-3", "a-2-2", "row-2")), (ids) => {
      const made = idsOf(ids);
      expect(new Set(made).size).toBe(ids.length);
      for (const [i, id] of ids.entries()) if (id !== "" && ids.indexOf(id) === i) expect(made[i]).toBe(id);
    }),
  );
});
