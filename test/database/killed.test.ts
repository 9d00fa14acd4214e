import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { Store } from "#store";
import { ROOT } from "../support/workshop.ts";

/** Runs the writer on a place and kills it once it has said so many ids; what it said. */
async function killedAfter(engine: "sqlite" | "postgres", place: string, many: number): Promise<readonly string[]> {
  const writer = spawn(
    process.execPath,
    ["--import", "tsx", "--conditions=source", join(ROOT, "test", "support", "writer.ts"), engine, place],
    { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] },
  );
  let said = "";
  writer.stdout.on("data", (data) => {
    said += String(data);
    if (said.split("\n").length > many) writer.kill("SIGKILL");
  });
  await new Promise((resolve) => writer.on("close", resolve));
  return said.split("\n").slice(0, -1);
}

async function expectAllThere(store: Store, acknowledged: readonly string[]): Promise<void> {
  const schools = (await store.db.selectFrom("school").select("id").execute()).map(({ id }) => id);
  const numbered = (await store.db.selectFrom("school_number").select("school").execute()).map(({ school }) => school);
  expect(acknowledged.length).toBeGreaterThan(10);
  expect(acknowledged.filter((id) => !schools.includes(id))).toEqual([]);
  // Half of a transaction is nowhere.
  expect(new Set(numbered)).toEqual(new Set(schools));
}

test.each([20, 90, 333])("killed after %i writes, an embedded database holds every acknowledged one", async (many) => {
  const folder = mkdtempSync(join(tmpdir(), "assay-killed-"));
  try {
    const acknowledged = await killedAfter("sqlite", folder, many);
    await using store = await Store.open({ folder });
    await expectAllThere(store, acknowledged);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("killed in the middle, a PostgreSQL database holds every acknowledged write", async () => {
  const url = inject("postgresUrl");
  const acknowledged = await killedAfter("postgres", url, 120);
  await using store = await Store.open({ url });
  await expectAllThere(store, acknowledged);
});
