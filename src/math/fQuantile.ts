import { fTail } from "./fDistribution.ts";
import { findRoot } from "./findRoot.ts";

/**
 * The value below which an F number lies with probability p.
 * @param p  Between 0 and 1, ends excluded.
 * @throws RangeError  p or a number of degrees of freedom is outside these bounds.
 */
export function fQuantile(p: number, numerator: number, denominator: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a quantile needs a probability between 0 and 1, not ${p}`);
  if (!(numerator > 0 && denominator > 0)) {
    throw new RangeError(`F needs degrees of freedom above 0, not ${numerator} and ${denominator}`);
  }
  // The smaller tail keeps its digits: P(F < f) with (a, b) is P(F > 1/f) with (b, a).
  if (p < 0.5) return 1 / fQuantile(1 - p, denominator, numerator);
  const tail = 1 - p;
  let reach = 1;
  while (Math.log(fTail(Math.exp(reach), numerator, denominator)) > Math.log(tail)) reach *= 2;
  return Math.exp(
    findRoot((log) => Math.log(fTail(Math.exp(log), numerator, denominator)) - Math.log(tail), -reach, reach),
  );
}
