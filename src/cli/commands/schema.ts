import { studySchema } from "#protocol";
import type { Outcome } from "../outcome.ts";

export async function run(): Promise<Outcome> {
  const schema = studySchema();
  return { lines: [JSON.stringify(schema, null, 2)], json: schema };
}
