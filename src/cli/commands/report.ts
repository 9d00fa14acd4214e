import { report } from "#pipeline";
import type { CommandOptions, Outcome } from "../outcome.ts";
import { publicationJson, publicationLines } from "../publicationWords.ts";
import { stepOptions } from "../stepOptions.ts";

export async function run(operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const { publication, files } = await report(stepOptions(operands, options));
  return { lines: publicationLines(publication, files), json: publicationJson(publication, files) };
}
