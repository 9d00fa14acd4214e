import { describe, expect, it } from "vitest";
import { RandomStream } from "./randomStream.ts";

const draw = (n: number, one: () => number) => Array.from({ length: n }, one);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("a random stream", () => {
  it("gives these numbers for this seed and name, on every machine and for ever: recorded runs depend on them", () => {
    const stream = new RandomStream(20160901, "bootstrap");
    expect([stream.uniform(), stream.uniform()]).toEqual([0.9454070019958575, 0.6634758958031077]);
    expect([stream.normal(), stream.normal()]).toEqual([-0.026371273433233536, -0.6872979592478065]);
    expect([stream.integer(6), stream.webb(), stream.chiSquare(12.5)]).toEqual([4, 1, 10.963305688687724]);
    const items = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7);
    stream.shuffle(items);
    expect(Array.from(items)).toEqual([0, 5, 4, 1, 3, 2, 6, 7]);
  });

  it("depends on nothing but seed and name", () => {
    const numbers = (seed: number, name: string) => {
      const stream = new RandomStream(seed, name);
      return draw(5, () => stream.uniform());
    };
    expect(numbers(1, "a")).toEqual(numbers(1, "a"));
    expect(numbers(1, "a")).not.toEqual(numbers(2, "a"));
    expect(numbers(1, "a")).not.toEqual(numbers(1, "b"));
  });

  it("has uniform numbers, uncorrelated with the next and with those of a neighbouring seed", () => {
    const stream = new RandomStream(1, "u");
    const other = new RandomStream(2, "u");
    const values = draw(40_000, () => stream.uniform() - 0.5);
    const others = draw(40_000, () => other.uniform() - 0.5);
    // Standard errors: .0014 of the mean, .005 of a correlation.
    expect(Math.abs(mean(values))).toBeLessThan(0.006);
    expect(12 * Math.abs(mean(values.slice(1).map((value, i) => value * values[i])))).toBeLessThan(0.02);
    expect(12 * Math.abs(mean(values.map((value, i) => value * others[i])))).toBeLessThan(0.02);
    const tenths = Array.from(
      { length: 10 },
      (_, t) => values.filter((value) => Math.floor(10 * (value + 0.5)) === t).length,
    );
    const chiSquare = tenths.reduce((sum, count) => sum + (count - 4000) ** 2 / 4000, 0);
    // 99.99% of chi-square with 9 degrees of freedom.
    expect(chiSquare).toBeLessThan(33.7);
  });

  it("has whole numbers below n, each as often", () => {
    const stream = new RandomStream(3, "i");
    const counts = [0, 0, 0];
    for (const value of draw(30_000, () => stream.integer(3))) counts[value]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(330);
  });

  it("has normal, Webb and chi-square numbers of the right mean and variance", () => {
    const stream = new RandomStream(4, "n");
    const moments = (values: readonly number[]) => ({
      m: mean(values),
      v: mean(values.map((v) => v * v)) - mean(values) ** 2,
    });
    const normal = moments(draw(40_000, () => stream.normal()));
    expect(Math.abs(normal.m)).toBeLessThan(0.02);
    expect(Math.abs(normal.v - 1)).toBeLessThan(0.03);
    const webb = moments(draw(40_000, () => stream.webb()));
    expect(Math.abs(webb.m)).toBeLessThan(0.02);
    expect(Math.abs(webb.v - 1)).toBeLessThan(0.02);
    const chiSquare = moments(draw(40_000, () => stream.chiSquare(7)));
    expect(Math.abs(chiSquare.m - 7)).toBeLessThan(0.08);
    expect(Math.abs(chiSquare.v - 14)).toBeLessThan(0.6);
  });

  it("shuffles without losing anything, every order as often", () => {
    const stream = new RandomStream(5, "s");
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const items = Int32Array.of(0, 1, 2);
      stream.shuffle(items);
      const order = items.join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(new Set(counts.keys())).toEqual(new Set(["012", "021", "102", "120", "201", "210"]));
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });

  it("splits into streams that depend on names alone", () => {
    const whole = new RandomStream(1, "whole");
    const early = whole.split("part");
    whole.uniform();
    const late = whole.split("part");
    const other = whole.split("other part");
    const first = early.uniform();
    expect(late.uniform()).toBe(first);
    expect(other.uniform()).not.toBe(first);
    expect(new RandomStream(2, "whole").split("part").uniform()).not.toBe(first);
  });
});
