import { noncentralT, normalQuantile, tQuantile } from "#math";
import { type NotEstimable, notEstimable } from "../common/notEstimable.ts";
import { type PrecisionDesign, precisionOf } from "./design.ts";

/** How sure a test is to be. */
export interface TestAim {
  /** Chance of a finding where there is nothing; 0.05 when left out. */
  readonly alpha?: number;
  readonly tails?: 1 | 2;
  /** Chance of finding what is there; 0.8 when left out. */
  readonly power?: number;
}

/** The smallest effect a design can be expected to detect, in SD units. */
export type DetectableEffect =
  | {
      readonly state: "estimated";
      readonly effect: number;
      readonly se: number;
      readonly df: number;
      /** effect = multiplier × se. */
      readonly multiplier: number;
      /** Interval around an estimate of that size, at 1 − alpha. */
      readonly low: number;
      readonly high: number;
    }
  | NotEstimable;

/**
 * The minimum detectable effect size: (t(power, df) + t(1 − α/2, df)) × SE.
 *
 * Source: Bloom (1995), Evaluation Review 19(5); Dong and Maynard (2013), equation 1.
 */
export function detectableEffect(
  design: PrecisionDesign,
  { alpha = 0.05, tails = 2, power = 0.8 }: TestAim = {},
): DetectableEffect {
  const { se, df } = precisionOf(design);
  if (!(df > 0)) return notEstimable(`${df} degrees of freedom: there are too few units for so many covariates`);
  const critical = tQuantile(1 - alpha / tails, df);
  if (!(power > alpha / tails && power < 1)) {
    return notEstimable(
      `a power of ${power}: chance alone finds something in ${alpha / tails} of cases, and 1 is never reached`,
    );
  }
  const multiplier = critical + tQuantile(power, df);
  const effect = multiplier * se;
  return { state: "estimated", effect, se, df, multiplier, low: effect - critical * se, high: effect + critical * se };
}

/**
 * The same with one multiplier for every size, 2.8 for 80% power at 5%: the normal-theory value that small numbers of
 * clusters do not reach.
 */
export const FIXED_MULTIPLIER = 2.8;

/**
 * The minimum detectable effect size as the seed evaluation works it out:
 * 2.8 × √((1/Jt + 1/Jc) × u × (ICC + (1 − ICC)/n)), with one unexplained share of variance u for both levels.
 *
 * @param unexplained  u, from 0 to 1: not a correlation.
 * @param treated, comparison  Schools in each arm; effective numbers where they are weighted.
 */
export function seedDetectableEffect({
  treated,
  comparison,
  size,
  icc,
  unexplained,
  multiplier = FIXED_MULTIPLIER,
}: {
  readonly treated: number;
  readonly comparison: number;
  readonly size: number;
  readonly icc: number;
  readonly unexplained: number;
  readonly multiplier?: number;
}): number {
  return multiplier * Math.sqrt((1 / treated + 1 / comparison) * unexplained * (icc + (1 - icc) / size));
}

/**
 * The chance that a test of this design finds an effect of this size (in SD units).
 * @returns NaN without degrees of freedom.
 */
export function powerOf(effect: number, design: PrecisionDesign, { alpha = 0.05, tails = 2 }: TestAim = {}): number {
  const { se, df } = precisionOf(design);
  if (!(df > 0)) return Number.NaN;
  const critical = tQuantile(1 - alpha / tails, df);
  const shift = effect / se;
  // So far out that rounding decides; the chance is 1.
  if (shift > 37) return 1;
  const upper = 1 - noncentralT(critical, df, shift);
  return tails === 1 ? upper : upper + noncentralT(-critical, df, shift);
}

const MOST_UNITS = 1e7;

/**
 * The fewest units of the top level with which an effect of this size is found with the power asked for.
 * @returns "not estimable" for an effect of 0, and when ten million are not enough.
 */
export function unitsNeeded(
  effect: number,
  design: Omit<PrecisionDesign, "units">,
  aim: TestAim = {},
): { readonly state: "estimated"; readonly units: number; readonly power: number } | NotEstimable {
  if (!(Math.abs(effect) > 0)) return notEstimable(`an effect of ${effect} is found by no number of units`);
  const wanted = aim.power ?? 0.8;
  const chance = (units: number): number => powerOf(Math.abs(effect), { ...design, units }, aim);
  const reaches = (units: number): boolean => chance(units) >= wanted;
  // Begin near the normal-theory answer, then walk to the first that reaches.
  const { se } = precisionOf({ ...design, units: 1 });
  const guess =
    ((normalQuantile(wanted) + normalQuantile(1 - (aim.alpha ?? 0.05) / (aim.tails ?? 2))) * se) / Math.abs(effect);
  let low = 0;
  let high = Math.max(4, Math.ceil(guess * guess));
  while (high > MOST_UNITS || !reaches(high)) {
    if (high > MOST_UNITS) return notEstimable(`ten million units do not find an effect of ${effect}`);
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reaches(middle)) high = middle;
    else low = middle;
  }
  return { state: "estimated", units: high, power: chance(high) };
}
