import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choleskyFactor, invertCholesky, logDeterminant, solveCholesky } from "./cholesky.ts";
import { Matrix } from "./matrix.ts";
import { RandomStream } from "./randomStream.ts";
import { SparseCholesky } from "./sparseCholesky.ts";

/** A symmetric positive definite matrix with some zeros, dense and by its lower pattern. */
function sparse(n: number, seed: number, share: number) {
  const random = new RandomStream(seed, "sparse");
  const dense = new Matrix(n, n);
  for (let j = 0; j < n; j++) {
    for (let i = j + 1; i < n; i++) {
      if (random.uniform() > share) continue;
      const value = random.normal();
      dense.set(i, j, value);
      dense.set(j, i, value);
      dense.set(i, i, dense.get(i, i) + Math.abs(value));
      dense.set(j, j, dense.get(j, j) + Math.abs(value));
    }
  }
  for (let i = 0; i < n; i++) dense.set(i, i, dense.get(i, i) + 0.5);
  const starts = [0];
  const rows: number[] = [];
  const values: number[] = [];
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      if (i > j && dense.get(i, j) === 0) continue;
      rows.push(i);
      values.push(dense.get(i, j));
    }
    starts.push(rows.length);
  }
  return {
    dense,
    factor: new SparseCholesky(Int32Array.from(starts), Int32Array.from(rows)),
    values: Float64Array.from(values),
  };
}

const cases = [fc.integer({ min: 1, max: 14 }), fc.integer(), fc.constantFrom(0, 0.15, 0.5, 1)] as const;

describe("a sparse Cholesky factor", () => {
  it("solves, and has the determinant, as the dense one", () => {
    fc.assert(
      fc.property(...cases, (n, seed, share) => {
        const { dense, factor, values } = sparse(n, seed, share);
        expect(factor.factor(values)).toBe(true);
        const lower = choleskyFactor(dense)!;
        expect(factor.logDeterminant()).toBeCloseTo(logDeterminant(lower), 10);
        const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
        const expected = solveCholesky(lower, b);
        factor.solve(b);
        for (let i = 0; i < n; i++) expect(b[i]).toBeCloseTo(expected[i], 10);
      }),
      { numRuns: 60 },
    );
  });

  it("gives the entries of the inverse at its pattern", () => {
    fc.assert(
      fc.property(...cases, (n, seed, share) => {
        const { dense, factor, values } = sparse(n, seed, share);
        factor.factor(values);
        const expected = invertCholesky(choleskyFactor(dense)!);
        const inverse = factor.selectedInverse();
        for (let j = 0; j < n; j++) {
          for (let entry = factor.columnStart[j]; entry < factor.columnStart[j + 1]; entry++) {
            expect(inverse[entry]).toBeCloseTo(expected.get(factor.rowIndex[entry], j), 10);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("can be used again after a matrix that is not positive definite", () => {
    const { factor, values } = sparse(5, 3, 0.5);
    expect(factor.factor(values.map((value) => -value))).toBe(false);
    expect(factor.factor(values)).toBe(true);
    const first = factor.values.slice();
    factor.factor(values);
    expect(factor.values).toEqual(first);
  });
});
