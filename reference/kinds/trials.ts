import type { Request } from "../case.ts";
import { BadSpec } from "../spec.ts";

export function eefEffectSize(_request: Request): unknown {
  throw new BadSpec("not yet");
}
