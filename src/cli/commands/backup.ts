import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Faults } from "#domain";
import { backupFolder, holdsStore } from "#store";
import type { CommandOptions, Outcome } from "../outcome.ts";

/** Copies the data of a workbench into one file, while it is in use or not. */
export async function run(_operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const folder = resolve(options.folder ?? "workbench");
  if (!holdsStore(folder)) {
    throw new Faults(folder, [
      {
        code: "no-workbench",
        severity: "fault",
        message: `${folder} holds no data of a workbench.`,
        suggestion: "Name its folder with --folder. Data on a PostgreSQL server are copied with pg_dump.",
      },
    ]);
  }
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, "-");
  const to = resolve(options.out ?? join(folder, "backups", `${stamp}.db`));
  mkdirSync(dirname(to), { recursive: true });
  await backupFolder(folder, to);
  return { lines: [`Wrote ${to}.`], json: { state: "ok", file: to } };
}
