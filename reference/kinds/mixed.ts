import type { Kind } from "./index.ts";
import { linearMixed } from "./mixedLinear.ts";

export const MIXED: Readonly<Record<string, Kind>> = { lmer: linearMixed };
