// An invented national workforce, 6,100,000 teacher rows over twelve censuses, written as Parquet. Goal: under 60 s and 1.5 GB;
// 30,000 teachers a census in under 4 s.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simulateWorkforce } from "#simulation";
import { record, timed } from "./tools/record.mjs";

const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
try {
  for (const teachers of [30_000, 502_000]) {
    const { seconds, value } = await timed(() => simulateWorkforce({ seed: 1, teachers }, folder));
    if (value.programme.atTimeZero < 200) throw new Error(`${value.programme.atTimeZero} participants at time zero`);
    record(`assay simulate workforce: ${value.teacherRows.toLocaleString("en-GB")} teacher rows`, seconds);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
