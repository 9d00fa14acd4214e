import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writing } from "../writing.ts";
import { broken, registrationFolder } from "./records.ts";

/** One logged look at outcomes after the start. */
export interface Opening {
  readonly when: string;
  readonly outcomes: readonly string[];
  readonly exploratory: boolean;
}

const LOG = "openings.jsonl";

/** Appends to the log, before any outcome is read. */
export function logOpening(studyFolder: string, opening: Opening): void {
  const folder = registrationFolder(studyFolder);
  writing(folder, () => {
    makeFolder(folder);
    appendFileSync(join(folder, LOG), `${JSON.stringify(opening)}\n`, { flush: true });
  });
}

/**
 * Every opening so far. A last line cut short by a crash is left out; any other line that cannot be read was changed.
 * @throws Faults  `registration-broken`, a refusal.
 */
export function readOpenings(studyFolder: string): readonly Opening[] {
  const path = join(registrationFolder(studyFolder), LOG);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    try {
      return [JSON.parse(line) as Opening];
    } catch {
      if (i === lines.length - 1) return [];
      throw broken(`${LOG}, line ${i + 1}, is no opening: the log was changed.`);
    }
  });
}
