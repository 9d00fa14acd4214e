import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const RESULTS = fileURLToPath(new URL("../RESULTS.md", import.meta.url));

/** Prints one result and appends it to RESULTS.md. Peak memory is that of this process, unless given in MB, or null where it says nothing. */
export function record(what, seconds, peakMb = process.resourceUsage().maxRSS / 1024) {
  if (!existsSync(RESULTS)) {
    writeFileSync(RESULTS, "# Results\n\n| date | what | seconds | peak memory | machine |\n|---|---|---|---|---|\n");
  }
  const memory = peakMb === null ? "" : `${Math.round(peakMb)} MB`;
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}, Node ${process.versions.node}`;
  const date = new Date().toISOString().slice(0, 16).replace("T", " ");
  console.log(`${what}: ${seconds.toFixed(2)} s${memory === "" ? "" : `, ${memory}`}`);
  appendFileSync(RESULTS, `| ${date} | ${what} | ${seconds.toFixed(2)} | ${memory} | ${machine} |\n`);
}

/** Seconds that `work` took, and what it gave. */
export async function timed(work) {
  const start = performance.now();
  const value = await work();
  return { seconds: (performance.now() - start) / 1000, value };
}
