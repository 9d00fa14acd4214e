// The real study from files to report: 75,000 panel rows, bootstrap of 9,999 draws. Goal: under 15 s and 800 MB.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { record } from "./tools/record.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const data = join(process.env.ASSAY_SHARED ?? join(root, "..", "shared"), "data");

if (!existsSync(data)) console.log("skipped: the published panels are not beside the repository");
else {
  const study = mkdtempSync(join(tmpdir(), "assay-bench-"));
  try {
    cpSync(join(root, "examples", "opportunity-areas", "study.yaml"), join(study, "study.yaml"));
    const start = performance.now();
    // The child prints its own peak memory as its last line.
    const peak = "process.on('exit', () => console.log(process.resourceUsage().maxRSS))";
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        "--import",
        `data:text/javascript,${encodeURIComponent(peak)}`,
        join(root, "dist", "cli", "main.js"),
        "run",
        study,
        "--data",
        data,
      ],
      { encoding: "utf8", maxBuffer: 1 << 26 },
    );
    if (status !== 0) throw new Error(stderr);
    const seconds = (performance.now() - start) / 1000;
    record("assay run examples/opportunity-areas", seconds, Number(stdout.trim().split("\n").at(-1)) / 1024);
  } finally {
    rmSync(study, { recursive: true, force: true });
  }
}
