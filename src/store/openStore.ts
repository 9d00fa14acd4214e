import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { backup } from "@photostructure/sqlite";
import { Kysely, Migrator, PostgresDialect, sql, type Transaction } from "kysely";
import pg from "pg";
import { Faults } from "#domain";
import { lockFolder } from "./folderLock.ts";
import * as start from "./migrations/0001-start.ts";
import * as people from "./migrations/0002-people.ts";
import type { Schema } from "./schema.ts";
import { openSqlite, Sqlite, type SqliteFile } from "./sqlite.ts";
import { valueGuard } from "./values.ts";

/** The queries of a store, or of one transaction in it. */
export type Queries = Kysely<Schema>;

/** Where a store keeps its data: a folder of its own, or a PostgreSQL server. */
export type Place = { readonly folder: string } | { readonly url: string };

const DATABASE = "assay.db";
const MIGRATIONS = { "0001-start": start, "0002-people": people };

/** The application's data, open: one schema and one way to ask, whichever database holds it. */
export class Store implements AsyncDisposable {
  readonly engine: "sqlite" | "postgres";
  readonly db: Queries;
  readonly #release: () => void;
  readonly #file: SqliteFile | undefined;

  private constructor(db: Queries, engine: Store["engine"], release: () => void, file?: SqliteFile) {
    this.db = db;
    this.engine = engine;
    this.#release = release;
    this.#file = file;
  }

  /**
   * Opens a store and brings its schema up to date, a copy of an embedded database being made first.
   * @throws Faults  `folder-in-use`; `store-unreachable`; `store-newer`, where a newer program has changed it.
   */
  static async open(place: Place): Promise<Store> {
    const store = "folder" in place ? Store.#inFolder(place.folder) : Store.#onServer(place.url);
    try {
      await store.#migrate("folder" in place ? place.folder : undefined);
      return store;
    } catch (problem) {
      await store[Symbol.asyncDispose]();
      throw problem;
    }
  }

  static #inFolder(folder: string): Store {
    mkdirSync(folder, { recursive: true });
    const { release } = lockFolder(folder);
    const file = openSqlite(join(folder, DATABASE));
    const db = new Kysely<Schema>({ dialect: new Sqlite(file), plugins: [valueGuard()] });
    return new Store(db, "sqlite", release, file);
  }

  static #onServer(url: string): Store {
    const pool = new pg.Pool({ connectionString: url, max: 10 });
    // A connection that breaks while nobody uses it is opened anew when somebody does.
    pool.on("error", () => undefined);
    const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }), plugins: [valueGuard()] });
    return new Store(db, "postgres", () => undefined);
  }

  /** All of some work or nothing of it. Inside it only the queries handed over may be used. */
  async transaction<T>(work: (queries: Transaction<Schema>) => Promise<T>): Promise<T> {
    return await this.db.transaction().execute(work);
  }

  /** Whether the database answers. */
  async isAlive(): Promise<boolean> {
    try {
      await sql`select 1`.execute(this.db);
      return true;
    } catch {
      return false;
    }
  }

  /** Copies an embedded database into a file while it is in use. @throws Faults  `no-embedded-database`. */
  async backup(path: string): Promise<void> {
    if (this.#file === undefined) throw new Faults(path, [notEmbedded()]);
    await backup(this.#file, path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.db.destroy();
    this.#release();
  }

  async #migrate(folder: string | undefined): Promise<void> {
    const migrator = new Migrator({
      db: this.db.withoutPlugins(),
      provider: { getMigrations: async () => MIGRATIONS },
    });
    const known = await this.#reach(() => migrator.getMigrations());
    const isNew = known.every(({ executedAt }) => executedAt === undefined);
    const isBehind = known.some(({ executedAt }) => executedAt === undefined);
    if (folder !== undefined && isBehind && !isNew) {
      const stamp = new Date().toISOString().replaceAll(/[:.]/g, "-");
      const kept = join(folder, "backups");
      mkdirSync(kept, { recursive: true });
      await this.backup(join(kept, `before-update-${stamp}.db`));
    }
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error instanceof Error && /missing|corrupted/.test(error.message) ? newer() : error;
  }

  async #reach<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (problem) {
      if (this.engine === "sqlite") throw problem;
      throw new Faults("DATABASE_URL", [unreachable(problem)]);
    }
  }
}

/** Whether a folder holds a store already. */
export const holdsStore = (folder: string): boolean => existsSync(join(folder, DATABASE));

export const databaseFile = (folder: string): string => join(folder, DATABASE);

const newer = (): Faults =>
  new Faults("assay.db", [
    {
      code: "store-newer",
      severity: "fault",
      message: "The data were last used by a newer Assay, which changed how they are kept. Nothing was changed.",
      suggestion: "Update this program, or restore a backup made before.",
    },
  ]);

const unreachable = (problem: unknown) => ({
  code: "store-unreachable",
  severity: "fault" as const,
  message: `The PostgreSQL server of DATABASE_URL does not answer: ${problem instanceof Error ? problem.message || problem.name : "no reason given"}.`,
  suggestion: "Check that it runs, and the address, name and password in DATABASE_URL.",
});

const notEmbedded = () => ({
  code: "no-embedded-database",
  severity: "fault" as const,
  message: "The data are on a PostgreSQL server, which has its own way of being copied.",
  suggestion: "Use pg_dump, and pg_restore to bring it back.",
});
