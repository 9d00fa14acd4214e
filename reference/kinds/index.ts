import type { Request } from "../case.ts";
import { COMPARISONS } from "./comparisons.ts";
import { MATCHING } from "./matching.ts";
import { MEASUREMENT } from "./measurement.ts";
import { MIXED } from "./mixed.ts";
import { PANELS } from "./panels.ts";
import { REGRESSION } from "./regression.ts";

/** Answers one kind of request; the keys of the answer are those of the reference results. */
export type Kind = (request: Request) => unknown;

/** Every kind of request the door answers, by `spec.kind`. */
export const KINDS: Readonly<Record<string, Kind>> = {
  ...REGRESSION,
  ...MATCHING,
  ...MIXED,
  ...MEASUREMENT,
  ...COMPARISONS,
  ...PANELS,
};
