import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Faults } from "#domain";
import { writeFile } from "#pipeline";
import { simulateSchools } from "#simulation";
import type { CommandOptions, Outcome } from "../outcome.ts";

/** Seed of the invented schools a new study starts with. */
const STARTER_SEED = 2026;

export async function run(operands: readonly string[], _options: CommandOptions): Promise<Outcome> {
  const folder = resolve(operands[0] ?? ".");
  const study = join(folder, "study.yaml");
  const panel = join(folder, "data", "panel.csv");
  const inTheWay = [study, panel].filter((path) => existsSync(path));
  if (inTheWay.length > 0) {
    throw new Faults(folder, [
      {
        code: "already-there",
        severity: "fault",
        message: `${inTheWay.join(" and ")} ${inTheWay.length === 1 ? "is" : "are"} there already. Nothing was changed.`,
        suggestion: "Name another folder: `assay init another-study`.",
      },
    ]);
  }
  writeFile(panel, simulateSchools({ seed: STARTER_SEED }).panelCsv);
  writeFile(study, readFileSync(new URL("../starter.yaml", import.meta.url), "utf8"));
  const name = operands[0] ?? ".";
  return {
    lines: [`Made ${study} and invented data beside it.`, `Next: assay check ${name}, then assay run ${name}`],
    json: { state: "ok", study, data: panel },
  };
}
