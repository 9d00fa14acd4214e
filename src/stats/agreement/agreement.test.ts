import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RandomStream } from "#math";
import type { Items } from "../measurement/items.ts";
import { answers, casesLike } from "../measurement/testing/ownCase.ts";
import { near } from "../testing/reference.ts";
import { type CohenKappa, cohenKappa } from "./cohenKappa.ts";
import { type FleissKappa, fleissKappa } from "./fleissKappa.ts";
import { type KrippendorffAlpha, krippendorffAlpha, type MeasurementLevel } from "./krippendorffAlpha.ts";

const _ = Number.NaN;
const coders = (...columns: number[][]): Items => ({
  names: columns.map((_own, j) => `coder ${j + 1}`),
  columns: columns.map((own) => Float64Array.from(own)),
});
const kappaOf = (codes: Items, options?: Parameters<typeof cohenKappa>[1]) => cohenKappa(codes, options) as CohenKappa;
const alphaOf = (codes: Items, level: MeasurementLevel) =>
  (krippendorffAlpha(codes, { level }) as KrippendorffAlpha).alpha;

/** Two coders with these counts: rows the first's code, columns the second's. */
function ofTable(counts: readonly (readonly number[])[]): Items {
  const left: number[] = [];
  const right: number[] = [];
  for (const [i, row] of counts.entries()) {
    for (const [j, count] of row.entries()) {
      for (let k = 0; k < count; k++) {
        left.push(i);
        right.push(j);
      }
    }
  }
  return coders(left, right);
}

