import type { Kind } from "./index.ts";

export const MIXED: Readonly<Record<string, Kind>> = {};
