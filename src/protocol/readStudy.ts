import { dirname, resolve } from "node:path";
import { type Fault, Faults } from "#domain";
import { choicesOf, Defaults } from "./choices.ts";
import { refuseUnknownKinds } from "./derivedKinds.ts";
import { FaultList } from "./faultList.ts";
import { findStudy } from "./findStudy.ts";
import { entryAt, type Item, itemAt, keysAt, withAt } from "./item.ts";
import type { LinkageDeclaration } from "./linkageDeclaration.ts";
import { sealedFiles } from "./lookAhead.ts";
import { meaningOf, resolvedOf } from "./meaning.ts";
import { checkRates } from "./rateColumns.ts";
import { present, type Reading } from "./reading.ts";
import { resolveAnalyses } from "./resolveAnalyses.ts";
import { resolveDesign } from "./resolveDesign.ts";
import { resolveLinkage } from "./resolveLinkage.ts";
import { outcomeNames, resolveOutcomes } from "./resolveOutcomes.ts";
import { resolveCard, resolveDisclosure, resolveReport, resolveSimulation } from "./resolveRest.ts";
import { resolveSensitivity } from "./resolveSensitivity.ts";
import { resolveSources } from "./resolveSources.ts";
import { resolveUnits } from "./resolveUnits.ts";
import { checkBaselines, checkRowYears } from "./rowYears.ts";
import { type ProtocolText, protocolSchema } from "./schema.ts";
import type { Study, UnitDeclaration } from "./study.ts";
import { unfold } from "./unfold.ts";
import { validate } from "./validate.ts";
import { readYaml } from "./yamlDoor.ts";

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
  const { file, text } = findStudy(path);
  return readStudyText(text, file);
}

/** Reads the text of a study as if it stood in `file`. */
export function readStudyText(text: string, file: string): Study {
  const faults = new FaultList();
  const written = readYaml(text, file, { by: "declared" }, faults);
  if (written === undefined) throw new Faults(file, andMore(faults.sorted("fault")));
  const isReadWhole = faults.sorted("fault").length === 0;
  refuseNewer(written, faults, file);
  const { whole, broken } = unfold(written, faults);
  const unknown = refuseUnknownKinds(whole, faults);
  const complete = [...broken, ...unknown].reduce<Item>((rest, path) => withAt(rest, path, undefined), whole);
  const valid = validate(complete, protocolSchema, faults);
  if (valid === undefined) throw new Faults(file, andMore(faults.sorted("fault")));
  const reading: Reading = { whole, sound: valid.item, faults, defaults: new Defaults() };
  const parts = resolveParts(reading, valid.value);
  const found = faults.sorted("fault");
  const isAllSeen = isReadWhole && valid.item === whole && isComplete(whole, parts);
  if (found.length > 0) throw new Faults(file, isAllSeen ? found : andMore(found));
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

/** Says that what is at fault kept something else from being looked at. */
function andMore(faults: readonly Fault[]): readonly Fault[] {
  const last = faults.at(-1)!;
  const words = `More may be found once ${faults.length === 1 ? "this is" : "these are"} mended.`;
  const suggestion = last.suggestion === undefined ? words : `${last.suggestion} ${words}`;
  return [...faults.slice(0, -1), { ...last, suggestion }];
}

/** Whether everything declared was resolved, so that everything was checked. */
function isComplete(whole: Item, resolved: ReturnType<typeof resolveParts>): boolean {
  const { sources, units, comparisons, outcomes, analyses, sensitivity } = resolved;
  const sections = Object.entries({ sources, units, analyses, sensitivity });
  const parts = [...outcomes.keys()];
  return (
    sections.every(([name, found]) => keysAt(itemAt(whole, [name])).length === found.size) &&
    keysAt(itemAt(whole, ["outcomes"])).every((id) => parts.some((part) => part === id || part.startsWith(`${id}.`))) &&
    keysAt(itemAt(whole, ["design", "comparisons"])).length === comparisons.size &&
    [...units.values()].every(({ id, columns }) =>
      keysAt(itemAt(whole, ["units", id, "columns"])).every((key) =>
        columns.some(({ name, how }) => name === key || (how === "rateBefore" && name.startsWith(`${key}_`))),
      ),
    )
  );
}

function resolveParts(declared: Reading, text: ProtocolText) {
  const about = resolveCard(declared, text.study);
  const files = resolveSources(declared, text.sources);
  const links = resolveLinkage(declared, text, files);
  // From here on sources have the columns that linkage makes.
  const { reading, sources } = links;
  const models = resolveUnits(reading, text.units, sources);
  const linkage = links.withUnits(models);
  const units = new Map([...models].map(([id, { declaration }]) => [id, withNumber(declaration, linkage)]));
  checkRowYears(reading, models, sources);
  const outcomes = resolveOutcomes(reading, text.outcomes, models);
  checkRates(reading, models, outcomes);
  const sealed = sealedFiles(outcomes, models, sources);
  const clustersOf = (id: string) =>
    Object.values(text.analyses).flatMap(({ comparison, clusters }) => (comparison === id ? (clusters ?? []) : []));
  const comparisons = resolveDesign(reading, text.design.comparisons, models, sources, sealed, clustersOf);
  checkBaselines(reading, comparisons, models, sources);
  const scope = { units: models, comparisons, outcomes, outcomeNames: outcomeNames(text.outcomes), sealed };
  const analyses = resolveAnalyses(reading, text.analyses, scope);
  const sensitivity = resolveSensitivity(reading, text.sensitivity ?? {}, analyses, scope);
  const disclosure = resolveDisclosure(reading, text.disclosure, models);
  const report = resolveReport(reading, text.report);
  const simulation = resolveSimulation(text.simulation);
  return {
    about,
    ...present({ simulation }),
    sources: files,
    linkage,
    units,
    comparisons,
    outcomes,
    analyses,
    sensitivity,
    disclosure,
    report,
  };
}

/** The unit with the column of numbers behind its identity, where linkage makes that identity. */
function withNumber(unit: UnitDeclaration, linkage: ReadonlyMap<string, LinkageDeclaration>): UnitDeclaration {
  for (const one of linkage.values()) {
    const number = one.kind === "schools" && one.identity === unit.identity ? one.columns[unit.from] : undefined;
    if (number !== undefined) return { ...unit, number };
  }
  return unit;
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
