import { normalQuantile, RandomStream } from "#math";

/**
 * Random numbers by what they decide: a seed, a key (a person, a school), a year and an event always give the same number,
 * in whatever order they are asked for. A career replayed without the programme meets the same luck, so the difference is
 * the effect and nothing else.
 *
 * 32 bits, by the finaliser of MurmurHash3 over the key and a second round over year and event (Appleby 2011; constants of
 * the last round by Mueller).
 */
export class HashedDraws {
  readonly #salt: number;

  constructor(seed: number, name: string) {
    this.#salt = new RandomStream(seed, name).integer(4_294_967_296);
  }

  /** Above 0 and below 1. @param event  0 to 63. */
  uniform(key: number, year: number, event: number): number {
    let h = this.#salt ^ Math.imul(key + 1, 0x9e3779b1);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= Math.imul(year * 64 + event + 1, 0x27d4eb2f);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    return (((h ^ (h >>> 15)) >>> 0) + 0.5) / 4_294_967_296;
  }

  /** A whole number from 0 to n − 1. */
  integer(n: number, key: number, year: number, event: number): number {
    return Math.floor(this.uniform(key, year, event) * n);
  }

  /** A standard normal number. */
  normal(key: number, year: number, event: number): number {
    return normalQuantile(this.uniform(key, year, event));
  }
}

/** Where u falls among weights: the first place whose running sum exceeds u times the whole. */
export function pick(weights: readonly number[], u: number): number {
  let left = u * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [place, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return place;
  }
  return weights.length - 1;
}
