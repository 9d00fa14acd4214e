import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix, orthogonalise, RandomStream } from "#math";
import { denseBasis } from "./regressionBasis.ts";

/** Columns of every kind a matched sample has: numbers, levels, none of a level, repeats and combinations of others. */
function design(seed: number, kinds: readonly number[], rows = 60) {
  const random = new RandomStream(seed, "design");
  const columns: Float64Array[] = [new Float64Array(rows).fill(1)];
  for (const kind of kinds) {
    const other = columns[random.integer(columns.length)];
    const third = columns[random.integer(columns.length)];
    const made = [
      () => random.normal() * 10 ** (random.integer(9) - 4),
      () => Number(random.uniform() < 0.3),
      () => 0,
      (i: number) => other[i],
      (i: number) => 1 - other[i],
      (i: number) => 2 * other[i] - 0.3 * third[i],
      (i: number) => other[i] + 1e-6 * random.normal(),
      (i: number) => other[i] + 1e-9 * random.normal(),
    ][kind];
    columns.push(Float64Array.from({ length: rows }, (_, i) => made(i)));
  }
  return { x: Matrix.fromColumns(columns), weights: Float64Array.from({ length: rows }, () => random.uniform() + 0.1) };
}

const every = (rows: number) => Int32Array.from({ length: rows }, (_, i) => i);

describe("the columns of a regression", () => {
  it("that are kept are those of the orthogonal decomposition, whatever repeats what", () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 9 }), (seed, kinds) => {
        const { x } = design(seed, kinds);
        const { kept, dropped } = denseBasis(x, every(x.rows), undefined);
        const expected = orthogonalise(x);
        expect([...kept]).toEqual([...expected.kept]);
        expect([...dropped]).toEqual([...expected.dropped]);
      }),
      { numRuns: 300 },
    );
  });

  it("are chosen under the weights", () => {
    const { x, weights } = design(1, [0, 1, 3, 2, 4]);
    // Rows that tell the last column from the first have no weight.
    const own = weights.map((weight, i) => (x.get(i, 2) === 1 ? 0 : weight));
    const used = every(x.rows).filter((row) => own[row] > 0);
    const { dropped } = denseBasis(x, used, own);
    expect([...dropped]).toContain(2);
    expect([...dropped]).toContain(4);
  });

  it("without spread or without any are told", () => {
    const x = Matrix.fromColumns([new Float64Array(5), new Float64Array(5)]);
    expect([...denseBasis(x, every(5), undefined).dropped]).toEqual([0, 1]);
  });
});
