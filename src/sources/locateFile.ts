import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Fault, Faults, nearestName } from "#domain";

/**
 * The absolute path of a declared file.
 * @throws Faults  `file-missing` (with the nearest name in that folder), `file-is-folder`, `file-empty`, `file-unreadable`.
 */
export function locateFile(dataFolder: string, file: string): string {
  const path = resolve(dataFolder, file);
  const fail = (code: string, message: string, suggestion: string): never => {
    const fault: Fault = { code, severity: "fault", message, suggestion };
    throw new Faults(file, [fault]);
  };
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined)
    return fail("file-missing", `${file} is not in the data folder.`, whereInstead(dataFolder, file, path));
  if (status.isDirectory()) return fail("file-is-folder", `${file} is a folder, not a file.`, "Name one file in it.");
  if (!status.isFile())
    return fail("file-unreadable", `${file} is not an ordinary file.`, "Copy its content into a file.");
  if (status.size === 0)
    return fail("file-empty", `${file} is empty: it has 0 bytes.`, "Copy or download the file again.");
  try {
    accessSync(path, constants.R_OK);
  } catch {
    return fail(
      "file-unreadable",
      `${file} may not be read by this user.`,
      "Ask whoever keeps the data for permission to read it.",
    );
  }
  return path;
}

function whereInstead(dataFolder: string, file: string, path: string): string {
  const folder = dirname(path);
  const parent = statSync(folder, { throwIfNoEntry: false });
  if (parent === undefined || !parent.isDirectory()) {
    return folder === resolve(dataFolder)
      ? "The data folder itself is not there: check `--data`."
      : `There is no folder ${dirname(file)} in it. Paths are relative to \`data/\` beside the study, or to \`--data\`.`;
  }
  const nearest = nearestName(basename(path), readdirSync(folder));
  return nearest === undefined
    ? "Paths are relative to `data/` beside the study, or to `--data`."
    : `Nearest: \`${join(dirname(file), nearest).replaceAll("\\", "/")}\`.`;
}
