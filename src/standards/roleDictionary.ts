import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A dictionary of job titles as it stands in the registry: CSV with the columns how, text, level. */
export interface RoleDictionaryText {
  readonly id: string;
  readonly text: string;
}

/** The job titles Assay knows, edition 1. A study's own dictionary comes before it. */
export function roleDictionary(): RoleDictionaryText {
  const file = fileURLToPath(new URL("./roles/assay-roles@1.csv", import.meta.url));
  return { id: "assay/roles@1", text: readFileSync(file, "utf8") };
}
