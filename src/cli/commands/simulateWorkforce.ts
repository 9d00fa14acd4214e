import { join, resolve } from "node:path";
import { simulateWorkforce, WORKFORCE_FILES, type WorkforceOptions } from "#simulation";
import { numberOf } from "../numberOption.ts";
import type { CommandOptions, Outcome } from "../outcome.ts";

export async function run(_operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const folder = resolve(options.out!);
  const asked: Record<keyof WorkforceOptions, number | undefined> = {
    seed: numberOf("--seed", options.seed),
    teachers: numberOf("--teachers", options.teachers),
    schools: numberOf("--schools", options.schools),
    programmeSchools: numberOf("--programme-schools", options.programmeSchools),
    hiddenSelection: numberOf("--hidden-selection", options.hiddenSelection),
    retentionEffect: numberOf("--retention-effect", options.retentionEffect),
    progressionEffect: numberOf("--progression-effect", options.progressionEffect),
    schoolEffect: numberOf("--school-effect", options.schoolEffect),
  };
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  const truth = await simulateWorkforce({ seed: 1, ...Object.fromEntries(given) }, folder);
  const files = WORKFORCE_FILES.map((name) => join(folder, name));
  return { lines: files.map((file) => `wrote ${file}`), json: { state: "ok", files, truth } };
}
