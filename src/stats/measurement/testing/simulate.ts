import { Matrix, RandomStream } from "#math";
import type { Items } from "../items.ts";

/** Answers that follow a factor model with standardised items: z = L·f + √(1 − h²)·e, factors unrelated. */
export function simulateItems(loadings: readonly (readonly number[])[], n: number, seed: number): Items {
  const random = new RandomStream(seed, "items");
  const columns = loadings.map(() => new Float64Array(n));
  for (let row = 0; row < n; row++) {
    const factors = loadings[0].map(() => random.normal());
    for (const [i, own] of loadings.entries()) {
      const common = own.reduce((sum, loading, j) => sum + loading * factors[j], 0);
      const unique = Math.sqrt(1 - own.reduce((sum, loading) => sum + loading * loading, 0));
      columns[i][row] = common + unique * random.normal();
    }
  }
  return { names: loadings.map((_, i) => `item ${i + 1}`), columns };
}

/** The correlation matrix L·L′ with ones on the diagonal, as exact correlations of n respondents. */
export function exactCorrelations(loadings: readonly (readonly number[])[], n = 500) {
  const p = loadings.length;
  const matrix = new Matrix(p, p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      matrix.set(i, j, i === j ? 1 : loadings[i].reduce((sum, own, k) => sum + own * loadings[j][k], 0));
    }
  }
  const pairs = new Matrix(p, p);
  pairs.data.fill(n);
  return {
    state: "estimated" as const,
    kind: "pearson" as const,
    missing: "pairwise" as const,
    names: loadings.map((_, i) => `item ${i + 1}`),
    matrix,
    n,
    pairs,
    fewestPairs: n,
  };
}
