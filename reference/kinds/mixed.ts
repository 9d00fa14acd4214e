import type { Kind } from "./index.ts";
import { linearMixed } from "./mixedLinear.ts";
import { logisticMixed } from "./mixedLogistic.ts";

export const MIXED: Readonly<Record<string, Kind>> = { lmer: linearMixed, glmer: logisticMixed };
