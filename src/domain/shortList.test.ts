import fc from "fast-check";
import { expect, test } from "vitest";
import { readShortList, writeShortList } from "./shortList.ts";

test("a short list knows the line of each record, whatever the line ends and quotes", () => {
  const list = readShortList('\uFEFFName , Why\r\n"Smith, A","said ""yes""\nand left"\r\n\r\nJones,\r\n');
  expect(list.headers).toEqual(["name", "why"]);
  expect(list.records).toEqual([
    { line: 2, fields: { name: "Smith, A", why: 'said "yes"\nand left' } },
    { line: 5, fields: { name: "Jones", why: "" } },
  ]);
  expect(readShortList("")).toEqual({ headers: [], records: [] });
});

test.each([";", "\t"])("a list divided by %j is one too, and its fields may hold commas", (mark) => {
  const list = readShortList(`a${mark}b\r\n1, 2${mark}"x${mark}y"\r\n`);
  expect(list.headers).toEqual(["a", "b"]);
  expect(list.records).toEqual([{ line: 2, fields: { a: "1, 2", b: `x${mark}y` } }]);
});

test("a quote that never closes is said with the line it opens in", () => {
  expect(readShortList('a,b\n1,2\n3,"four\n5,6\n').unclosedAt).toBe(3);
  expect(readShortList('a,b\n1,"2"\n')).not.toHaveProperty("unclosedAt");
});

test("a list that is written is read back", () => {
  const field = fc.string({ unit: "grapheme-ascii" }).map((text) => text.trim());
  const rows = fc.array(fc.tuple(field, field, fc.constant("x")), { maxLength: 6 });
  fc.assert(
    fc.property(rows, (all) => {
      const list = readShortList(writeShortList(["a", "b", "c"], all));
      expect(list.records.map(({ fields }) => [fields.a, fields.b, fields.c])).toEqual(all);
    }),
  );
});
