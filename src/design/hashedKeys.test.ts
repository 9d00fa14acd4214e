import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hashedKey, tieRanks } from "./hashedKeys.ts";

test("a key's hash changes with seed and baseline year, and shows nothing of the key", () => {
  const hash = hashedKey("100001", 7, 2015);
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(hashedKey("100001", 7, 2015)).toBe(hash);
  expect(hashedKey("100001", 7, 2016)).not.toBe(hash);
  expect(hashedKey("100001", 8, 2015)).not.toBe(hash);
});

test("tie ranks are a permutation that belongs to the keys, not to their order in the file", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 20 }), fc.string(), (keys, seed) => {
      const ranks = tieRanks(keys, seed);
      expect([...ranks].sort((a, b) => a - b)).toEqual([...keys.keys()]);
      const turned = [...keys].reverse();
      expect([...tieRanks(turned, seed)].reverse()).toEqual([...ranks]);
    }),
  );
});

test("keys stand in the order of their whole hashes; a key given twice keeps its order", () => {
  const keys = Array.from({ length: 3000 }, (_, i) => `P${i % 2900}`);
  const digests = keys.map((key) => createHash("sha256").update(`7\n${key}`).digest("hex"));
  const order = [...keys.keys()].sort((a, b) => (digests[a]! < digests[b]! ? -1 : digests[a]! > digests[b]! ? 1 : 0));
  const ranks = tieRanks(keys, "7");
  expect(order.map((row) => ranks[row])).toEqual([...keys.keys()]);
  expect(tieRanks(keys, "7")).toBe(ranks);
  expect(tieRanks(keys, "8")).not.toBe(ranks);
});
