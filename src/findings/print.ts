import type { ClusterName, ExhibitCell } from "./exhibit.ts";

/** Rounds half away from zero, as printed tables do: 0.125 to two places is 0.13, −0.125 is −0.13. */
export function roundHalfUp(value: number, places: number): number {
  const scale = 10 ** places;
  // The nudge undoes binary representation: 1.005 × 100 is 100.49999999999999.
  return (Math.sign(value) * Math.round(Math.abs(value) * scale * (1 + Number.EPSILON))) / scale;
}

/** `1,234.50` with a true minus sign. */
export function printNumber(value: number, places: number): string {
  const rounded = roundHalfUp(value, places);
  const text = Math.abs(rounded).toLocaleString("en-GB", {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  });
  return rounded < 0 ? `−${text}` : text;
}

/** The same with a plus sign where it is positive: for differences. */
export function printSigned(value: number, places: number): string {
  return roundHalfUp(value, places) > 0 ? `+${printNumber(value, places)}` : printNumber(value, places);
}

/** Decimals that show two figures of a standard error: 2 for .25, 3 for .054; never fewer than 2 nor more than 4. */
export function placesForSe(se: number | undefined): number {
  if (se === undefined || !(se > 0)) return 2;
  return Math.min(4, Math.max(2, 1 - Math.floor(Math.log10(se))));
}

export const printCount = (value: number): string => value.toLocaleString("en-GB");

/** `.034`, `< .001`. */
export function printP(p: number): string {
  return p < 0.001 ? "< .001" : p.toFixed(3).replace(/^0/, "");
}

/** `= .034`, `< .001`: behind the letter p in a sentence. */
export const withSign = (p: number): string => (p < 0.001 ? printP(p) : `= ${printP(p)}`);

/** Whether a count is too small to be shown: 1 … minimum − 1. */
export const isFew = (value: number, minimum: number): boolean => value > 0 && value < minimum;

/** A count in a sentence; one that rests on too few units to be shown is said to be few. */
export function protectedCount(value: number, minimum: number): string {
  return isFew(value, minimum) ? `fewer than ${minimum}` : printCount(value);
}

/**
 * A part and its total in a sentence: `26 of the 40`. The total is left out where the part or the rest is too small to be
 * shown, since one is the total minus the other.
 */
export function protectedPair(part: number, total: number, minimum: number): string {
  const isShown = !isFew(part, minimum) && !isFew(total - part, minimum);
  return isShown ? `${printCount(part)} of the ${printCount(total)}` : protectedCount(part, minimum);
}

/** A protected count with its noun: `12 rows`, `1 row`, `fewer than 10 rows`. */
export function protectedPlural(value: number, one: string, minimum: number): string {
  return isFew(value, minimum) ? `${protectedCount(value, minimum)} ${one}s` : plural(value, one);
}

export const text = (words: string): ExhibitCell => ({ text: words });
export const count = (value: number): ExhibitCell => ({ text: printCount(value), value, isCount: true });
export const clusterCell = (cluster: ClusterName): ExhibitCell => ({
  text: `${cluster.before ?? ""}${cluster.name}${cluster.after ?? ""}`,
  cluster,
});
/** The count the others of its column are parts of. */
export const totalCount = (value: number): ExhibitCell => ({ ...count(value), isTotal: true });
/** A number from which the count of units in its row could be worked out. */
export const share = (cell: ExhibitCell): ExhibitCell => ({ ...cell, isShare: true });
export const absent = (reason: string): ExhibitCell => ({ text: "not estimable", reason });
export const nothing = (reason: string): ExhibitCell => ({ text: "–", reason });

/** A number, or a dash with the reason when it is not one. */
export function number(value: number | undefined, places: number, reason = "not defined"): ExhibitCell {
  return value === undefined || !Number.isFinite(value) ? nothing(reason) : { text: printNumber(value, places), value };
}

export function signed(value: number | undefined, places: number, reason = "not defined"): ExhibitCell {
  return value === undefined || !Number.isFinite(value) ? nothing(reason) : { text: printSigned(value, places), value };
}

export const pValue = (p: number | undefined, reason = "not tested"): ExhibitCell =>
  p === undefined || Number.isNaN(p) ? nothing(reason) : { text: printP(p), value: p };

/** `−0.10 to 0.04` */
export function interval(
  low: number | undefined,
  high: number | undefined,
  places: number,
  reason = "not estimable",
): ExhibitCell {
  return low === undefined || high === undefined || Number.isNaN(low) || Number.isNaN(high)
    ? { text: "not estimable", reason }
    : { text: `${printSigned(low, places)} to ${printSigned(high, places)}`, range: { low, high } };
}

/** `95%`, `99.5%` */
export const levelInWords = (level: number): string => `${roundHalfUp(100 * level, 1)}%`;

/** `one`, `two`, … `twelve`, then digits: for sentences. */
export function inWordsSmall(value: number): string {
  const words = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
  ];
  return words[value] ?? printCount(value);
}

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${printCount(value)} ${value === 1 ? one : many}`;
