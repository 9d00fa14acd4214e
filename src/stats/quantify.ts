import { Matrix, solveCholesky, symmetricEigen } from "#math";
import { crossMoments, ridgeRoot } from "./predictiveMeanMatching.ts";

/**
 * One number per level of a category, and so per row: the scoring of the levels that the predictors explain best (first
 * canonical variate). With level shares p and the matrix E of covariances between the levels' fitted values, it is the
 * leading eigenvector of D^(−1/2)·E·D^(−1/2) for D = diag(p), divided by √p.
 *
 * @param codes     Level of each row; only observed rows are read.
 * @param products  designᵀ·design over the observed rows.
 * @returns         The scores of the rows; NaN where not observed.
 *
 * Source: van der Heijden and Escofier (2003) on optimal scaling; mice 3.16, `quantify`.
 */
export function quantify(
  codes: Float64Array,
  levels: number,
  observed: Int32Array,
  design: Matrix,
  predictors: readonly number[],
  products: Matrix,
): Float64Array {
  const count = new Float64Array(levels);
  for (const row of observed) count[codes[row]]++;
  const root = ridgeRoot({ predictors, products });
  const n = observed.length;
  const problem = { target: codes, observed, gaps: observed, design, predictors, products };
  // Levels as 0/1, centred: their moments with the predictors, and the coefficients that predict them.
  const centred = Array.from({ length: levels }, (_, level) => {
    const share = count[level] / n;
    return codes.map((code) => Number(code === level) - share);
  });
  const moments = centred.map((column) => crossMoments(problem, column));
  const coefficients = moments.map((own) => solveCholesky(root, own));
  const explained = new Matrix(levels, levels);
  for (let a = 0; a < levels; a++) {
    for (let b = 0; b <= a; b++) {
      if (count[a] === 0 || count[b] === 0) continue;
      const sum = moments[a].reduce((total, value, j) => total + value * coefficients[b][j], 0);
      const value = sum / Math.sqrt(count[a] * count[b]);
      explained.set(a, b, value);
      explained.set(b, a, value);
    }
  }
  const { values, vectors } = symmetricEigen(explained);
  const leading = values.reduce((best, value, e) => (value > values[best] ? e : best), 0);
  const score = Float64Array.from(count, (own, level) =>
    own === 0 ? 0 : vectors.get(level, leading) / Math.sqrt(own / n),
  );
  const result = new Float64Array(codes.length).fill(Number.NaN);
  for (const row of observed) result[row] = score[codes[row]];
  return result;
}
