import { normalQuantile } from "./normalQuantile.ts";
import { portableLog } from "./portableLog.ts";

const WEBB = [-Math.sqrt(1.5), -1, -Math.sqrt(0.5), Math.sqrt(0.5), 1, Math.sqrt(1.5)];

/**
 * Random numbers that depend on a seed and a name and on nothing else: the same pair gives the same numbers on every
 * machine, bit by bit, and two names give streams that have nothing to do with each other. So a step can draw more or
 * fewer numbers without moving those of another.
 *
 * Uses only integer arithmetic, + − × ÷ and square roots, which the language fixes to the last bit.
 *
 * Source: generator sfc32 (Doty-Humphrey, PractRand), period about 2¹²⁸; state from the four-lane hash "cyrb128".
 */
export class RandomStream {
  readonly #state: Uint32Array;
  readonly #seed: number;
  readonly #name: string;

  constructor(seed: number, name: string) {
    this.#seed = seed;
    this.#name = name;
    this.#state = hash(`${seed}\n${name}`);
    for (let i = 0; i < 16; i++) this.#next();
  }

  /**
   * A stream of its own for a part of the work: it depends on the seed and the names alone, not on what was drawn here, so
   * parts can be worked out in any order, or side by side.
   */
  split(name: string): RandomStream {
    return new RandomStream(this.#seed, `${this.#name}\n${name}`);
  }

  /** A number from 0 up to but not including 1, of 53 random bits. */
  uniform(): number {
    const high = this.#next() >>> 5;
    const low = this.#next() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  /** A whole number from 0 to n − 1, each equally likely; n at most 2³². */
  integer(n: number): number {
    const fair = 4_294_967_296 - (4_294_967_296 % n);
    let drawn = this.#next();
    while (drawn >= fair) drawn = this.#next();
    return drawn % n;
  }

  /** A standard normal number. */
  normal(): number {
    return normalQuantile(this.uniform() + 2 ** -54);
  }

  /**
   * A chi-square number with df of 2 or more.
   * Source: Marsaglia and Tsang (2000), ACM Transactions on Mathematical Software 26(3).
   * @throws RangeError  df is below 2.
   */
  chiSquare(df: number): number {
    if (!(df >= 2)) throw new RangeError(`chi-square needs df of 2 or more, not ${df}`);
    const d = df / 2 - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const root = 1 + c * x;
      if (root <= 0) continue;
      const v = root * root * root;
      const u = this.uniform() + 2 ** -54;
      if (portableLog(u) < 0.5 * x * x + d - d * v + d * portableLog(v)) return 2 * d * v;
    }
  }

  /** One of Webb's six points ±√½, ±1, ±√(3/2): mean 0, variance 1. */
  webb(): number {
    return WEBB[this.integer(6)];
  }

  /** Puts the items in random order, in place. */
  shuffle(items: Int32Array): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const own = items[i];
      items[i] = items[j];
      items[j] = own;
    }
  }

  #next(): number {
    const s = this.#state;
    const drawn = (s[0] + s[1] + s[3]) >>> 0;
    s[3]++;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = s[2] + (s[2] << 3);
    s[2] = ((s[2] << 21) | (s[2] >>> 11)) + drawn;
    return drawn;
  }
}

function hash(text: string): Uint32Array {
  let h1 = 1_779_033_703;
  let h2 = 3_144_134_277;
  let h3 = 1_013_904_242;
  let h4 = 2_773_480_762;
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    h1 = h2 ^ Math.imul(h1 ^ k, 597_399_067);
    h2 = h3 ^ Math.imul(h2 ^ k, 2_869_860_233);
    h3 = h4 ^ Math.imul(h3 ^ k, 951_274_213);
    h4 = h1 ^ Math.imul(h4 ^ k, 2_716_044_179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597_399_067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2_869_860_233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951_274_213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2_716_044_179);
  const all = h1 ^ h2 ^ h3 ^ h4;
  return Uint32Array.of(all, h2 ^ all, h3 ^ all, h4 ^ all);
}
