import { resolve } from "node:path";
import { restoreFolder } from "#store";
import type { CommandOptions, Outcome } from "../outcome.ts";

/** Puts a backup in the place of a workbench's data, which are kept beside it. */
export async function run([backup]: readonly string[], options: CommandOptions): Promise<Outcome> {
  const folder = resolve(options.folder ?? "workbench");
  const kept = restoreFolder(folder, resolve(backup!));
  const lines = [
    `${folder} holds the data of ${backup} now.`,
    ...(kept === undefined ? [] : [`What it held before is kept in ${kept}.`]),
  ];
  return { lines, json: { state: "ok", folder, kept: kept ?? null } };
}
