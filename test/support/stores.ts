import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { Store } from "#store";

/** A store for one test, gone with it. */
export interface TestStore extends AsyncDisposable {
  readonly store: Store;
  readonly engine: Store["engine"];
}

export const ENGINES = ["sqlite", "postgres"] as const;

let made = 0;

/** Opens an empty store of its own on either database. */
export async function testStore(engine: Store["engine"]): Promise<TestStore> {
  if (engine === "sqlite") {
    const folder = mkdtempSync(join(tmpdir(), "assay-store-"));
    const store = await Store.open({ folder });
    return {
      store,
      engine,
      [Symbol.asyncDispose]: async () => {
        await store[Symbol.asyncDispose]();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }
  const url = new URL(inject("postgresUrl"));
  const name = `assay_${process.pid}_${Date.now()}_${made++}`;
  const server = async (sql: string) => {
    const client = new pg.Client({ connectionString: inject("postgresUrl") });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await server(`CREATE DATABASE ${name}`);
  url.pathname = `/${name}`;
  const store = await Store.open({ url: url.href });
  return {
    store,
    engine,
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await server(`DROP DATABASE ${name}`);
    },
  };
}
