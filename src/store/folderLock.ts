import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { Faults } from "#domain";

/**
 * Holds a folder for one server until released. The operating system lets go of it when the process ends, however it ends.
 * @throws Faults  `folder-in-use`.
 */
export function lockFolder(folder: string): { readonly release: () => void } {
  const path = join(folder, "lock.db");
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch {
    database.close();
    throw new Faults(folder, [
      {
        code: "folder-in-use",
        severity: "fault",
        message: `Another Assay is running on ${folder}. Nothing was changed.`,
        suggestion: "Use the one that runs, stop it first, or give this one a folder of its own with --folder.",
      },
    ]);
  }
  return { release: () => database.close() };
}
