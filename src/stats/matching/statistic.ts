import type { NotEstimable } from "../common/notEstimable.ts";

/** A number, or why there is none. */
export type Statistic = number | NotEstimable;

/** Whether a statistic is a number. */
export const isDefined = (statistic: Statistic): statistic is number => typeof statistic === "number";

/** The number of a statistic; NaN where there is none, for arithmetic that carries it on. */
export const numberOrNaN = (statistic: Statistic): number => (typeof statistic === "number" ? statistic : Number.NaN);
