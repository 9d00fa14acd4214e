import type { Kind } from "./index.ts";

export const MEASUREMENT: Readonly<Record<string, Kind>> = {};
