import type { Contrast } from "#protocol";
import { printNumber, roundHalfUp } from "./print.ts";

/** What a gap between the two groups is said of. */
export interface Gap {
  readonly contrast: Contrast;
  readonly estimate: number;
  readonly measure: string;
  /** The units in the plural: `schools`. */
  readonly units: string;
  /** From when to when, for a change: `from 2015/16 to 2018/19`. */
  readonly span: string;
  readonly places: number;
}

/**
 * An estimate as a clause about the outcome, by what was compared:
 * - `change`: `moved up by 2.10 points against similar schools from 2015/16 to 2018/19`;
 * - `adjustedForBaseline`: `was 2.10 points higher than in similar schools that started alike`;
 * - `difference`: `was 2.10 points higher than in similar schools`.
 */
export function gapClause({ contrast, estimate, measure, units, span, places }: Gap): string {
  const isNone = roundHalfUp(estimate, places) === 0;
  const amount = `${printNumber(Math.abs(estimate), places)} ${measure}`;
  if (contrast === "change") {
    return isNone
      ? `moved by much the same as in similar ${units} ${span}`
      : `moved ${estimate < 0 ? "down" : "up"} by ${amount} against similar ${units} ${span}`;
  }
  const others = `in similar ${units}${STARTED[contrast]}`;
  return isNone
    ? `was much the same as ${others}`
    : `was ${amount} ${estimate < 0 ? "lower" : "higher"} than ${others}`;
}

const STARTED: Readonly<Record<Exclude<Contrast, "change">, string>> = {
  adjustedForBaseline: " that started alike",
  difference: "",
  differenceInDifferences: ", set against the gap before the start",
};

/** What could not be told, after a difference too close to call. */
export function undecidedClause(contrast: Contrast, units: string): string {
  return contrast === "change"
    ? `we cannot tell whether programme ${units} moved up or down against the others`
    : `we cannot tell whether programme ${units} were above or below the others`;
}

/** One end of an interval: `0.10 lower`, `a move up of 0.90`, `no difference`. */
export function endClause(value: number, contrast: Contrast, places: number): string {
  if (roundHalfUp(value, places) === 0) return "no difference";
  const amount = printNumber(Math.abs(value), places);
  if (contrast === "change") return `a move ${value < 0 ? "down" : "up"} of ${amount}`;
  return `${amount} ${value < 0 ? "lower" : "higher"}`;
}

/** What a table of effects measures, in one sentence: `How far the outcome moved, in points, against similar schools.` */
export function measuredSentence(contrast: Contrast, measures: string, units: string): string {
  return contrast === "change"
    ? `How far the outcome moved since the baseline, in ${measures}, against similar ${units}.`
    : `How much higher or lower the outcome was, in ${measures}, than in similar ${units}${STARTED[contrast]}.`;
}
