import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HashedDraws, pick } from "./hashedDraws.ts";
import { exponential, logistic } from "./logistic.ts";

describe("hashed draws", () => {
  it("depend on seed, name, key, year and event, and on nothing else", () => {
    const draws = new HashedDraws(7, "one");
    const first = draws.uniform(12, 2015, 3);
    draws.uniform(99, 2016, 4);
    expect(draws.uniform(12, 2015, 3)).toBe(first);
    expect(new HashedDraws(7, "one").uniform(12, 2015, 3)).toBe(first);
    for (const other of [
      new HashedDraws(8, "one").uniform(12, 2015, 3),
      new HashedDraws(7, "two").uniform(12, 2015, 3),
      draws.uniform(13, 2015, 3),
      draws.uniform(12, 2016, 3),
      draws.uniform(12, 2015, 4),
    ])
      expect(other).not.toBe(first);
  });

  // 200,000 draws: a tenth holds 20,000 with a standard deviation of 134, a correlation has one of 0.0022; five of each.
  it("are uniform, and neighbours in key, year or event are strangers", () => {
    const draws = new HashedDraws(1, "uniform");
    const n = 200_000;
    const tenths = new Float64Array(10);
    const sums = [0, 0, 0];
    for (let key = 0; key < n; key++) {
      const u = draws.uniform(key, 2015, 11);
      tenths[Math.floor(u * 10)]++;
      const others = [draws.uniform(key + 1, 2015, 11), draws.uniform(key, 2016, 11), draws.uniform(key, 2015, 12)];
      for (const [o, v] of others.entries()) sums[o] += 12 * (u - 0.5) * (v - 0.5);
    }
    for (const held of tenths) expect(Math.abs(held - n / 10)).toBeLessThan(670);
    for (const sum of sums) expect(Math.abs(sum / n)).toBeLessThan(0.0112);
  });

  it("pick a place with the chance of its weight", () => {
    expect([0, 0.19, 0.2, 0.49, 0.5, 0.999].map((u) => pick([2, 3, 0, 5], u))).toEqual([0, 0, 1, 1, 3, 3]);
  });
});

describe("the logistic curve", () => {
  it("is that of the language to 1e-13, and adds to one with its mirror", () => {
    fc.assert(
      fc.property(fc.double({ min: -39, max: 39, noNaN: true }), (x) => {
        const expected = 1 / (1 + Math.exp(-x));
        expect(Math.abs(logistic(x) - expected)).toBeLessThan(1e-13 * expected + 1e-18);
        expect(Math.abs(logistic(x) + logistic(-x) - 1)).toBeLessThan(1e-15);
      }),
    );
    expect([logistic(0), logistic(41), logistic(-41), exponential(0)]).toEqual([0.5, 1, 0, 1]);
  });
});
