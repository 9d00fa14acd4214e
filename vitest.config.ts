import { defineConfig } from "vitest/config";

const conditions = ["source", "module", "node", "development|production"];
const shared = {
  pool: "threads" as const,
  isolate: false,
  environment: "node" as const,
  setupFiles: ["test/clean.ts"],
};

export default defineConfig({
  ssr: { resolve: { conditions } },
  oxc: { jsx: { runtime: "automatic", importSource: "hono/jsx" } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: "unit",
          testTimeout: 30_000,
          include: [
            "src/**/*.test.ts",
            "src/**/*.test.tsx",
            "reference/**/*.test.ts",
            "bench/**/*.test.mjs",
            "test/map.test.ts",
          ],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: "study",
          include: ["test/study/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: "database",
          include: ["test/database/**/*.test.ts"],
          globalSetup: "test/postgres.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
