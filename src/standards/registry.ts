import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A described public file, as it stands in the registry: YAML in the grammar of a `sources` entry without `file`. */
export interface RegistryText {
  /** For example `assay/panel-primary-ks2@1`. */
  readonly id: string;
  /** Absolute path of the description. */
  readonly file: string;
  readonly text: string;
}

const FOLDER = fileURLToPath(new URL("./sources/", import.meta.url));
const ENDING = ".yaml";
const ID = /^[a-z][a-z0-9-]*\/[a-z0-9-]+@[0-9-]+$/;

/** The description of one edition, or undefined when none of that id is held. */
export function registryText(id: string): RegistryText | undefined {
  if (!ID.test(id)) return undefined;
  const file = join(FOLDER, ...id.split("/")) + ENDING;
  return existsSync(file) ? { id, file, text: readFileSync(file, "utf8") } : undefined;
}

/** Every edition held, sorted. */
export function registryIds(): readonly string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ENDING))
    .map((path) => path.slice(0, -ENDING.length).replaceAll("\\", "/"))
    .sort();
}
