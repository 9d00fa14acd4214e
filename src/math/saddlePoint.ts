/**
 * x ln(x / m) + m − x without cancellation: how unlikely a Poisson count x is under the mean m, beyond the most likely.
 *
 * Source: Loader (2000), "Fast and accurate computation of binomial probabilities", function bd0.
 */
export function poissonDeviance(x: number, m: number): number {
  const ratio = (x - m) / (x + m);
  if (Math.abs(ratio) >= 0.1) return x * Math.log(x / m) + m - x;
  const square = ratio * ratio;
  let sum = (x - m) * ratio;
  let term = 2 * x * ratio;
  for (let j = 3; j < 1000; j += 2) {
    term *= square;
    const next = sum + term / j;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}
