import type { Kind } from "./index.ts";
import { matching } from "./matchedSample.ts";
import { psmatch2 } from "./psmatch2.ts";
import { ebal, ipw } from "./weighting.ts";

export const MATCHING: Readonly<Record<string, Kind>> = { matching, psmatch2, ipw, ebal };
