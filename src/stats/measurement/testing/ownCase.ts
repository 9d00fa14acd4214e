import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Items } from "../items.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "..");
/** Cases of our own, made by the scripts in its folder R. */
const OWN = join(ROOT, "test", "reference");
const SHARED = join(process.env.ASSAY_SHARED ?? join(ROOT, "..", "shared"), "reference");

export interface OwnCase {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of a case is its test's to know.
  readonly spec: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly expect: any;
  readonly tolerance: Readonly<Record<string, number>>;
  readonly table: ReadonlyMap<string, readonly string[]>;
}

/** The cases whose names begin so, with or without "dev-"; our own go before the shared ones of the same name. */
export function casesLike(start: string): OwnCase[] {
  const found = new Map<string, OwnCase>();
  for (const folder of [OWN, SHARED].filter(existsSync)) {
    for (const name of readdirSync(folder)) {
      if (!name.endsWith(".json") || !name.replace("dev-", "").startsWith(start) || found.has(name)) continue;
      found.set(name, readCase(folder, name));
    }
  }
  return [...found.values()];
}

function readCase(folder: string, name: string): OwnCase {
  const { id, spec, expect, tolerance, input } = JSON.parse(readFileSync(join(folder, name), "utf8"));
  return { id, spec, expect, tolerance, table: readTable(join(folder, input)) };
}

/** A JSON file of expected numbers without a request. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is its test's to know.
export const expectedNumbers = (name: string): any =>
  JSON.parse(readFileSync(join(OWN, "expected", `${name}.json`), "utf8"));

/** Columns of a CSV file without commas inside quotes. */
export function readTable(path: string): ReadonlyMap<string, readonly string[]> {
  const [header, ...lines] = readFileSync(path, "utf8").trimEnd().replaceAll('"', "").split(/\r?\n/);
  const rows = lines.map((line) => line.split(","));
  return new Map(header.split(",").map((column, j) => [column, rows.map((row) => row[j])]));
}

export const ownTable = (name: string) => readTable(join(OWN, `${name}.csv`));

/** Some columns as answers; an empty cell is none. */
export function answers(table: ReadonlyMap<string, readonly string[]>, names: readonly string[]): Items {
  return {
    names,
    columns: names.map((name) => Float64Array.from(table.get(name)!, (own) => (own === "" ? Number.NaN : Number(own)))),
  };
}
