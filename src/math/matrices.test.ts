import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choleskyFactor, solveCholesky } from "./cholesky.ts";
import { Matrix } from "./matrix.ts";
import { orthogonalise, solveUpper, solveUpperTransposed } from "./orthogonalise.ts";
import { RandomStream } from "./randomStream.ts";
import { ShapeMismatch } from "./shapeMismatch.ts";
import { symmetricEigen } from "./symmetricEigen.ts";

function random(rows: number, columns: number, seed: number): Matrix {
  const stream = new RandomStream(seed, "matrix");
  const matrix = new Matrix(rows, columns);
  for (let i = 0; i < matrix.data.length; i++) matrix.data[i] = stream.normal();
  return matrix;
}

/** aᵀb. */
function crossed(a: Matrix, b: Matrix): Matrix {
  const result = new Matrix(a.columns, b.columns);
  for (let i = 0; i < a.columns; i++) {
    for (let j = 0; j < b.columns; j++) {
      let sum = 0;
      for (let row = 0; row < a.rows; row++) sum += a.get(row, i) * b.get(row, j);
      result.set(i, j, sum);
    }
  }
  return result;
}

const size = fc.integer({ min: 1, max: 12 });

describe("a matrix", () => {
  it("is laid out column after column, and columns are views", () => {
    const matrix = Matrix.fromColumns([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect([matrix.rows, matrix.columns, matrix.get(1, 2)]).toEqual([2, 3, 6]);
    matrix.column(1)[0] = 9;
    expect(matrix.get(0, 1)).toBe(9);
  });

  it("refuses columns of different length, and none", () => {
    expect(() => Matrix.fromColumns([[1, 2], [3]])).toThrow(ShapeMismatch);
    expect(() => Matrix.fromColumns([])).toThrow(ShapeMismatch);
  });
});

describe("orthogonal columns", () => {
  it("are orthonormal and give the matrix back, also when columns are nearly equal", () => {
    fc.assert(
      fc.property(size, fc.integer(), fc.integer({ min: -5, max: 0 }), (k, seed, power) => {
        const x = random(20, k, seed);
        if (k > 1) for (let i = 0; i < 20; i++) x.set(i, k - 1, x.get(i, 0) + 10 ** power * x.get(i, k - 1));
        const { q, r, kept } = orthogonalise(x);
        expect(kept).toHaveLength(k);
        const products = crossed(q, q);
        for (let i = 0; i < k; i++) {
          for (let j = 0; j < k; j++) {
            expect(Math.abs(products.get(i, j) - Number(i === j))).toBeLessThan(1e-14);
            let sum = 0;
            for (let l = 0; l <= j; l++) sum += q.get(i, l) * r.get(l, j);
            expect(Math.abs(sum - x.get(i, j))).toBeLessThan(1e-13);
          }
        }
      }),
    );
  });

  it("leave out the later of columns that repeat each other, and columns of zeros", () => {
    const one = [1, 1, 1, 1];
    const x = Matrix.fromColumns([one, [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 0, 0], [1, 2, 3, 5]]);
    const { kept, dropped } = orthogonalise(x);
    expect([Array.from(kept), Array.from(dropped)]).toEqual([
      [0, 1, 4],
      [2, 3],
    ]);
  });

  it("keep a column of which a millionth is left, and drop one of which a hundred-millionth is (R's tolerance 1e-7)", () => {
    const column = (share: number) =>
      Matrix.fromColumns([
        [1, 1, 1, 1],
        [1 + share, 1 - share, 1 + share, 1 - share],
      ]);
    expect(orthogonalise(column(1e-6)).kept).toHaveLength(2);
    expect(orthogonalise(column(1e-8)).kept).toHaveLength(1);
  });

  it("have triangles that are solved both ways", () => {
    const { r } = orthogonalise(random(9, 5, 1));
    const z = Float64Array.of(1, -2, 3, 0.5, 4);
    const b = solveUpper(r, z);
    const c = solveUpperTransposed(r, z);
    for (let i = 0; i < 5; i++) {
      let up = 0;
      let down = 0;
      for (let j = 0; j < 5; j++) {
        up += r.get(i, j) * b[j];
        down += r.get(j, i) * c[j];
      }
      expect(up).toBeCloseTo(z[i], 12);
      expect(down).toBeCloseTo(z[i], 12);
    }
  });
});

describe("a symmetric matrix", () => {
  it("is put together again from its eigenvalues and orthonormal eigenvectors", () => {
    fc.assert(
      fc.property(size, fc.integer(), fc.boolean(), (n, seed, isSingular) => {
        const half = random(isSingular ? Math.ceil(n / 2) : n + 2, n, seed);
        const a = crossed(half, half);
        const { values, vectors } = symmetricEigen(a);
        const products = crossed(vectors, vectors);
        const scale = Math.max(...values, 1e-300);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let e = 0; e < n; e++) sum += vectors.get(i, e) * values[e] * vectors.get(j, e);
            expect(Math.abs(sum - a.get(i, j))).toBeLessThan(1e-13 * scale);
            expect(Math.abs(products.get(i, j) - Number(i === j))).toBeLessThan(1e-13);
          }
        }
        if (isSingular)
          expect(values.filter((value) => Math.abs(value) < 1e-13 * scale)).toHaveLength(n - Math.ceil(n / 2));
      }),
    );
  });

  it("has the eigenvalues 1 and 3 when it is 2 on the diagonal and 1 beside", () => {
    const { values } = symmetricEigen(
      Matrix.fromColumns([
        [2, 1],
        [1, 2],
      ]),
    );
    expect(Array.from(values).sort((a, b) => a - b)).toEqual([expect.closeTo(1, 14), expect.closeTo(3, 14)]);
  });

  it("is solved through its triangle, also with columns of very different size", () => {
    const a = crossed(random(9, 4, 2), random(9, 4, 2));
    const scale = [1e-6, 1, 1e5, 1e9];
    for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) a.set(i, j, a.get(i, j) * scale[i] * scale[j]);
    // The solution is of size 1/scale; each row's terms are of size scale[i].
    const truth = Float64Array.from(scale, (one, i) => (i + 1) / one);
    const b = Float64Array.from(scale, (_, i) => truth.reduce((sum, value, j) => sum + a.get(i, j) * value, 0));
    const x = solveCholesky(choleskyFactor(a)!, b);
    for (let i = 0; i < 4; i++) expect(x[i] * scale[i]).toBeCloseTo(i + 1, 12);
  });

  it("has no triangle when it is not positive definite", () => {
    expect(
      choleskyFactor(
        Matrix.fromColumns([
          [1, 2],
          [2, 1],
        ]),
      ),
    ).toBeUndefined();
    expect(
      choleskyFactor(
        Matrix.fromColumns([
          [1, 1],
          [1, 1],
        ]),
      ),
    ).toBeUndefined();
    expect(choleskyFactor(Matrix.fromColumns([[0]]))).toBeUndefined();
  });
});
