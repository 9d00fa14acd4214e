import { join, resolve } from "node:path";
import { writeFile } from "#pipeline";
import { studySchema } from "#protocol";
import type { CommandOptions, Outcome } from "../outcome.ts";

export async function run(_operands: readonly string[], options: CommandOptions): Promise<Outcome> {
  const schema = studySchema();
  if (options.out !== undefined) {
    const file = join(resolve(options.out), "study.schema.json");
    writeFile(file, `${JSON.stringify(schema, null, 2)}\n`);
    return { lines: [`wrote ${file}`], json: { state: "ok", files: [file] } };
  }
  return { lines: [JSON.stringify(schema, null, 2)], json: schema };
}
