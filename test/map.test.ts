import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const OWNER: Readonly<Record<string, string>> = {
  "@duckdb/node-api": "table",
  hucre: "sources",
  yaml: "protocol",
  zod: "protocol",
  commander: "cli",
  "@observablehq/plot": "report",
  linkedom: "report",
  kysely: "store",
  pg: "store",
  "@photostructure/sqlite": "store",
  "@node-rs/argon2": "accounts",
  hono: "web",
  "@hono/node-server": "web",
  "govuk-frontend": "web",
};
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^;"']*?\bfrom\s*["']([^"']+)["']|\bimport\s*\(\s*["']([^"']+)["']|(?:^|\n)\s*import\s*["']([^"']+)["']/g;

/** The table of the house, read from the README, so that the page and the source cannot disagree. */
function readMap(): ReadonlyMap<string, readonly string[]> {
  const rows = readFileSync(join(ROOT, "README.md"), "utf8").matchAll(/^\| `(\w+)` \|[^|]*\| ([^|]*) \|$/gm);
  const map = new Map<string, readonly string[]>();
  for (const [, folder, may] of rows) {
    const below = [...map.keys()];
    map.set(
      folder!,
      may === "nothing of ours"
        ? []
        : may === "everything below it"
          ? below
          : may!.split(",").map((name) => name.trim()),
    );
  }
  return map;
}

const MAP = readMap();

/** Every import of one file that the map does not allow, as sentences. */
function faults(path: string, text: string): string[] {
  const parts = path.split("/");
  const folder = parts[1]!;
  const allowed = MAP.get(folder);
  const isTest = /\.test\.tsx?$/.test(path) || parts.includes("testing");
  if (allowed === undefined) return [`${path}:1  folder "${folder}" is not in the map of README.md`];
  const found: string[] = [];
  for (const match of text.matchAll(IMPORT)) {
    const name = (match[1] ?? match[2] ?? match[3])!;
    const line = text.slice(0, match.index + match[0].indexOf(name)).split("\n").length;
    const say = (why: string) => found.push(`${path}:${line}  "${name}": ${why}`);
    if (name.startsWith("#")) {
      const [target, ...inside] = name.slice(1).split("/");
      if (inside.length > 0) say(`${target} has one door, #${target}`);
      else if (target === folder) {
        if (!isTest) say("inside a folder import relatively");
      } else if (!MAP.has(target!)) say(`no folder "${target}" is in the map`);
      else if (!isTest && !allowed.includes(target!))
        say(`${folder} may import ${allowed.join(", ") || "nothing of ours"}, not ${target}`);
    } else if (name.startsWith(".")) {
      if (join(...parts.slice(0, -1), name).split(sep)[1] !== folder)
        say("a relative path leaves its folder: use #folder");
    } else if (!isTest) {
      const owner =
        OWNER[
          name
            .split("/")
            .slice(0, name.startsWith("@") ? 2 : 1)
            .join("/")
        ];
      if (owner !== undefined && owner !== folder) say(`only ${owner} may speak to ${name}`);
    }
  }
  return found;
}

function sourceFiles(folder = join(ROOT, "src")): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") || name.endsWith(".tsx"))
    .map((name) => relative(ROOT, join(folder, name)).split(sep).join("/"));
}

describe("the map of the house", () => {
  it("is kept by every import", () => {
    const files = sourceFiles();
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((path) => faults(path, readFileSync(join(ROOT, path), "utf8")))).toEqual([]);
  });

  it("names folders that exist, each with a README and a door", () => {
    const folders = readdirSync(join(ROOT, "src"));
    expect(new Set(folders)).toEqual(new Set(MAP.keys()));
    for (const folder of folders) {
      expect(readdirSync(join(ROOT, "src", folder)), folder).toEqual(expect.arrayContaining(["README.md", "index.ts"]));
    }
  });

  it("lets nobody import a storey above", () => {
    const order = [...MAP.keys()];
    for (const [folder, may] of MAP) {
      for (const target of may)
        expect(order.indexOf(target), `${folder} → ${target}`).toBeLessThan(order.indexOf(folder));
    }
  });

  it.each([
    ['import { a } from "#table";', "stats may import math, not table"],
    ['import type {\n  A,\n  B,\n} from "#protocol";', "not protocol"],
    ['export * from "#cli";', "not cli"],
    ['const x = await import("#report");', "not report"],
    ['import { a } from "#math/sums";', "math has one door"],
    ['import { a } from "../math/index.ts";', "leaves its folder"],
    ['import { a } from "#stats";', "inside a folder import relatively"],
    ['import { z } from "zod";', "only protocol may speak to zod"],
    ['import "#nowhere";', 'no folder "nowhere"'],
  ])("finds the fault in %j", (line, sentence) => {
    expect(faults("src/stats/example.ts", `// first line\n${line}\n`).join("\n")).toContain(sentence);
  });
});
