import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Faults } from "#domain";
import { choicesOf, Defaults } from "./choices.ts";
import { refuseUnknownKinds } from "./derivedKinds.ts";
import { FaultList } from "./faultList.ts";
import { entryAt, type Item, itemAt, withAt } from "./item.ts";
import { meaningOf, resolvedOf } from "./meaning.ts";
import type { Reading } from "./reading.ts";
import { resolveAnalyses } from "./resolveAnalyses.ts";
import { resolveDesign } from "./resolveDesign.ts";
import { resolveOutcomes } from "./resolveOutcomes.ts";
import { resolveCard, resolveDisclosure, resolveReport } from "./resolveRest.ts";
import { resolveSensitivity } from "./resolveSensitivity.ts";
import { resolveSources } from "./resolveSources.ts";
import { resolveUnits } from "./resolveUnits.ts";
import { type ProtocolText, protocolSchema } from "./schema.ts";
import type { Study } from "./study.ts";
import { unfold } from "./unfold.ts";
import { validate } from "./validate.ts";
import { readYaml } from "./yamlDoor.ts";

const FILE_NAME = "study.yaml";
/** The newest edition of the grammar this program reads. */
const GRAMMAR = 1;

/**
 * Reads a study file: YAML, described files, `like`, defaults, expressions, and every check that needs no row of data.
 * Opens no data file.
 * @param path  The file, or the folder that holds `study.yaml`.
 * @returns the study as resolved, with the warnings of reading.
 * @throws Faults  everything that is wrong, each with its line, what was expected and the nearest known name.
 */
export function readStudy(path: string): Study {
  const file = findFile(path);
  const bytes = readFileSync(file);
  return readStudyText(decode(bytes, file), file);
}

/** Reads the text of a study as if it stood in `file`. */
export function readStudyText(text: string, file: string): Study {
  const faults = new FaultList();
  const written = readYaml(text, file, { by: "declared" }, faults);
  if (written === undefined) throw new Faults(file, faults.sorted("fault"));
  refuseNewer(written, faults, file);
  const { whole, broken } = unfold(written, faults);
  const unknown = refuseUnknownKinds(whole, faults);
  const complete = [...broken, ...unknown].reduce<Item>((rest, path) => withAt(rest, path, undefined), whole);
  const valid = validate(complete, protocolSchema, faults);
  if (valid === undefined) throw new Faults(file, faults.sorted("fault"));
  const reading: Reading = { whole, sound: valid.item, faults, defaults: new Defaults() };
  const parts = resolveParts(reading, valid.value);
  const found = faults.sorted("fault");
  if (found.length > 0) throw new Faults(file, found);
  const resolved = resolvedOf(parts);
  return {
    ...parts,
    folder: dirname(resolve(file)),
    file: resolve(file),
    text,
    choices: choicesOf(valid.item, reading.defaults.all),
    warnings: faults.sorted("warning"),
    meaning: meaningOf(resolved),
    resolved,
  };
}

function resolveParts(reading: Reading, text: ProtocolText) {
  const about = resolveCard(reading, text.study);
  const sources = resolveSources(reading, text.sources);
  const models = resolveUnits(reading, text.units, sources);
  const units = new Map([...models].map(([id, model]) => [id, model.declaration]));
  const comparisons = resolveDesign(reading, text.design.comparisons, models);
  const outcomes = resolveOutcomes(reading, text.outcomes, models);
  const scope = { units: models, comparisons, outcomes };
  const analyses = resolveAnalyses(reading, text.analyses, scope);
  const sensitivity = resolveSensitivity(reading, text.sensitivity ?? {}, analyses, scope);
  const disclosure = resolveDisclosure(reading, text.disclosure, models);
  const report = resolveReport(reading, text.report);
  return { about, sources, units, comparisons, outcomes, analyses, sensitivity, disclosure, report };
}

function findFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw unreadable(
      path,
      `There is no file ${path}.`,
      `Give the path of a ${FILE_NAME}, or of the folder that holds one.`,
    );
  if (!found.isDirectory()) return path;
  const inside = join(path, FILE_NAME);
  if (statSync(inside, { throwIfNoEntry: false })?.isFile() === true) return inside;
  throw unreadable(
    path,
    `The folder ${path} holds no ${FILE_NAME}.`,
    `Give the path of a ${FILE_NAME}, or of the folder that holds one.`,
  );
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const problem = unreadable(file, `${basename(file)} is not written in UTF-8.`, "Save it as UTF-8 and try again.");
    problem.cause = cause;
    throw problem;
  }
}

function unreadable(file: string, message: string, suggestion: string): Faults {
  return new Faults(file, [
    { code: "not-yaml", severity: "fault", place: { file, line: 1, column: 1 }, message, suggestion },
  ]);
}

function refuseNewer(study: Item, faults: FaultList, file: string): void {
  const edition = entryAt(study, "assay")?.value;
  const value = edition?.kind === "scalar" ? edition.value : undefined;
  if (typeof value !== "number" || value <= GRAMMAR) return;
  faults.add(
    "grammar-newer",
    itemAt(study, ["assay"])!.place,
    `This file is \`assay: ${value}\`; this program reads up to ${GRAMMAR}.`,
    "Update the program; the file was not touched.",
  );
  throw new Faults(file, faults.sorted("fault"));
}
