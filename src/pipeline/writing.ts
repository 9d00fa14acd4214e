import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Faults } from "#domain";

/**
 * Makes a folder with its parents, one by one: a recursive `mkdir` reports a read-only parent as "not there", and on some
 * file systems never ends.
 */
export function makeFolder(path: string): void {
  if (existsSync(path) && statSync(path).isDirectory()) return;
  const missing = [path];
  while (!existsSync(dirname(missing[0]!))) missing.unshift(dirname(missing[0]!));
  for (const folder of missing) mkdirSync(folder);
}

/** Carries out a piece of writing; what the file system refuses is said in words. */
export function writing<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof Faults ? error : cannotWrite(path, error as NodeJS.ErrnoException);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "you have no permission to write there",
  EPERM: "you have no permission to write there",
  EROFS: "it is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "your disk quota is used up",
  ENOTDIR: "a part of its path is a file, not a folder",
  EEXIST: "a file with that name is in the way",
  EISDIR: "a folder with the name of a file is in the way",
  ELOOP: "it is a link to itself",
  ENOENT: "a folder of its path cannot be made",
};

function cannotWrite(path: string, error: NodeJS.ErrnoException): Faults {
  const reason = REASONS[error.code ?? ""] ?? error.message;
  const kept = existsSync(join(path, "findings.json")) ? " The last good files are as they were." : "";
  return new Faults(path, [
    {
      code: "cannot-write",
      severity: "fault",
      message: `${path} cannot be written: ${reason}.${kept}`,
      suggestion: "Choose another folder with --out, or make room.",
    },
  ]);
}

/** Writes a file into a folder made for it. @throws Faults  `cannot-write`, in words. */
export function writeFile(path: string, content: string | Uint8Array): void {
  writing(path, () => {
    makeFolder(dirname(path));
    writeFileSync(path, content, { flush: true });
  });
}
