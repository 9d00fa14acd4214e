// The example study on all England: half a million teachers a census, twelve censuses, from nothing to the report. Records
// the steps that take longest as the command tells them. Takes about four minutes.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { record } from "./tools/record.mjs";
import { runAssay } from "./tools/runAssay.mjs";

const EXAMPLE = fileURLToPath(new URL("../examples/leading-together/study.yaml", import.meta.url));
/** Steps of less than this are not worth a line. */
const LONG = 5;

const study = mkdtempSync(join(tmpdir(), "assay-bench-"));
try {
  cpSync(EXAMPLE, join(study, "study.yaml"));
  const small = readFileSync(join(study, "study.yaml"), "utf8");
  const whole = small.replace("{ seed: 2022, teachers: 60000 }", "{ seed: 2022 }");
  if (whole === small) throw new Error(`${EXAMPLE} no longer says how many teachers it invents`);
  writeFileSync(join(study, "study.yaml"), whole);
  const { seconds, peakMb, said } = runAssay("run", study, "--exploratory");
  for (const [, step, result, time] of said.matchAll(/^(.+): (.+) \((\d+\.\d) s\)$/gm)) {
    if (Number(time) >= LONG) record(`all England: ${step}: ${result}`, Number(time), null);
  }
  record("all England: assay run examples/leading-together, workforce invented", seconds, peakMb);
} finally {
  rmSync(study, { recursive: true, force: true });
}
