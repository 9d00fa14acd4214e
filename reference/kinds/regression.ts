import type { Kind } from "./index.ts";

export const REGRESSION: Readonly<Record<string, Kind>> = {};
