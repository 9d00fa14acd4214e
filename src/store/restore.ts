import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { backup } from "@photostructure/sqlite";
import { Faults } from "#domain";
import { lockFolder } from "./folderLock.ts";
import { databaseFile, holdsStore } from "./openStore.ts";
import { openSqlite } from "./sqlite.ts";

/** Copies a folder's database into a file, whether a server holds the folder or not. */
export async function backupFolder(folder: string, to: string): Promise<void> {
  const database = openSqlite(databaseFile(folder));
  try {
    await backup(database, to);
  } finally {
    database.close();
  }
}

/**
 * Puts a backup in the place of a folder's database. The backup is checked first, and what was there is kept beside it.
 * @returns  Where what was there is kept; undefined where nothing was.
 * @throws Faults  `no-backup`, `backup-damaged`, `folder-in-use`.
 */
export function restoreFolder(folder: string, from: string): string | undefined {
  if (!existsSync(from))
    throw fault(from, "no-backup", `${from} is not there.`, "Name a file that `assay backup` wrote.");
  mkdirSync(folder, { recursive: true });
  const lock = lockFolder(folder);
  try {
    const part = `${databaseFile(folder)}.part`;
    copyFileSync(from, part);
    try {
      checkWhole(part, from);
    } catch (problem) {
      rmSync(part, { force: true });
      throw problem;
    }
    const kept = keepAside(folder);
    renameSync(part, databaseFile(folder));
    return kept;
  } finally {
    lock.release();
  }
}

function checkWhole(path: string, from: string): void {
  try {
    const database = openSqlite(path);
    try {
      const [row] = database.prepare("PRAGMA integrity_check").all() as { integrity_check: string }[];
      if (row?.integrity_check !== "ok") throw new Error(row?.integrity_check);
      database.prepare("SELECT count(*) FROM audit").all();
      // Leaves one file, without the log of writes beside it.
      database.exec("PRAGMA journal_mode = DELETE");
    } finally {
      database.close();
    }
  } catch {
    throw fault(
      from,
      "backup-damaged",
      `${from} is no whole backup of Assay. Nothing was changed.`,
      "Use another backup.",
    );
  }
}

/** Copies what a folder holds into its backups; the log of writes goes with what it belongs to. */
function keepAside(folder: string): string | undefined {
  if (!holdsStore(folder)) return undefined;
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, "-");
  const kept = join(folder, "backups", `before-restore-${stamp}.db`);
  mkdirSync(join(folder, "backups"), { recursive: true });
  const database = openSqlite(databaseFile(folder));
  // One file, with what stands in the log of writes.
  database.exec(`VACUUM INTO '${kept.replaceAll("'", "''")}'`);
  database.close();
  for (const beside of ["-wal", "-shm"]) rmSync(`${databaseFile(folder)}${beside}`, { force: true });
  return kept;
}

const fault = (file: string, code: string, message: string, suggestion: string): Faults =>
  new Faults(file, [{ code, severity: "fault", message, suggestion }]);
