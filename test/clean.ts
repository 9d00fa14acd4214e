import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";

// Test files share a worker. What one leaves behind would fail another, on some machines only: name the file that leaks.
let before = "";
// zod keeps its registry of schemas there, by design, from its first import on.
const KNOWN = new Set(["__zod_globalConfig", "__zod_globalRegistry"]);
const state = () => JSON.stringify([Object.keys(globalThis).filter((name) => !KNOWN.has(name)), process.env]);

beforeAll(() => {
  before = state();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
afterAll(() => {
  expect(state(), "this file left an environment variable or a global behind").toBe(before);
});
