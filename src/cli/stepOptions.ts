import type { Registrant, StepOptions } from "#pipeline";
import { type CommandOptions, UsageFault } from "./outcome.ts";
import { terminalProgress } from "./terminalProgress.ts";

/** The options of a step from the words of the command line. */
export function stepOptions(operands: readonly string[], options: CommandOptions): StepOptions {
  for (const name of ["data", "out"] as const) {
    if (options[name]?.trim() === "") throw new UsageFault(`--${name} names no folder. Leave it out, or give a path.`);
  }
  return {
    study: operands[0] ?? ".",
    ...(options.data !== undefined && { data: options.data }),
    ...(options.out !== undefined && { out: options.out }),
    progress: terminalProgress(),
  };
}

/** Who registers, and when. */
export function registrantOf(options: CommandOptions): Registrant {
  const said = (text: string | undefined) => (text === undefined || text.trim() === "" ? "not said" : text.trim());
  return {
    who: said(options.by),
    role: said(options.role),
    reason: said(options.reason),
    when: new Date().toISOString(),
  };
}
