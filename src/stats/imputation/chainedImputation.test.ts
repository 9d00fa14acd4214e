import { describe, expect, it } from "vitest";
import { RandomStream } from "#math";
import { argsort } from "../common/argsort.ts";
import { near } from "../testing/reference.ts";
import { chainedImputation, type IncompleteColumn } from "./chainedImputation.ts";

const LEVELS = ["low", "middle", "high"];

/** x, y = x + noise with gaps where x is large, and a category that follows x, with gaps at random. */
function incomplete(n: number, seed: number) {
  const random = new RandomStream(seed, "incomplete");
  const x = Float64Array.from({ length: n }, () => random.normal());
  const whole = x.map((value) => value + 0.5 * random.normal());
  const code = Int32Array.from(x, (value) => (value + 0.3 * random.normal() < -0.5 ? 0 : value < 0.7 ? 1 : 2));
  const y = whole.map((value, i) => (x[i] > 0.2 && random.uniform() < 0.6 ? Number.NaN : value));
  const codes = code.map((value) => (random.uniform() < 0.2 ? -1 : value));
  const columns: IncompleteColumn[] = [
    { name: "x", kind: "number", values: x },
    { name: "y", kind: "number", values: y },
    { name: "level", kind: "code", codes, levels: LEVELS },
  ];
  return { columns, x, whole, y, code, codes };
}

const valuesOf = (column: { readonly values?: Float64Array; readonly codes?: Int32Array }) =>
  column.values ?? column.codes!;
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe("chained imputation", () => {
  it("fills every gap with a value that was observed, and changes no other", () => {
    const { columns, y, codes, x } = incomplete(300, 1);
    const [first, second, third] = chainedImputation({ columns, seed: 1, draws: 2 }).draw(1).map(valuesOf);
    expect(first).toEqual(x);
    const seen = new Set(y);
    for (const [i, value] of second.entries())
      expect(Number.isNaN(y[i]) ? seen.has(value) && !Number.isNaN(value) : value === y[i]).toBe(true);
    for (const [i, code] of third.entries())
      expect(codes[i] < 0 ? code >= 0 && code < 3 : code === codes[i]).toBe(true);
  });

  it("gives the same draw for the same seed and number, in any order, and others otherwise", () => {
    const { columns } = incomplete(200, 2);
    const one = chainedImputation({ columns, seed: 5, draws: 3 });
    const two = chainedImputation({ columns, seed: 5, draws: 3 });
    const last = two.draw(2);
    expect(one.draw(0)).toEqual(two.draw(0));
    expect(one.draw(2)).toEqual(last);
    expect(one.draw(1)).not.toEqual(one.draw(0));
    expect(chainedImputation({ columns, seed: 6, draws: 3 }).draw(0)).not.toEqual(one.draw(0));
    expect(() => one.draw(3)).toThrow(RangeError);
  });

  it("recovers a mean that the observed values miss, and the level shares given x", () => {
    const { columns, whole, y, code, codes, x } = incomplete(3000, 3);
    const draws = Array.from({ length: 5 }, (_, i) =>
      chainedImputation({ columns, seed: 3, draws: 5 }).draw(i).map(valuesOf),
    );
    const truth = mean(whole);
    // Observed values alone are off by about .3; donors are scarce at the far end, so a part of that remains.
    expect(mean(y.filter((value) => !Number.isNaN(value)))).toBeLessThan(truth - 0.2);
    near(mean(draws.map((draw) => mean(draw[1]))), truth, 0.05, 1);
    for (const level of [0, 1, 2]) {
      const gaps = [...x.keys()].filter((i) => codes[i] < 0);
      const share = mean(draws.map((draw) => mean(gaps.map((i) => Number(draw[2][i] === level)))));
      near(share, mean(gaps.map((i) => Number(code[i] === level))), 0.06, 1);
    }
    // Categories are not scattered: those filled in follow x as the observed ones do.
    const gapsHigh = [...x.keys()].filter((i) => codes[i] < 0 && x[i] > 1.2);
    expect(mean(gapsHigh.map((i) => Number(draws[0][2][i] === 2)))).toBeGreaterThan(0.7);
  });

  it("varies between draws about as much as the gaps leave open", () => {
    const { columns } = incomplete(400, 4);
    const imputation = chainedImputation({ columns, seed: 4, draws: 20 });
    const means = Array.from({ length: 20 }, (_, i) => mean(valuesOf(imputation.draw(i)[1])));
    const centre = mean(means);
    const sd = Math.sqrt(means.reduce((sum, value) => sum + (value - centre) ** 2, 0) / 19);
    // Residual SD .5 over about a quarter of 400 rows, and the coefficients' own uncertainty.
    expect(sd).toBeGreaterThan(0.004);
    expect(sd).toBeLessThan(0.05);
  });

  it("copes with repeated predictors, constant columns, levels nobody has and columns without any value", () => {
    const { columns, x, y } = incomplete(60, 5);
    const odd: IncompleteColumn[] = [
      ...columns,
      { name: "again", kind: "number", values: x.map((value) => 3 * value) },
      { name: "constant", kind: "number", values: new Float64Array(60).fill(7) },
      {
        name: "unused",
        kind: "code",
        codes: Int32Array.from(x, (_, i) => (i % 4 === 0 ? -1 : i % 2)),
        levels: ["a", "b", "c"],
      },
      { name: "never", kind: "number", values: new Float64Array(60).fill(Number.NaN) },
    ];
    const drawn = chainedImputation({ columns: odd, seed: 1, draws: 1 }).draw(0).map(valuesOf);
    expect(drawn[1].every((value) => Number.isFinite(value))).toBe(true);
    expect(drawn[5].every((code) => code === 0 || code === 1)).toBe(true);
    expect(drawn[6].every((value) => Number.isNaN(value))).toBe(true);
    expect(y.some((value) => Number.isNaN(value))).toBe(true);
  });

  it("leaves its input as it was", () => {
    const { columns, y } = incomplete(50, 6);
    const before = Float64Array.from(y);
    chainedImputation({ columns, seed: 1, draws: 1 }).draw(0);
    expect(y).toEqual(before);
  });
});

