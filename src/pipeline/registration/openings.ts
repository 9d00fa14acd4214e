import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writing } from "../writing.ts";
import { broken, recordHashes, registrationFolder } from "./records.ts";

/** One logged look at outcomes after the start. */
export interface Opening {
  readonly when: string;
  readonly outcomes: readonly string[];
  readonly exploratory: boolean;
  /** SHA-256 of the newest record then; null when there was none. It ties the newest record to what came after it. */
  readonly record: string | null;
  /** SHA-256 of the opening before, as it stands in the log. */
  readonly previous: string | null;
}

const LOG = "openings.jsonl";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Appends to the log, before any outcome is read. @throws Faults  `registration-broken`, `cannot-write`. */
export function logOpening(studyFolder: string, opening: Pick<Opening, "when" | "outcomes" | "exploratory">): void {
  const folder = registrationFolder(studyFolder);
  readOpenings(studyFolder);
  const before = readLines(studyFolder).at(-1);
  const record = recordHashes(studyFolder).at(-1) ?? null;
  const line: Opening = { ...opening, record, previous: before === undefined ? null : sha256(before) };
  writing(folder, () => {
    makeFolder(folder);
    const path = join(folder, LOG);
    // A line that a crash cut short is closed first, so that this one stands by itself.
    const isCut = existsSync(path) && !/(^|\n)$/.test(readFileSync(path, "utf8"));
    appendFileSync(path, `${isCut ? "\n" : ""}${JSON.stringify(line)}\n`, { flush: true });
  });
}

/**
 * Every opening so far. A line cut short by a crash was never followed by a look, and is left out.
 * @throws Faults  `registration-broken`, a refusal: a line was removed or changed, or the record it was made after is gone.
 */
export function readOpenings(studyFolder: string): readonly Opening[] {
  const known = new Set(recordHashes(studyFolder));
  let previous: string | null = null;
  return readLines(studyFolder).map((line, i) => {
    const opening = JSON.parse(line) as Opening;
    if (opening.previous !== previous)
      throw broken(`${LOG}, entry ${i + 1}, does not continue the one before it: the log was changed.`);
    if (opening.record !== null && !known.has(opening.record)) {
      throw broken(`${LOG}, entry ${i + 1}, was made after a record that is no longer there or was changed.`);
    }
    previous = sha256(line);
    return opening;
  });
}

/** Lines that can be read, as they stand. */
function readLines(studyFolder: string): readonly string[] {
  const path = join(registrationFolder(studyFolder), LOG);
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").split("\n").filter(isOpening);
}

function isOpening(line: string): boolean {
  try {
    const read = JSON.parse(line) as Partial<Opening> | null;
    return typeof read === "object" && read !== null && Array.isArray(read.outcomes);
  } catch {
    return false;
  }
}
