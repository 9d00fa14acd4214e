import { estimate } from "#pipeline";
import type { CommandOptions, Outcome } from "../outcome.ts";
import { publicationJson, publicationLines } from "../publicationWords.ts";
import { stepOptions } from "../stepOptions.ts";

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const when = new Date().toISOString();
  const { publication, files } = await estimate({
    ...stepOptions(operands, options),
    exploratory: options.exploratory === true,
    when,
  });
  return { lines: publicationLines(publication, files), json: publicationJson(publication, files) };
}
