export { effectiveClusters, effectiveSampleSize } from "./effectiveSize.ts";
export { type Interval, smallestDetectable, tInterval } from "./interval.ts";
export { benjaminiHochberg, holm } from "./multiplicity.ts";
export { type NotEstimable, notEstimable } from "./notEstimable.ts";
export { NotFinite } from "./notFinite.ts";
export { type WaldTest, waldTest } from "./waldTest.ts";
export { weightedMoments } from "./weightedMoments.ts";
