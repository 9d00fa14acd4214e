// The main job, from nothing: a declared study about an invented workforce goes in, a finished report comes out.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const command = join(root, "dist", "cli", "main.js");
if (!existsSync(command)) {
  console.error("The command is not built yet: run `npm ci` (or `npm run build`) first.");
  process.exit(1);
}

// A fresh study each time, so that every demo registers before it opens results; its workforce is invented once.
const example = join(root, "examples", "leading-together");
const data = join(example, "data");
const study = join(root, "out", "demo");
rmSync(study, { recursive: true, force: true });
mkdirSync(study, { recursive: true });
cpSync(join(example, "study.yaml"), join(study, "study.yaml"));

const run = spawnSync(
  process.execPath,
  [command, "run", study, "--data", data, "--by", "the demo", "--role", "nobody in particular"],
  { stdio: "inherit" },
);
if (run.status !== 0) process.exit(run.status ?? 1);

const findings = JSON.parse(readFileSync(join(study, "out", "findings.json"), "utf8"));
const truth = JSON.parse(readFileSync(join(data, "workforce", "truth.json"), "utf8"));
const known = (outcome, horizon) =>
  100 *
  truth.effects.find(
    (one) => one.outcome === outcome && `${one.horizonYears} year` === horizon && one.reference === "timeZero",
  ).effect;
const held = findings.results
  .filter(({ role, isDeclared, analysis }) => role === "primary" && isDeclared && analysis === "teachers")
  .map(({ outcome, horizon, estimate, low, high }) => {
    const effect = known(outcome, horizon);
    const isInside = low <= effect && effect <= high;
    console.log(
      `\nThe true effect on ${outcome} after ${horizon}, put into this invented workforce, is ${effect.toFixed(1)} points; ` +
        `Assay found ${estimate.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)}): the interval ${isInside ? "holds" : "misses"} the truth.`,
    );
    return isInside;
  });
console.log(`Open the report: ${join(study, "out", "report.html")}`);
process.exit(held.length > 0 && held.every(Boolean) ? 0 : 1);
