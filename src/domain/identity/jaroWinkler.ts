/**
 * Jaro-Winkler similarity of two texts, from 0 (nothing in common) to 1 (the same).
 *
 *     J = (m/|a| + m/|b| + (m − t)/m) / 3,   JW = J + ℓ · 0.1 · (1 − J)
 *
 * with m the letters both have within ⌊max/2⌋ − 1 places of each other, t half the number of those that stand in another
 * order, and ℓ the length of the common beginning, at most 4. Symmetric; 1 exactly when the texts are equal.
 *
 * Source: Winkler (1990), "String comparator metrics and enhanced decision rules in the Fellegi-Sunter model of record
 * linkage"; the prefix is counted at every J, as in the paper's first form.
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  if (a.length === 0 || b.length === 0) return 0;
  // Letters are taken first come, first served, which depends on the side one starts from: always the shorter text.
  const isFirst = a.length < b.length || (a.length === b.length && a < b);
  const jaro = isFirst ? jaroSimilarity(a, b) : jaroSimilarity(b, a);
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && prefix < b.length && a[prefix] === b[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

function jaroSimilarity(a: string, b: string): number {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Uint8Array(b.length);
  const mine: string[] = [];
  for (let i = 0; i < a.length; i++) {
    const last = Math.min(b.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= last; j++) {
      if (taken[j] === 1 || a[i] !== b[j]) continue;
      taken[j] = 1;
      mine.push(a[i]!);
      break;
    }
  }
  const m = mine.length;
  if (m === 0) return 0;
  let outOfOrder = 0;
  let next = 0;
  for (let j = 0; j < b.length; j++) if (taken[j] === 1 && b[j] !== mine[next++]) outOfOrder++;
  return (m / a.length + m / b.length + (m - outOfOrder / 2) / m) / 3;
}
