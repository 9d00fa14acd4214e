import type { Kind } from "./index.ts";

export const COMPARISONS: Readonly<Record<string, Kind>> = {};
