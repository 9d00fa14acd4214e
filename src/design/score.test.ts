import { describe, expect, test } from "vitest";
import { RandomStream } from "#stats";
import type { Column } from "#table";
import { type CovariateColumn, takeCovariates } from "./covariates.ts";
import { propensityScore } from "./score.ts";
import { mainOf, studyOf } from "./testing/schools.ts";

const { match } = mainOf(studyOf());
const asFitted = { ...match, score: { ...match.score, separated: "asFitted" as const } };
const numbers = (name: string, values: readonly number[]): CovariateColumn => ({
  name,
  column: { kind: "number", type: "number", values: Float64Array.from(values) },
  reference: undefined,
});
const codes = (name: string, levels: readonly string[], values: readonly number[]): CovariateColumn => ({
  name,
  column: { kind: "code", type: "category", levels, codes: Int32Array.from(values) } as Column,
  reference: levels[0],
});

const random = new RandomStream(3, "score");
const size = 60;
const treated = Uint8Array.from({ length: size }, (_, i) => Number(i < 20));
const x = numbers(
  "x",
  Array.from({ length: size }, (_, i) => random.normal() + (i < 20 ? 0.5 : 0)),
);
/** The last ten of the pool are in the East, where nobody is treated. */
const region = codes(
  "region",
  ["North", "South", "East"],
  Array.from({ length: size }, (_, i) => (i >= 50 ? 2 : i % 2)),
);

describe("a level that only one arm has", () => {
  const scored = propensityScore([x, region], treated, match);
  test("leaves, and is named", () => {
    if (scored.state === "not estimable") throw new Error(scored.fault.message);
    expect([...scored.rows]).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(scored.outside.length).toBe(10);
    expect(scored.outside[0]).toEqual({ row: 50, level: 'region "East"' });
  });

  test("leaves a score that is that of the other rows alone", () => {
    const rows = Int32Array.from({ length: 50 }, (_, i) => i);
    const alone = propensityScore(takeCovariates([x, region], rows), treated.slice(0, 50), match);
    if (scored.state === "not estimable" || alone.state === "not estimable") throw new Error("no score");
    expect([...scored.logit]).toEqual([...alone.logit]);
  });

  test("can take another one with it", () => {
    // West is only in the pool; without its rows the South has no pool left.
    const first = codes("first", ["North", "West"], [0, 0, 0, 0, 0, 1]);
    const second = codes("second", ["North", "South"], [0, 0, 1, 0, 0, 1]);
    const found = propensityScore(
      [first, second, numbers("x", [1, 2, 3, 1.5, 1.2, 0])],
      Uint8Array.of(1, 1, 1, 0, 0, 0),
      match,
    );
    expect(found.state === "scored" ? found.outside.map((gone) => gone.row) : found.fault.message).toEqual([5, 2]);
  });

  test("stays under `asFitted`", () => {
    const found = propensityScore([x, region], treated, asFitted);
    if (found.state === "not estimable") throw new Error(found.fault.message);
    expect(found.rows.length).toBe(size);
    expect(found.outside).toEqual([]);
    // The separated rows lie far off: they stretch the spread of the logit.
    expect(Math.min(...found.logit.slice(50))).toBeLessThan(-10);
  });
});

test("all levels apart: nobody is left to compare, and the fault names them", () => {
  const apart = codes("region", ["North", "South"], Array.from(treated));
  const found = propensityScore([x, apart], treated, match);
  expect(found.state === "not estimable" && found.fault.message).toContain('region "South", region "North" separates');
});

test("a number that separates is refused, not extrapolated", () => {
  const found = propensityScore(
    [
      numbers(
        "x",
        Array.from(treated, (own, i) => 10 * own + (i % 5)),
      ),
    ],
    treated,
    match,
  );
  expect(found.state === "not estimable" && found.fault.code).toBe("separation");
});

test("a covariate that is the same for all is refused with its value", () => {
  const found = propensityScore([x, numbers("c", new Array(size).fill(4))], treated, match);
  expect(found.state === "not estimable" && found.fault.message).toBe(
    "c has the same value, 4, for all 60 units that could be compared: it cannot tell them apart.",
  );
});

test("squares and products enter where they are asked for", () => {
  const more = { ...match, score: { ...match.score, quadratic: ["x"], interactions: [["x", "region"]] as const } };
  const found = propensityScore([x, region], treated, more);
  if (found.state === "not estimable") throw new Error(found.fault.message);
  const names = found.coefficients.map(({ name }) => name);
  expect(names).toEqual(["(Intercept)", "x", "region: South", "x squared", "x × region: South"]);
});

test("the scores of categories are those of the same columns written out", () => {
  const grade = codes(
    "grade",
    ["1", "2", "3"],
    Array.from({ length: size }, (_, i) => (i * 7) % 3),
  );
  const own = { ...match, score: { ...match.score, separated: "asFitted" as const } };
  const byCode = propensityScore([x, grade, region], treated, own);
  // The square of a yes or no is itself: it is dropped, and everything is written out for it.
  const flag = numbers(
    "flag",
    Array.from({ length: size }, (_, i) => Number(i % 5 === 0)),
  );
  const withFlag = propensityScore([x, grade, flag], treated, own);
  const squared = propensityScore([x, grade, flag], treated, {
    ...own,
    score: { ...own.score, quadratic: ["flag"] },
  });
  if (byCode.state === "not estimable" || withFlag.state === "not estimable" || squared.state === "not estimable")
    throw new Error("no score");
  expect(byCode.coefficients.map(({ name }) => name)).toEqual([
    "(Intercept)",
    "x",
    "grade: 2",
    "grade: 3",
    "region: South",
    "region: East",
  ]);
  expect(squared.aliased).toEqual(["flag squared"]);
  for (const [i, logit] of withFlag.logit.entries()) expect(squared.logit[i]).toBeCloseTo(logit, 10);
});
