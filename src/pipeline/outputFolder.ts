import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { Faults } from "#domain";
import { makeFolder, writing } from "./writing.ts";

const LOCK = ".assay.lock";
const STAGING = ".assay-staging-";
/** Folders whose files belong to Assay alone: what a run does not write again is removed. */
const OWN_FOLDERS = ["tables", "samples"];

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

  /** Moves every staged file into place. */
  commit(): void {
    writing(this.path, () => {
      const staged = readdirSync(this.#staging, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(this.#staging, join(entry.parentPath, entry.name)));
      const isNew = new Set(staged);
      for (const name of staged) {
        mkdirSync(dirname(join(this.path, name)), { recursive: true });
        renameSync(join(this.#staging, name), join(this.path, name));
      }
      const written = new Set(staged.map((name) => name.split(sep)[0]!));
      for (const own of OWN_FOLDERS.filter((name) => written.has(name))) {
        for (const old of readdirSync(join(this.path, own))) {
          if (!isNew.has(join(own, old))) rmSync(join(this.path, own, old), { force: true });
        }
      }
    });
  }

  [Symbol.dispose](): void {
    process.off("exit", this.#onExit);
    rmSync(this.#staging, { recursive: true, force: true });
    if (ownsLock(this.path)) rmSync(join(this.path, LOCK), { force: true });
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
      const file = openSync(join(path, LOCK), "wx");
      writeFileSync(file, JSON.stringify(lock));
      closeSync(file);
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
