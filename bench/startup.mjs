// How long `assay --help` takes from the prompt. Goal: a tenth of a second.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { record } from "./tools/record.mjs";

const RUNS = 15;
const command = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

if (!existsSync(command)) {
  console.error("dist/cli/main.js is not there: run `npm run build` first.");
  process.exitCode = 1;
} else {
  const seconds = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    const { status } = spawnSync(process.execPath, [command, "--help"]);
    if (status !== 0) throw new Error(`--help ended with ${status}`);
    seconds.push((performance.now() - start) / 1000);
  }
  seconds.sort((a, b) => a - b);
  record(`assay --help, median of ${RUNS} starts`, seconds[Math.floor(RUNS / 2)], null);
}
