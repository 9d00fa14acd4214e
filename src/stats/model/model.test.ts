import { describe, expect, it } from "vitest";
import { near } from "../testing/reference.ts";
import { simulatedRows } from "../testing/simulated.ts";
import { BadFormula, readFormula, variablesOf } from "./formula.ts";
import { modelMatrix } from "./modelMatrix.ts";
import { patternsOf } from "./patterns.ts";
import {
  completeRows,
  crossFactors,
  type ModelData,
  takeRows,
  UnknownVariable,
  type Variable,
  withValue,
} from "./variable.ts";

const factor = (codes: readonly number[], levels: readonly string[]): Variable => ({
  kind: "factor",
  codes: Int32Array.from(codes),
  levels,
});
const number = (values: readonly number[]): Variable => ({ kind: "number", values: Float64Array.from(values) });

const DATA: ModelData = new Map([
  ["x", number([1, 2, 3, 4])],
  ["yr", number([2015, 2016, 2016, 2017])],
  ["yrgap", number([0, 1, 0, 1])],
  ["f", factor([0, 1, 2, 0], ["u", "v", "w"])],
  ["g", factor([0, 1, 0, 1], ["a", "b"])],
]);

describe("formulas", () => {
  it("are taken apart as R does", () => {
    const terms = (text: string) => readFormula(text).terms.map((term) => term.join(":"));
    expect(terms("y ~ a * b * c")).toEqual(["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]);
    expect(terms("y ~ f + x:f")).toEqual(["f", "f:x"]);
    expect(terms("y ~ (a + b + c)^2")).toEqual(["a", "b", "c", "a:b", "a:c", "b:c"]);
    expect(terms("y ~ a / b")).toEqual(["a", "a:b"]);
    expect(terms("y ~ a * b - a:b")).toEqual(["a", "b"]);
    expect(terms("y ~ a + a + b:a")).toEqual(["a", "a:b"]);
    expect(readFormula("y ~ -1 + x").hasIntercept).toBe(false);
    expect(readFormula("y ~ x + 0").hasIntercept).toBe(false);
    expect(readFormula("~ x").response).toBeUndefined();
    expect(readFormula("y ~ x + offset(n)").offsets).toEqual(["n"]);
    expect(readFormula("`odd name` ~ größe").terms).toEqual([["größe"]]);
    expect(readFormula("y ~ x + (1 + x || a/b)").random.map(({ group }) => group.length)).toEqual([2, 1]);
    expect(variablesOf(readFormula("y ~ x + (z | g) + offset(n)"))).toEqual(["y", "x", "g", "z", "n"]);
  });

  it("say where reading stopped", () => {
    for (const [text, wanted] of [
      ["y ~", /a variable expected, but it ends there/],
      ["y ~ x +", /a variable expected/],
      ["y ~ x ~ z", /the end of the formula expected, found "~"/],
      ["y ~ poly(x, 2)", /cannot be read|function "poly" is not known/],
      ["y ~ x & z", /"& z" cannot be read/],
      ["y ~ (x", /"\)" expected/],
    ] as const) {
      expect(() => readFormula(text)).toThrow(BadFormula);
      expect(() => readFormula(text)).toThrow(wanted);
    }
  });
});

describe("model matrices", () => {
  const names = (text: string) => modelMatrix(readFormula(text), DATA).names;
  it("name and code columns as R does", () => {
    expect(names("~ f + x:f")).toEqual(["(Intercept)", "fv", "fw", "fu:x", "fv:x", "fw:x"]);
    expect(names("~ f * g")).toEqual(["(Intercept)", "fv", "fw", "gb", "fv:gb", "fw:gb"]);
    expect(names("~ factor(yr) + yrgap")).toEqual(["(Intercept)", "factor(yr)2016", "factor(yr)2017", "yrgap"]);
    expect(names("~ f - 1")).toEqual(["fu", "fv", "fw"]);
    expect(names("~ f + g - 1")).toEqual(["fu", "fv", "fw", "gb"]);
    expect(() => names("~ nothing")).toThrow(UnknownVariable);
  });

  it("follow a variable that is set", () => {
    const formula = readFormula("~ f * x");
    const { x } = modelMatrix(formula, withValue(DATA, "f", "w"));
    expect([...x.column(2)]).toEqual([1, 1, 1, 1]);
    expect([...x.column(5)]).toEqual([1, 2, 3, 4]);
    expect(() => withValue(DATA, "f", "z")).toThrow(/"z" is no level of "f"; there are u, v, w/);
  });
});

describe("categories and rows", () => {
  it("cross without running over, however many levels they have", () => {
    const n = 60_000;
    const levels = Array.from({ length: n }, (_, i) => `${i}`);
    const codes = Array.from({ length: n }, (_, i) => i);
    const data: ModelData = new Map([
      ["a", factor(codes, levels)],
      ["b", factor(codes, levels)],
    ]);
    const crossed = crossFactors(data, ["a", "b"]);
    expect(crossed.levels.length).toBe(n);
    expect(crossed.codes.every((code) => code >= 0)).toBe(true);
    expect(crossed.levels[crossed.codes[n - 1]]).toBe(`${n - 1}:${n - 1}`);
  });

  it("are complete where every variable has a value", () => {
    const gaps: ModelData = new Map([
      ["x", number([1, Number.NaN, 3])],
      ["f", factor([0, 0, -1], ["u"])],
    ]);
    expect([...completeRows(gaps, ["x", "f"])]).toEqual([0]);
    expect(takeRows(gaps, Int32Array.of(2)).get("x")).toEqual(number([3]));
  });

  it("collapse to patterns that hold every row once", () => {
    const rows = simulatedRows(3, 200);
    const data = new Map([...rows.data].filter(([name]) => name === "treat" || name === "phase"));
    const { weights, outcome, patternOf } = patternsOf(data, rows.yes);
    expect(weights.length).toBe(6);
    near(
      weights.reduce((sum, own) => sum + own, 0),
      200,
      1e-12,
    );
    const ones = outcome.reduce((sum, share, p) => sum + share * weights[p], 0);
    near(
      ones,
      rows.yes.reduce((sum, own) => sum + own, 0),
      1e-12,
    );
    expect(Math.max(...patternOf)).toBe(5);
  });

  it("take gaps for values that agree", () => {
    const n = 20_000;
    const gaps: ModelData = new Map([
      ["x", number(Array.from({ length: n }, (_, i) => (i % 2 === 0 ? Number.NaN : 1)))],
      ["f", factor(Array<number>(n).fill(-1), ["u"])],
    ]);
    const { data, weights } = patternsOf(gaps, new Float64Array(n));
    expect([...weights]).toEqual([n / 2, n / 2]);
    expect(data.get("x")).toEqual(number([Number.NaN, 1]));
  });
});
