import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Faults } from "#domain";
import { FAULTS_HEADER, faultsAsCsv, writeFile } from "#pipeline";
import { type CommandOptions, UsageFault } from "./outcome.ts";

/** Carries out a step; with `--report-faults` every faulty cell is written to that file before the fault goes on. */
export async function reportingFaults<T>(options: CommandOptions, act: () => Promise<T>): Promise<T> {
  const file = options.reportFaults === undefined ? undefined : resolve(options.reportFaults);
  if (file !== undefined) refuseOtherFile(file);
  try {
    return await act();
  } catch (error) {
    const csv = error instanceof Faults && file !== undefined ? faultsAsCsv(error) : undefined;
    if (csv !== undefined) writeFile(file!, csv);
    throw error;
  }
}

/** A list of faults is written over a list of faults, and over nothing else. */
function refuseOtherFile(file: string): void {
  if (!existsSync(file)) return;
  let isList = false;
  try {
    isList = readFileSync(file, "utf8").startsWith(FAULTS_HEADER);
  } catch {
    // A folder, or a file that may not be read: not a list of faults.
  }
  if (!isList)
    throw new UsageFault(
      `--report-faults names ${file}, which is there and is no list of faults. Nothing was changed: name another file.`,
    );
}
