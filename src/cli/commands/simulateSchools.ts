import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { simulateSchools } from "#simulation";
import { type CommandOptions, type Outcome, UsageFault } from "../outcome.ts";

export async function run(_operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const folder = resolve(options.out!);
  const seed = numberOf("--seed", options.seed);
  const schools = numberOf("--schools", options.schools);
  const effect = numberOf("--effect", options.effect);
  const simulated = simulate({
    ...(seed !== undefined && { seed }),
    ...(schools !== undefined && { schools }),
    ...(effect !== undefined && { effect }),
  });
  mkdirSync(folder, { recursive: true });
  const panel = join(folder, "panel.csv");
  const truth = join(folder, "truth.json");
  writeFileSync(panel, simulated.csv);
  writeFileSync(truth, `${JSON.stringify(simulated.truth, null, 2)}\n`);
  return {
    lines: [`wrote ${panel}`, `wrote ${truth}`],
    json: { state: "ok", files: [panel, truth], truth: simulated.truth },
  };
}

function simulate(options: Parameters<typeof simulateSchools>[0]): ReturnType<typeof simulateSchools> {
  try {
    return simulateSchools(options);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageFault(error.message);
    throw error;
  }
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new UsageFault(`${name} takes a number; "${text}" is none.`);
  return value;
}
