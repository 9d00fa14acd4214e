import { join, resolve } from "node:path";
import { writeFile } from "#pipeline";
import { simulateSchools } from "#simulation";
import { numberOf } from "../numberOption.ts";
import type { CommandOptions, Outcome } from "../outcome.ts";

export async function run(_operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const folder = resolve(options.out!);
  const schools = numberOf("--schools", options.schools);
  const effect = numberOf("--effect", options.effect);
  const simulated = simulateSchools({
    seed: numberOf("--seed", options.seed) ?? 1,
    ...(schools !== undefined && { schools }),
    ...(effect !== undefined && { effect }),
  });
  const panel = join(folder, "panel.csv");
  const truth = join(folder, "truth.json");
  writeFile(panel, simulated.panelCsv);
  writeFile(truth, `${JSON.stringify(simulated.truth, null, 2)}\n`);
  return {
    lines: [`wrote ${panel}`, `wrote ${truth}`],
    json: { state: "ok", files: [panel, truth], truth: simulated.truth },
  };
}
