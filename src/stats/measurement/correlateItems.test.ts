import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, RandomStream, symmetricEigen } from "#math";
import { near } from "../testing/reference.ts";
import { correlateItems, type ItemCorrelations } from "./correlateItems.ts";
import { BadItems, type Items } from "./items.ts";
import { parallelAnalysis } from "./parallelAnalysis.ts";
import { type PolychoricCorrelations, polychoricCorrelations } from "./polychoric.ts";
import { positiveDefinite } from "./positiveDefinite.ts";
import { samplingAdequacy } from "./samplingAdequacy.ts";
import { answers, casesLike } from "./testing/ownCase.ts";
import { exactCorrelations, simulateItems } from "./testing/simulate.ts";

const _ = Number.NaN;
const items = (...columns: number[][]): Items => ({
  names: columns.map((_own, j) => `q${j + 1}`),
  columns: columns.map((own) => Float64Array.from(own)),
});

function correlationOf(given: Items, options?: Parameters<typeof correlateItems>[1]): ItemCorrelations {
  const found = correlateItems(given, options);
  if (found.state !== "estimated") throw new Error(found.reason);
  return found;
}

describe("correlations of items", () => {
  it("takes each pair from the rows that have both, with that pair's own means", () => {
    const given = items([1, 2, 3, 4, _, 6], [2, 1, 4, _, 5, 7], [1, 5, 2, 2, 3, 3]);
    const found = correlationOf(given);
    const pair = correlationOf(items([1, 2, 3, 6], [2, 1, 4, 7]));
    near(found.matrix.get(0, 1), pair.matrix.get(0, 1), 1e-14);
    expect(found.pairs.get(0, 1)).toBe(4);
    expect(found.n).toBe(6);
    expect(correlationOf(given, { missing: "listwise" }).n).toBe(4);
  });

  it("ranks ties at their mean, among the rows of the pair", () => {
    // Ranks 1, 2.5, 2.5, 4 against 2, 1, 4, 3.
    const found = correlationOf(items([1, 3, 3, 9, 2], [5, 1, 8, 6, _]), { kind: "spearman" });
    near(found.matrix.get(0, 1), (-1.5 * -0.5 + 0 + 0 + 1.5 * 0.5) / Math.sqrt(4.5 * 5), 1e-14);
  });

  it.each(["pearson", "spearman", "polychoric"] as const)("%s forgets the order of respondents", (kind) => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer()), {
      minLength: 12,
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, (own) => {
        const sorted = [...own].sort((a, b) => a[2] - b[2]);
        const build = (list: typeof own) =>
          items(
            list.map((row) => row[0]),
            list.map((row) => row[1]),
          );
        const [first, second] = [correlateItems(build(own), { kind }), correlateItems(build(sorted), { kind })];
        expect(first.state).toBe(second.state);
        if (first.state === "estimated" && second.state === "estimated") {
          expect(Math.abs(first.matrix.get(0, 1) - second.matrix.get(0, 1))).toBeLessThan(1e-9);
          expect(Math.abs(first.matrix.get(0, 1))).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ["an item without variance", items([2, 2, 2, 2], [1, 2, 3, 4]), /"q1" does not vary/],
    [
      "two items hardly anybody answered both of",
      items([1, 2, 3, _, _, _], [_, _, 5, 1, 2, 4]),
      /"q1" and "q2" .* by 1 resp/,
    ],
    [
      "an item that varies only where the other is missing",
      items([1, 1, 1, 1, 2], [1, 2, 3, 4, _]),
      /"q1" does not vary among/,
    ],
    ["nobody", items([], []), /answered by 0/],
    ["an item without answers", items([_, _, _], [1, 2, 3]), /"q1" was answered by 0/],
  ])("says why there are none: %s", (_name, given, reason) => {
    expect(correlateItems(given)).toMatchObject({ state: "not estimable", reason: expect.stringMatching(reason) });
    expect(correlateItems(given, { kind: "spearman" }).state).toBe("not estimable");
  });

  it("throws at a table that is none", () => {
    expect(() => correlateItems({ names: [], columns: [] })).toThrow(BadItems);
    expect(() => correlateItems(items([1, 2], [1]))).toThrow(/"q2" has 1 answers/);
    expect(() => correlateItems(items([1, Number.POSITIVE_INFINITY]))).toThrow(/"q1", row 2/);
    expect(() => correlateItems({ names: ["a", "a"], columns: [new Float64Array(3), new Float64Array(3)] })).toThrow(
      /two items/,
    );
  });

  it("raises negative eigenvalues and leaves ones on the diagonal", () => {
    const matrix = Matrix.fromColumns([
      [1, 0.9, -0.9],
      [0.9, 1, 0.9],
      [-0.9, 0.9, 1],
    ]);
    const found = positiveDefinite(matrix);
    near(found.smoothedFrom!, -0.8, 1e-12);
    expect(Math.min(...symmetricEigen(found.matrix).values)).toBeGreaterThan(0);
    for (let i = 0; i < 3; i++) expect(found.matrix.get(i, i)).toBe(1);
    expect(positiveDefinite(exactCorrelations([[0.5], [0.5]]).matrix).smoothedFrom).toBeUndefined();
  });
});

describe("polychoric correlations", () => {
  it.each(casesLike("polychoric").map((own) => [own.id, own] as const))("agrees with psych in %s", (_id, own) => {
    const found = polychoricCorrelations(answers(own.table, own.spec.items), { missing: own.spec.missing });
    if (found.state !== "estimated") throw new Error(found.reason);
    for (const [i, row] of found.names.entries()) {
      for (const [j, column] of found.names.entries()) {
        near(found.correlation.get(i, j), own.expect.rho[row][column], own.tolerance.default);
      }
      for (const [k, value] of Object.values<number>(own.expect.tau?.[row] ?? {}).entries()) {
        near(found.thresholds[i].thresholds[k], value, 1e-12);
      }
    }
  });

  it("is the sine of a quarter turn's share for two halves: ρ = sin(2π(π₁₁ − ¼))", () => {
    // 30 of 100 in each agreeing cell: π₁₁ = .3.
    const left = [...Array(50).fill(0), ...Array(50).fill(1)];
    const right = [...Array(30).fill(0), ...Array(20).fill(1), ...Array(20).fill(0), ...Array(30).fill(1)];
    const found = polychoricCorrelations(items(left, right), { missing: "pairwise" }) as PolychoricCorrelations;
    near(found.correlation.get(0, 1), Math.sin(2 * Math.PI * 0.05), 1e-9);
    near(found.thresholds[0].thresholds[0], 0, 1e-12, 1);
  });

  it("finds the correlation behind categories", () => {
    const latent = simulateItems([[0.8], [0.75]], 6000, 8);
    const cut = (own: number) => (own < -1 ? 1 : own < 0.2 ? 2 : own < 1.1 ? 4 : 5);
    const found = polychoricCorrelations(
      { names: latent.names, columns: latent.columns.map((column) => column.map(cut)) },
      { missing: "listwise" },
    ) as PolychoricCorrelations;
    expect(Math.abs(found.correlation.get(0, 1) - 0.6)).toBeLessThan(0.04);
    expect([...found.thresholds[0].categories]).toEqual([1, 2, 4, 5]);
  });

  it("sets ρ to 1 where an empty cell leaves no other, and takes a number for it when given one", () => {
    const left = [0, 0, 0, 0, 1, 1, 1, 1];
    const right = [0, 0, 0, 0, 0, 1, 1, 1];
    const found = polychoricCorrelations(items(left, right), { missing: "pairwise" }) as PolychoricCorrelations;
    expect(found.correlation.get(0, 1)).toBe(1);
    expect(found.atBound).toEqual([["q1", "q2"]]);
    const corrected = polychoricCorrelations(items(left, right), { missing: "pairwise", emptyCell: 0.5 });
    if (corrected.state !== "estimated") throw new Error(corrected.reason);
    expect(corrected.atBound).toEqual([]);
    expect(corrected.correlation.get(0, 1)).toBeLessThan(1);
  });

  it("keeps away from ±1 while one answer speaks against it", () => {
    const column = Array.from({ length: 400 }, (_own, i) => i % 4);
    const other = [...column];
    other[0] = 3;
    const found = polychoricCorrelations(items(column, other), { missing: "pairwise" }) as PolychoricCorrelations;
    expect(found.correlation.get(0, 1)).toBeLessThan(1);
    expect(found.correlation.get(0, 1)).toBeGreaterThan(0.8);
  });

  it("refuses what is no scale", () => {
    const one = polychoricCorrelations(items([1, 1, 1], [1, 2, 3]), { missing: "pairwise" });
    expect(one).toMatchObject({ state: "not estimable", reason: expect.stringMatching(/"q1" has 1 categories/) });
    const many = Array.from({ length: 40 }, (_own, i) => i / 7);
    expect(polychoricCorrelations(items(many, many), { missing: "pairwise" }).state).toBe("not estimable");
    expect(() => polychoricCorrelations(items([1, 2], [1, 2]), { missing: "pairwise", emptyCell: -1 })).toThrow(
      RangeError,
    );
  });
});

describe("number of factors and adequacy", () => {
  it("tells two factors from noise, the same each time", () => {
    const correlations = correlationOf(
      simulateItems(
        [
          [0.7, 0],
          [0.7, 0],
          [0.6, 0],
          [0, 0.7],
          [0, 0.6],
          [0, 0.7],
        ],
        400,
        9,
      ),
    );
    for (const of of ["components", "factors"] as const) {
      const found = parallelAnalysis(correlations, { random: new RandomStream(4, "parallel"), of, draws: 40 });
      expect(found.factors).toBe(2);
      const again = parallelAnalysis(correlations, { random: new RandomStream(4, "parallel"), of, draws: 40 });
      expect(again.quantile).toEqual(found.quantile);
    }
    expect(() => parallelAnalysis(correlations, { random: new RandomStream(4, "x"), draws: 0 })).toThrow(RangeError);
  });

  it("knows KMO of two items and refuses one", () => {
    const found = samplingAdequacy({ matrix: exactCorrelations([[0.6], [0.5]]).matrix, n: 100 });
    // Without other items the partial correlation is the correlation.
    expect(found).toMatchObject({ state: "estimated", bartlett: { df: 1 } });
    if (found.state === "estimated") near(found.kmo, 0.5, 1e-12);
    expect(samplingAdequacy({ matrix: exactCorrelations([[0.6]]).matrix, n: 100 }).state).toBe("not estimable");
  });
});
