import type { CommandOptions, Outcome } from "../outcome.ts";

type Run = (operands: readonly string[], options: CommandOptions) => Promise<Outcome>;

/** Every command by name, each loaded when it is called. */
export const commands: Readonly<Record<string, Run>> = {
  init: async (...call) => (await import("./init.ts")).run(...call),
  check: async (...call) => (await import("./check.ts")).run(...call),
  design: async (...call) => (await import("./design.ts")).run(...call),
  register: async (...call) => (await import("./register.ts")).run(...call),
  amend: async (...call) => (await import("./amend.ts")).run(...call),
  estimate: async (...call) => (await import("./estimate.ts")).run(...call),
  report: async (...call) => (await import("./report.ts")).run(...call),
  run: async (...call) => (await import("./run.ts")).run(...call),
  trace: async (...call) => (await import("./trace.ts")).run(...call),
  serve: async (...call) => (await import("./serve.ts")).run(...call),
  backup: async (...call) => (await import("./backup.ts")).run(...call),
  restore: async (...call) => (await import("./restore.ts")).run(...call),
  schema: async (...call) => (await import("./schema.ts")).run(...call),
  "simulate-schools": async (...call) => (await import("./simulateSchools.ts")).run(...call),
  "simulate-workforce": async (...call) => (await import("./simulateWorkforce.ts")).run(...call),
  "link-review": async (...call) => (await import("./linkReview.ts")).run(...call),
  "link-decide": async (...call) => (await import("./linkDecide.ts")).run(...call),
  "link-evaluate": async (...call) => (await import("./linkEvaluate.ts")).run(...call),
  "mi-template": async (...call) => (await import("./miTemplate.ts")).run(...call),
  "mi-check": async (...call) => (await import("./miCheck.ts")).run(...call),
  "mi-report": async (...call) => (await import("./miReport.ts")).run(...call),
};