/** Twelve units, four coders: Krippendorff (2011), with the values printed there. */
const PUBLISHED = coders(
  [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
  [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
  [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
  [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
);

describe("agreement against published and reference values", () => {
  it.each([
    ["nominal", 0.743],
    ["ordinal", 0.815],
    ["interval", 0.849],
    ["ratio", 0.797],
  ] as const)("has Krippendorff's own %s alpha", (level, printed) => {
    expect(Math.abs(alphaOf(PUBLISHED, level) - printed)).toBeLessThan(0.0006);
  });

  it.each(casesLike("agreement").map((own) => [own.id, own] as const))("agrees with irr in %s", (_id, own) => {
    const words = ["a", "b", "c", "d", "e"];
    const columns = own.spec.nominal.map((name: string) =>
      Float64Array.from(own.table.get(name)!, (code) => (code === "" ? _ : words.indexOf(code))),
    );
    const codes = { names: own.spec.nominal, columns };
    const pair = { names: codes.names.slice(0, 2), columns: columns.slice(0, 2) };
    near(kappaOf(pair).kappa, own.expect.cohen, 1e-12);
    near(kappaOf(pair).z, own.expect.cohenZ, 1e-9);
    near((fleissKappa(codes) as FleissKappa).kappa, own.expect.fleissListwise, 1e-12);
    near(alphaOf(codes, "nominal"), own.expect.krippendorffNominal, 1e-12);
    const ratings = answers(own.table, own.spec.ordinal);
    near(kappaOf(ratings, { weights: "linear" }).kappa, own.expect.weightedLinear, 1e-12);
    near(kappaOf(ratings, { weights: "quadratic" }).kappa, own.expect.weightedQuadratic, 1e-12);
    near(alphaOf(ratings, "ordinal"), own.expect.krippendorffOrdinal, 1e-12);
    near(alphaOf(ratings, "interval"), own.expect.krippendorffInterval, 1e-12);
  });

  it("has kappa and its error of a worked two-by-two table", () => {
    // 20 and 15 on the diagonal of 50: p_o = .7, p_e = .5, κ = .4.
    const found = kappaOf(
      ofTable([
        [20, 5],
        [10, 15],
      ]),
    );
    near(found.kappa, 0.4, 1e-12);
    // Large-sample variance of Fleiss, Cohen and Everitt, written out.
    const own = (20 / 50) * (1 - 1.1 * 0.6) ** 2 + (15 / 50) * (1 - 0.9 * 0.6) ** 2;
    const off = 0.6 ** 2 * ((5 / 50) * (0.6 + 0.5) ** 2 + (10 / 50) * (0.5 + 0.4) ** 2);
    near(found.se, Math.sqrt((own + off - (0.4 - 0.5 * 0.6) ** 2) / (50 * 0.25)), 1e-12);
  });
});

describe("laws of agreement", () => {
  const table = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 3,
    maxLength: 40,
  });
  const columnsOf = (rows: readonly (readonly number[])[]) =>
    coders(
      rows.map((row) => row[0]),
      rows.map((row) => row[1]),
    );

  it("does not mind who is first, which unit is first, or the names of codes", () => {
    fc.assert(
      fc.property(table, (rows) => {
        const plain = cohenKappa(columnsOf(rows));
        const turned = cohenKappa(columnsOf([...rows].reverse().map(([a, b]) => [b, a])));
        const renamed = cohenKappa(columnsOf(rows.map(([a, b]) => [7 * ((a + 1) % 4), 7 * ((b + 1) % 4)])));
        expect(turned.state).toBe(plain.state);
        if (plain.state !== "estimated") return;
        near((turned as CohenKappa).kappa, plain.kappa, 1e-9, 1);
        near((renamed as CohenKappa).kappa, plain.kappa, 1e-9, 1);
        expect(plain.kappa).toBeLessThanOrEqual(1 + 1e-12);
      }),
      { numRuns: 50 },
    );
  });

  it("has one value for interval alpha under a change of scale, and for two categories one kappa of any weights", () => {
    fc.assert(
      fc.property(table, fc.double({ min: 0.1, max: 9, noNaN: true }), (rows, scale) => {
        const plain = krippendorffAlpha(columnsOf(rows), { level: "interval" });
        const moved = krippendorffAlpha(columnsOf(rows.map(([a, b]) => [scale * a + 3, scale * b + 3])), {
          level: "interval",
        });
        expect(moved.state).toBe(plain.state);
        if (plain.state === "estimated") near((moved as KrippendorffAlpha).alpha, plain.alpha, 1e-8, 1);
        const two = columnsOf(rows.map(([a, b]) => [a % 2, b % 2]));
        const none = cohenKappa(two);
        if (none.state === "estimated" && none.categories.length === 2) {
          near(kappaOf(two, { weights: "linear" }).kappa, none.kappa, 1e-9, 1);
          near(kappaOf(two, { weights: "quadratic" }).kappa, none.kappa, 1e-9, 1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("is 1 when all agree", () => {
    const codes = coders([1, 2, 3, 1], [1, 2, 3, 1], [1, 2, 3, 1]);
    expect((fleissKappa(codes) as FleissKappa).kappa).toBeCloseTo(1, 12);
    for (const level of ["nominal", "ordinal", "interval", "ratio"] as const) expect(alphaOf(codes, level)).toBe(1);
  });

  it("counts a category nobody used in the distances when it is named", () => {
    const codes = coders([1, 2, 4, 1, 2], [2, 2, 4, 1, 1]);
    const used = kappaOf(codes, { weights: "linear" });
    const named = kappaOf(codes, { weights: "linear", categories: [1, 2, 3, 4] });
    expect(used.categories).toEqual([1, 2, 4]);
    expect(named.kappa).not.toBeCloseTo(used.kappa, 6);
  });

  it("draws the same interval from the same seed, around the value", () => {
    const bootstrap = () => ({ random: new RandomStream(3, "units"), draws: 400 });
    const first = krippendorffAlpha(PUBLISHED, { level: "nominal", bootstrap: bootstrap() }) as KrippendorffAlpha;
    const again = krippendorffAlpha(PUBLISHED, { level: "nominal", bootstrap: bootstrap() }) as KrippendorffAlpha;
    expect(again).toEqual(first);
    expect(first.units).toBe(11);
    expect(first.codes).toBe(40);
    expect(first.bootstrap!.low).toBeLessThan(first.alpha);
    expect(first.bootstrap!.high).toBeGreaterThan(first.alpha);
  });
});

describe("agreement that cannot be told", () => {
  it.each([
    ["no unit with both codes", coders([1, _, 2], [_, 1, _])],
    ["one category", coders([1, 1, 1], [1, 1, 1])],
    ["no units", coders([], [])],
  ])("says so: %s", (_name, codes) => {
    expect(cohenKappa(codes).state).toBe("not estimable");
    expect(fleissKappa(codes).state).toBe("not estimable");
    expect(krippendorffAlpha(codes, { level: "nominal" }).state).toBe("not estimable");
  });

  it("throws at a question that is none", () => {
    expect(() => cohenKappa(coders([1, 2]))).toThrow(RangeError);
    expect(() => fleissKappa(coders([1, 2]))).toThrow(RangeError);
    expect(() => krippendorffAlpha(coders([1, 2]), { level: "nominal" })).toThrow(RangeError);
    expect(() => krippendorffAlpha(coders([-1, 2], [1, 2]), { level: "ratio" })).toThrow(/ratio/);
    expect(() => cohenKappa(coders([1, 9], [1, 2]), { categories: [1, 2] })).toThrow(/9 is none/);
    const bootstrap = { random: new RandomStream(1, "x"), draws: 0 };
    expect(() => krippendorffAlpha(coders([1, 2], [1, 1]), { level: "nominal", bootstrap })).toThrow(RangeError);
  });
});
