import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Which program made something. */
export interface Program {
  readonly name: "Assay";
  readonly version: string;
  /** Left out where the program does not run from a checkout. */
  readonly commit?: string;
  /** Edition of the grammar of study.yaml, and of its defaults. */
  readonly grammar: 1;
  readonly defaults: 1;
}

/** The package lies two folders above this file, in `src` as in `dist`. */
const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

export function program(): Program {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { version: string };
  const commit = commitOf(join(PACKAGE, ".git"));
  return { name: "Assay", version, ...(commit !== undefined && { commit }), grammar: 1, defaults: 1 };
}

/** The commit checked out, read from git's own files; undefined outside a checkout. */
function commitOf(gitFolder: string): string | undefined {
  try {
    const head = readFileSync(join(gitFolder, "HEAD"), "utf8").trim();
    if (!head.startsWith("ref: ")) return head;
    const ref = head.slice("ref: ".length);
    try {
      return readFileSync(join(gitFolder, ref), "utf8").trim();
    } catch {
      const packed = readFileSync(join(gitFolder, "packed-refs"), "utf8");
      return packed
        .split("\n")
        .find((line) => line.endsWith(` ${ref}`))
        ?.split(" ")[0];
    }
  } catch {
    return undefined;
  }
}
