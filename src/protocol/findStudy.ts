import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Faults, nearestName } from "#domain";

const FILE_NAME = "study.yaml";
const HOW = `Give the path of a ${FILE_NAME}, or of the folder that holds one.`;

/**
 * The study file at a path.
 * @param path  The file, or the folder that holds `study.yaml`.
 * @throws Faults  `study-missing`, with the nearest name in that folder; `not-yaml` for bytes that are not UTF-8.
 */
export function findStudy(path: string): { readonly file: string; readonly text: string } {
  const file = findFile(path);
  return { file, text: decode(readBytes(file), file) };
}

function findFile(path: string): string {
  const isThere = kindOf(path);
  if (isThere === "folder") {
    const inside = join(path, FILE_NAME);
    if (kindOf(inside) === "file") return inside;
    throw refused("study-missing", path, `The folder ${path} holds no ${FILE_NAME}.`, nearestIn(path, FILE_NAME));
  }
  if (isThere === "file") return path;
  const folder = dirname(path);
  const message =
    kindOf(folder) === "folder"
      ? `There is no file ${path}.`
      : `There is no file ${path}: nor is there a folder ${folder}.`;
  throw refused("study-missing", path, message, nearestIn(folder, basename(path)));
}

/** What can be opened at a path; nothing for a link that leads nowhere, or back to itself. */
function kindOf(path: string): "file" | "folder" | undefined {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return undefined;
  }
}

function nearestIn(folder: string, name: string): string {
  if (kindOf(folder) !== "folder") return HOW;
  const names = readdirSync(folder).filter((own) => kindOf(join(folder, own)) !== undefined);
  const nearest = nearestName(name, names);
  return nearest === undefined ? HOW : `Nearest: \`${join(folder, nearest)}\`. ${HOW}`;
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const problem = refused(
      "study-missing",
      file,
      `${file} may not be read by this user.`,
      "Ask for permission to read it.",
    );
    problem.cause = cause;
    throw problem;
  }
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const words = `${basename(file)} is not written in UTF-8.`;
    const problem = refused("not-yaml", file, words, "Save it as UTF-8 and try again.");
    problem.cause = cause;
    throw problem;
  }
}

function refused(code: string, file: string, message: string, suggestion: string): Faults {
  return new Faults(file, [{ code, severity: "fault", place: { file, line: 1, column: 1 }, message, suggestion }]);
}
