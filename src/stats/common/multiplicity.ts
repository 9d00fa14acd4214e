/**
 * Holm's adjustment: p-values that may be read one by one while the chance of any false finding among them stays at the
 * level. In the order given.
 * Source: Holm (1979), Scandinavian Journal of Statistics 6.
 */
export function holm(p: readonly number[]): number[] {
  const order = ascending(p);
  const result = new Array<number>(p.length);
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (p.length - rank) * p[i]));
    result[i] = largest;
  }
  return result;
}

/**
 * Benjamini and Hochberg's adjustment: among findings with an adjusted p below q, the expected share of false ones is
 * at most q. In the order given.
 * Source: Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57.
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = ascending(p);
  const result = new Array<number>(p.length);
  let smallest = 1;
  for (let rank = p.length - 1; rank >= 0; rank--) {
    smallest = Math.min(smallest, (p.length / (rank + 1)) * p[order[rank]]);
    result[order[rank]] = smallest;
  }
  return result;
}

function ascending(p: readonly number[]): number[] {
  return [...p.keys()].sort((a, b) => p[a] - p[b]);
}