describe("argsort", () => {
  it("sorts negative, zero and positive numbers, equal ones in the order given", () => {
    expect(Array.from(argsort(Float64Array.of(3, -1, 0, -1, -200, 1e-3, 7e5, 3)))).toEqual([4, 1, 3, 2, 5, 0, 7, 6]);
  });

  it("draws a yes-or-no column by logistic regression: its share comes out right where gaps depend on a predictor", () => {
    const random = new RandomStream(9, "yes or no");
    const x = Float64Array.from({ length: 2000 }, () => random.normal());
    const whole = Int32Array.from(x, (value) => Number(random.uniform() < 1 / (1 + Math.exp(-1.5 * value))));
    const codes = whole.map((code, i) => (random.uniform() < 1 / (1 + Math.exp(-2 * x[i])) ? -1 : code));
    const columns: IncompleteColumn[] = [
      { name: "x", kind: "number", values: x },
      { name: "yes", kind: "code", codes, levels: ["no", "yes"], method: "logit" },
    ];
    const draws = chainedImputation({ columns, seed: 3, draws: 10 });
    const shares = Array.from({ length: 10 }, (_, i) => mean(valuesOf(draws.draw(i)[1])));
    const observed = codes.filter((code) => code >= 0);
    // Those observed are mostly low: their share is far off, that of the completed column is not.
    expect(Math.abs(mean(observed) - mean(whole))).toBeGreaterThan(0.1);
    expect(Math.abs(mean(shares) - mean(whole))).toBeLessThan(0.02);
    for (const [i, code] of valuesOf(draws.draw(0)[1]).entries()) expect(codes[i] < 0 || code === codes[i]).toBe(true);
  });

  it("does not run away where a predictor tells yes from no without error, and asks for two levels", () => {
    const x = Float64Array.from({ length: 60 }, (_, i) => i - 30);
    const codes = Int32Array.from(x, (value, i) => (i % 3 === 0 ? -1 : Number(value > 0)));
    const yes = { name: "yes", kind: "code", codes, levels: ["no", "yes"], method: "logit" } as const;
    const columns: IncompleteColumn[] = [{ name: "x", kind: "number", values: x }, yes];
    const filled = valuesOf(chainedImputation({ columns, seed: 1, draws: 1 }).draw(0)[1]);
    expect(filled[59]).toBe(1);
    expect(filled[0]).toBe(0);
    const three = { ...yes, levels: ["a", "b", "c"] };
    expect(() => chainedImputation({ columns: [three], seed: 1, draws: 1 })).toThrow(/levels of yes/);
  });
});
