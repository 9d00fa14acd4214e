import { run as runAll } from "#pipeline";
import type { CommandOptions, Outcome } from "../outcome.ts";
import { publicationJson, publicationLines } from "../publicationWords.ts";
import { reportingFaults } from "../reportingFaults.ts";
import { registrantOf, stepOptions } from "../stepOptions.ts";

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const { publication, files } = await reportingFaults(options, () =>
    runAll({
      ...stepOptions(operands, options),
      exploratory: options.exploratory === true,
      registrant: registrantOf(options),
    }),
  );
  return { lines: publicationLines(publication, files), json: publicationJson(publication, files) };
}
