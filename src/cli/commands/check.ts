import { check } from "#pipeline";
import type { CommandOptions, Outcome } from "../outcome.ts";
import { reportingFaults } from "../reportingFaults.ts";
import { stepOptions } from "../stepOptions.ts";
import { choiceLines, warningLines } from "../words.ts";

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const { study, trails, warnings } = await reportingFaults(options, () => check(stepOptions(operands, options)));
  const n = (value: number) => value.toLocaleString("en-GB");
  return {
    lines: [
      `${study.about.title}: nothing is wrong with the study or its data.`,
      ...trails.map(
        (trail) => `${trail.source}: ${n(trail.rowsKept)} of ${n(trail.rowsInFile)} rows kept, ${trail.file}`,
      ),
      ...warningLines([...study.warnings, ...warnings]),
      ...(options.defaults === true ? choiceLines(study.choices) : []),
    ],
    json: {
      state: "ok",
      title: study.about.title,
      sources: trails.map(({ path: _, ...trail }) => trail),
      warnings: [...study.warnings, ...warnings],
      ...(options.defaults === true && { choices: study.choices }),
    },
  };
}
