import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Study } from "#protocol";
import { settle, simulateWorkforce, WORKFORCE_FILES, type WorkforceOptions } from "#simulation";
import type { Progress } from "./progress.ts";

const FOLDER = "workforce";
const TRUTH = "truth.json";

/**
 * Makes the invented files a study asks for (`simulation`), once: files of the same options are left as they are, and files
 * that nobody simulated are never touched.
 */
export async function makeSimulated(study: Study, dataFolder: string, progress: Progress): Promise<void> {
  const options = study.simulation?.workforce;
  if (options === undefined) return;
  const folder = join(dataFolder, FOLDER);
  const inPlace = WORKFORCE_FILES.filter((name) => existsSync(join(folder, name)));
  // Parts that stand there are of a simulation that was cut off: what it left is nobody's own.
  const wasCutOff = WORKFORCE_FILES.some((name) => existsSync(join(folder, `${name}.part`)));
  if (inPlace.length > 0 && !wasCutOff && !isStale(join(folder, TRUTH), options)) return;
  const done = progress.begin("inventing the workforce (once)");
  const truth = await simulateWorkforce(options, folder);
  done(`${truth.teacherRows.toLocaleString("en-GB")} teacher-years`);
}

/** Whether the files were simulated with other options than these, those left out included. Without a record of it they are somebody's own. */
function isStale(path: string, options: WorkforceOptions): boolean {
  if (!existsSync(path)) return false;
  const { options: made } = JSON.parse(readFileSync(path, "utf8")) as { readonly options: Record<string, number> };
  return Object.entries(settle(options)).some(([key, value]) => made[key] !== value);
}
