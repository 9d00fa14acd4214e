import { amendStudy } from "#pipeline";
import { type CommandOptions, type Outcome, UsageFault } from "../outcome.ts";
import { registrantOf, stepOptions } from "../stepOptions.ts";

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  if (options.reason === undefined || options.reason.trim() === "") {
    throw new UsageFault('An amendment needs its reason: assay amend --reason "corrected input file".');
  }
  const record = await amendStudy(stepOptions(operands, options), registrantOf(options));
  return {
    lines: [
      `Amendment ${record.number}, ${record.outcomesSeen ? "after outcomes had been opened: results will say so" : "before any outcome was opened"}.`,
      ...record.changes.map((change) => `  ${change}`),
    ],
    json: { state: "ok", number: record.number, changes: record.changes, outcomesSeen: record.outcomesSeen },
  };
}
