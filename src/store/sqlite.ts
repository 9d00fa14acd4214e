import { DatabaseSync } from "@photostructure/sqlite";
import { type Kysely, SqliteAdapter, type SqliteDatabase, SqliteDialect, sql } from "kysely";

/** An open SQLite database. */
export type SqliteFile = InstanceType<typeof DatabaseSync>;

/** SQLite for Kysely: changes of schema in a transaction, a lock on migrations, and transactions that write from the start. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  // biome-ignore lint/suspicious/noExplicitAny: Kysely declares it so.
  override async acquireMigrationLock(db: Kysely<any>): Promise<void> {
    await sql`update kysely_migration_lock set is_locked = 1 where id = 'migration_lock'`.execute(db);
  }
}

export class Sqlite extends SqliteDialect {
  constructor(database: SqliteFile) {
    super({ database: async () => asKyselyWants(database) });
  }

  override createAdapter(): SqliteAdapter {
    return new Adapter();
  }
}

/** Every acknowledged write survives a power cut; two processes wait for each other. */
export function openSqlite(path: string): SqliteFile {
  const database = new DatabaseSync(path);
  database.exec(
    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON",
  );
  return database;
}

function asKyselyWants(database: SqliteFile): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (text) => {
      // A transaction that reads and then writes would fail beside another one.
      const statement = database.prepare(text === "begin" ? "begin immediate" : text);
      return {
        reader: statement.columns().length > 0,
        all: (values) => statement.all(...(values as never[])) as unknown[],
        run: (values) => statement.run(...(values as never[])) as never,
        iterate: (values) => statement.iterate(...(values as never[])) as IterableIterator<unknown>,
      };
    },
  };
}
