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
