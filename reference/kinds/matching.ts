import type { Kind } from "./index.ts";

export const MATCHING: Readonly<Record<string, Kind>> = {};
