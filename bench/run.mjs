// Runs every bench of this folder, each in its own process so that peak memory is its own.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const asked = process.argv.slice(2);
const benches = readdirSync(here)
  .filter((name) => name.endsWith(".mjs") && name !== "run.mjs")
  // The calibration studies take a quarter of an hour: only when asked for by name.
  .filter((name) => (asked.length === 0 ? name !== "calibration.mjs" : asked.includes(name.replace(".mjs", ""))))
  .sort();
let failed = 0;
for (const name of benches) {
  const { status } = spawnSync(process.execPath, [...process.execArgv, join(here, name)], { stdio: "inherit" });
  if (status !== 0) failed++;
}
if (failed > 0) console.error(`${failed} of ${benches.length} benches did not finish.`);
process.exitCode = failed > 0 ? 1 : 0;
