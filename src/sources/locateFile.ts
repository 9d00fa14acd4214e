import { accessSync, constants, lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type Fault, Faults, nearestName } from "#domain";

/**
 * The absolute path of a declared file.
 * @throws Faults  `file-missing` (with the nearest name in that folder), `data-folder-missing`, `file-is-folder`,
 *                 `file-empty`, `file-unreadable`.
 */
export function locateFile(dataFolder: string, file: string): string {
  const path = resolve(dataFolder, file);
  const fail = (code: string, message: string, suggestion: string): never => {
    const fault: Fault = { code, severity: "fault", message, suggestion };
    throw new Faults(file, [fault]);
  };
  const { status, refusal } = lookAt(path);
  if (refusal === "ELOOP")
    return fail("file-unreadable", `${file} is a link that leads back to itself.`, "Put the file itself there.");
  if (refusal !== undefined) return fail("file-unreadable", `${file} cannot be reached (${refusal}).`, ASK);
  if (status === undefined) {
    const folder = dataFolderFault(dataFolder);
    // A path of its own, outside the data folder, may be wrong whatever the folder is.
    if (folder !== undefined && !relative(dataFolder, path).startsWith(".."))
      return fail("data-folder-missing", folder, "Check `--data`: it names the folder that holds the files.");
    if (lookAt(path, lstatSync).status?.isSymbolicLink() === true)
      return fail(
        "file-missing",
        `${file} is a link to a file that is not there.`,
        "Mend the link, or put the file itself there.",
      );
    return fail("file-missing", `${file} is not in the data folder.`, whereInstead(file, path));
  }
  if (status.isDirectory()) return fail("file-is-folder", `${file} is a folder, not a file.`, "Name one file in it.");
  if (!status.isFile())
    return fail("file-unreadable", `${file} is not an ordinary file.`, "Copy its content into a file.");
  if (status.size === 0)
    return fail("file-empty", `${file} is empty: it has 0 bytes.`, "Copy or download the file again.");
  try {
    accessSync(path, constants.R_OK);
  } catch {
    return fail("file-unreadable", `${file} may not be read by this user.`, ASK);
  }
  return path;
}

const ASK = "Ask whoever keeps the data for permission to read it.";

/** What stands at a path, or the code of what keeps it from being looked at. */
function lookAt(
  path: string,
  look: (path: string) => Stats = statSync,
): { readonly status?: Stats; readonly refusal?: string } {
  try {
    return { status: look(path) };
  } catch (problem) {
    if (!(problem instanceof Error && "code" in problem)) throw problem;
    return problem.code === "ENOENT" || problem.code === "ENOTDIR" ? {} : { refusal: String(problem.code) };
  }
}

function dataFolderFault(dataFolder: string): string | undefined {
  const { status } = lookAt(dataFolder);
  if (status === undefined) return `The data folder ${dataFolder} is not there.`;
  return status.isDirectory() ? undefined : `The data folder ${dataFolder} is a file, not a folder.`;
}

function whereInstead(file: string, path: string): string {
  const folder = dirname(path);
  if (lookAt(folder).status?.isDirectory() !== true)
    return `There is no folder ${dirname(file)} in it. Paths are relative to \`data/\` beside the study, or to \`--data\`.`;
  const there = namesIn(folder).filter((name) => lookAt(join(folder, name)).status !== undefined);
  const nearest = nearestName(basename(path), there);
  return nearest === undefined
    ? "Paths are relative to `data/` beside the study, or to `--data`."
    : `Nearest: \`${join(dirname(file), nearest).replaceAll("\\", "/")}\`.`;
}

/** None where the folder may not be listed. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
