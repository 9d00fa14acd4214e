import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { Faults } from "#domain";
import { makeFolder, writing } from "./writing.ts";

const LOCK = ".assay.lock";
const STAGING = ".assay-staging-";
/**
 * The folder a run writes to. One run at a time: a second is refused while the first is alive. Files are staged beside
 * it and moved in together by `commit`, so a run that stops half-way leaves the last good files as they were.
 */
export class OutputFolder implements Disposable {
  readonly path: string;
  readonly #staging: string;
  readonly #onExit = () => this[Symbol.dispose]();

  private constructor(path: string) {
    this.path = path;
    this.#staging = join(path, `${STAGING}${process.pid}`);
  }

  /** @throws Faults  `folder-in-use`, or `cannot-write` in words. */
  static open(path: string): OutputFolder {
    const folder = new OutputFolder(path);
    writing(path, () => {
      makeFolder(path);
      takeLock(path);
      removeLeftovers(path);
      mkdirSync(folder.#staging, { recursive: true });
    });
    process.once("exit", folder.#onExit);
    return folder;
  }

  /** Stages one file; `name` may lie in a folder, for example `tables/balance.csv`. */
  write(name: string, content: string): void {
    const path = join(this.#staging, name);
    writing(this.path, () => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content, { flush: true });
    });
  }

  /**
   * Moves every staged file into place, one after the other, after looking whether each can be: where something stands in
   * the way of one, none moves.
   * @param replaces  Files of the run before; those that this run did not write again are removed, and nothing else is.
   */
  commit(replaces: readonly string[] = []): void {
    writing(this.path, () => {
      const staged = readdirSync(this.#staging, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(this.#staging, join(entry.parentPath, entry.name)));
      for (const name of staged) refuseWhatStandsThere(this.path, name);
      // What the others are made from moves last: it never speaks of files that are not there yet.
      for (const name of [...staged].sort((a, b) => Number(isLast(a)) - Number(isLast(b)))) {
        makeFolder(dirname(join(this.path, name)));
        renameSync(join(this.#staging, name), join(this.path, name));
      }
      const isNew = new Set(staged.map((name) => name.split(sep).join("/")));
      for (const old of replaces.filter((name) => !isNew.has(name))) rmSync(join(this.path, old), { force: true });
    });
  }

  [Symbol.dispose](): void {
    process.off("exit", this.#onExit);
    rmSync(this.#staging, { recursive: true, force: true });
    if (ownsLock(this.path)) rmSync(join(this.path, LOCK), { force: true });
  }
}

const isLast = (name: string): boolean => name === "findings.json";

/** A folder where a file must go, or a file where a folder must. */
function refuseWhatStandsThere(root: string, name: string): void {
  const parts = name.split(sep);
  for (let length = 1; length <= parts.length; length++) {
    const path = join(root, ...parts.slice(0, length));
    if (!existsSync(path)) return;
    const isFile = length === parts.length;
    if (statSync(path).isDirectory() === isFile) {
      throw Object.assign(new Error(path), { code: isFile ? "EISDIR" : "ENOTDIR" });
    }
  }
}

interface Lock {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

function takeLock(path: string): void {
  const lock: Lock = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  for (let tries = 0; tries < 3; tries++) {
    try {
      // A link is made whole or not at all: nobody ever sees a lock without its owner.
      const own = join(path, `${LOCK}.${process.pid}`);
      writeFileSync(own, JSON.stringify(lock));
      try {
        linkSync(own, join(path, LOCK));
      } finally {
        rmSync(own, { force: true });
      }
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const other = readLock(path);
      if (other !== undefined && isAlive(other)) throw inUse(path, other);
      // Its run is gone without tidying up.
      rmSync(join(path, LOCK), { force: true });
    }
  }
  throw inUse(path, readLock(path));
}

function readLock(path: string): Lock | undefined {
  try {
    return JSON.parse(readFileSync(join(path, LOCK), "utf8")) as Lock;
  } catch {
    return undefined;
  }
}

const ownsLock = (path: string): boolean => {
  const lock = readLock(path);
  return lock?.pid === process.pid && lock.host === hostname();
};

/** Whether the run that holds a lock still goes on; of another computer's run nothing is known, so it counts as alive. */
function isAlive(lock: Lock): boolean {
  if (lock.host !== hostname()) return true;
  return isRunning(lock.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function removeLeftovers(path: string): void {
  for (const name of readdirSync(path)) {
    if (name.startsWith(STAGING) && !isRunning(Number(name.slice(STAGING.length))))
      rmSync(join(path, name), { recursive: true, force: true });
  }
}

function inUse(path: string, lock: Lock | undefined): Faults {
  const who = lock === undefined ? "" : ` (process ${lock.pid} on ${lock.host}, since ${lock.since})`;
  return new Faults(path, [
    {
      code: "folder-in-use",
      severity: "fault",
      message: `Another run is writing to ${path}${who}. Nothing was changed.`,
      suggestion: `Wait for it, or give this run its own folder with --out. If no run is going on, remove ${join(path, LOCK)}.`,
    },
  ]);
}
