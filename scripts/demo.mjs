// The main job, from nothing: a declared study about invented schools goes in, a finished report comes out.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const command = join(root, "dist", "cli", "main.js");
if (!existsSync(command)) {
  console.error("The command is not built yet: run `npm ci` (or `npm run build`) first.");
  process.exit(1);
}

// A fresh copy each time, so that every demo registers before it opens results.
const study = join(root, "out", "demo");
rmSync(study, { recursive: true, force: true });
cpSync(join(root, "examples", "invented-trust"), study, {
  recursive: true,
  filter: (path) => !["out", "registration"].includes(relative(join(root, "examples", "invented-trust"), path)),
});

const run = spawnSync(process.execPath, [command, "run", study, "--by", "the demo", "--role", "nobody in particular"], {
  stdio: "inherit",
});
if (run.status !== 0) process.exit(run.status ?? 1);

const findings = JSON.parse(readFileSync(join(study, "out", "findings.json"), "utf8"));
const truth = JSON.parse(readFileSync(join(study, "data", "truth.json"), "utf8"));
const main = findings.results.find((result) => result.role === "primary" && result.isDeclared);
const known = truth.effects.find(
  (effect) => effect.outcome === "reading_score" && effect.year === main.horizon,
).meanEffectOnJoiners;
const isInside = main.low <= known && known <= main.high;
console.log(
  `\nThe true effect put into these invented schools is ${known.toFixed(2)}; Assay found ${main.estimate.toFixed(2)} ` +
    `(${main.low.toFixed(2)} to ${main.high.toFixed(2)}): the interval ${isInside ? "holds" : "misses"} the truth.`,
);
console.log(`Open the report: ${join(study, "out", "report.html")}`);
process.exit(isInside ? 0 : 1);
