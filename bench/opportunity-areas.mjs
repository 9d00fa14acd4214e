// The real study from files to report: 75,000 panel rows, bootstrap of 9,999 draws. Goal: under 15 s and 800 MB.
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { record } from "./tools/record.mjs";
import { runAssay } from "./tools/runAssay.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const data = join(process.env.ASSAY_SHARED ?? join(root, "..", "shared"), "data");

if (!existsSync(data)) console.log("skipped: the published panels are not beside the repository");
else {
  const study = mkdtempSync(join(tmpdir(), "assay-bench-"));
  try {
    cpSync(join(root, "examples", "opportunity-areas", "study.yaml"), join(study, "study.yaml"));
    const { seconds, peakMb } = runAssay("run", study, "--data", data);
    record("assay run examples/opportunity-areas", seconds, peakMb);
  } finally {
    rmSync(study, { recursive: true, force: true });
  }
}
