import { resolve } from "node:path";
import { Faults } from "#domain";
import { faultsAsCsv, writeFile } from "#pipeline";
import type { CommandOptions } from "./outcome.ts";

/** Carries out a step; with `--report-faults` every faulty cell is written to that file before the fault goes on. */
export async function reportingFaults<T>(options: CommandOptions, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const csv = error instanceof Faults && options.reportFaults !== undefined ? faultsAsCsv(error) : undefined;
    if (csv !== undefined) writeFile(resolve(options.reportFaults!), csv);
    throw error;
  }
}
