/** 1/n! for n = 0 … 11. */
const TERMS = [1, 1, 2, 6, 24, 120, 720, 5040, 40_320, 362_880, 3_628_800, 39_916_800].map((n) => 1 / n).reverse();
const LN_2 = Math.LN2;
const MOST = 450;
/** 2^k for k = −450 … 450, by doubling and halving, which are exact. */
const POWERS = new Float64Array(2 * MOST + 1).fill(1);
for (let k = 1; k <= MOST; k++) {
  POWERS[MOST + k] = 2 * POWERS[MOST + k - 1];
  POWERS[MOST - k] = POWERS[MOST - k + 1] / 2;
}

/**
 * 1 / (1 + e^−x) from + − × ÷ alone: the language leaves the last bits of `Math.exp` to the engine, and a simulated career
 * must not depend on it. Error about 1e-14; 0 or 1 beyond ±40.
 */
export function logistic(x: number): number {
  if (x > 40) return 1;
  if (x < -40) return 0;
  return 1 / (1 + exponential(-x));
}

/** e^x for |x| ≤ 300, by halving to |r| ≤ ½ ln 2 and eleven terms of the series. */
export function exponential(x: number): number {
  const k = Math.round(x / LN_2);
  const r = x - k * LN_2;
  let sum = 0;
  for (const term of TERMS) sum = sum * r + term;
  return sum * POWERS[MOST + k];
}
