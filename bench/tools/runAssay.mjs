import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = join(fileURLToPath(new URL("../..", import.meta.url)), "dist", "cli", "main.js");
/** The child prints its own peak memory as its last line. */
const PEAK = "process.on('exit', () => console.log(process.resourceUsage().maxRSS))";

/** Runs the command in a process of its own: seconds, peak memory in MB, and what it said on both streams. */
export function runAssay(...words) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(PEAK)}`, MAIN, ...words],
    { encoding: "utf8", maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(stderr);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, peakMb: Number(stdout.trim().split("\n").at(-1)) / 1024, said: `${stderr}${stdout}` };
}
