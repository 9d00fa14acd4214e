import { writeReturnTemplate } from "#pipeline";
import type { CommandOptions, Outcome } from "../outcome.ts";

export async function run(_operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const files = await writeReturnTemplate(options.out ?? ".");
  return { lines: files.map((file) => `wrote ${file}`), json: { state: "ok", files } };
}
