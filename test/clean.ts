import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";

// Test files share a worker. What one leaves behind would fail another, on some machines only: name the file that leaks.
let before = "";
const state = () => JSON.stringify([Object.keys(globalThis), process.env]);

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
