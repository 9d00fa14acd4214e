import { existsSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { type Fault, Faults } from "#domain";
import { readStudy, readStudyText, type Study } from "#protocol";
import type { Publication, Standing } from "#report";
import type { SourceTrail } from "#sources";
import {
  checkComparisons,
  refuseHorizonsBeyondData,
  refuseHorizonsNotRead,
  refuseOutcomesInWhere,
  refuseSameFileTwice,
} from "./checkData.ts";
import { type AsRegistered, compose } from "./compose.ts";
import { dataSections } from "./dataSection.ts";
import { type DesignRecord, designRecords } from "./designRecord.ts";
import { type DesignedStudy, designStudy } from "./designStudy.ts";
import { estimateStudy } from "./estimateStudy.ts";
import { linkWarnings } from "./linking.ts";
import { type Inputs, openInputs } from "./openInputs.ts";
import { OutputFolder } from "./outputFolder.ts";
import { type Progress, silent } from "./progress.ts";
import {
  FINDINGS,
  filesBefore,
  printPublication,
  REPORT,
  readPublication,
  writeDesign,
  writeReport,
} from "./publishing.ts";
import {
  amend,
  logOpening,
  type Registered,
  type Registrant,
  type RegistrationRecord,
  readRecords,
  refuseIfChanged,
  refuseWithoutApproval,
  register,
} from "./registration/index.ts";
import { makeSimulated } from "./simulatedInputs.ts";
import { trailWarnings } from "./trailWarnings.ts";

/** Which study, on which data, into which folder. */
export interface StepOptions {
  /** A study folder, or its `study.yaml`. */
  readonly study: string;
  /** Folder of the inputs; `data` in the study folder when left out. */
  readonly data?: string;
  /** Folder for what is made; `out` in the study folder when left out. */
  readonly out?: string;
  readonly progress?: Progress;
}

export interface Checked {
  readonly study: Study;
  readonly trails: readonly SourceTrail[];
}

export interface Designed extends Checked {
  readonly records: readonly DesignRecord[];
  readonly designed: DesignedStudy;
}

export interface Estimated extends Checked {
  readonly publication: Publication;
  readonly files: readonly string[];
}

/** A study file: the path given, or `study.yaml` in the folder given. */
export function studyFile(path: string): string {
  const whole = resolve(path);
  return existsSync(whole) && statSync(whole).isDirectory() ? join(whole, "study.yaml") : whole;
}

const outFolder = (options: StepOptions, study: Study): string => resolve(options.out ?? join(study.folder, "out"));

/** Opens the output folder of a study; a folder that holds an input is refused, since an input is never written over. */
function openOutput(options: StepOptions, study: Study, trails: readonly SourceTrail[]): OutputFolder {
  const path = outFolder(options, study);
  const inside = [study.file, ...trails.map((trail) => trail.path)].find(
    (file) => !relative(path, file).startsWith(".."),
  );
  if (inside !== undefined && !isAbsolute(relative(path, inside))) {
    throw new Faults(path, [
      fault(
        "out-holds-input",
        relative(path, inside) === ""
          ? `${path} is a file this study reads.`
          : `${path} holds ${relative(path, inside)}, which this study reads.`,
        "Give the results a folder of their own with --out.",
      ),
    ]);
  }
  return OutputFolder.open(path);
}

async function opened<T>(
  options: StepOptions,
  use: (study: Study, inputs: Inputs, progress: Progress) => Promise<T>,
): Promise<T> {
  const study = readStudy(studyFile(options.study));
  const progress = options.progress ?? silent;
  refuseOutcomesInWhere(study);
  refuseHorizonsNotRead(study);
  const dataFolder = resolve(options.data ?? join(study.folder, "data"));
  await makeSimulated(study, dataFolder, progress);
  await using inputs = await openInputs(study, dataFolder, progress);
  refuseSameFileTwice(study, inputs.trails);
  await refuseHorizonsBeyondData(study, inputs);
  return await use(study, inputs, progress);
}

/** Reads the study and every file, and says everything that is wrong with either. Writes nothing. */
export async function check(options: StepOptions): Promise<Checked & { readonly warnings: readonly Fault[] }> {
  return await opened(options, async (study, inputs) => {
    await checkComparisons(study, inputs);
    const warnings = inputs.trails.flatMap((trail) => trailWarnings(trail, study.disclosure.minimum));
    const links = study.linkage.size === 0 ? [] : (await inputs.linked()).records;
    return { study, trails: inputs.trails, warnings: [...warnings, ...linkWarnings(study, links)] };
  });
}

/** Finds the comparison under the seal; writes `design.json` and the matched samples. */
export async function design(options: StepOptions): Promise<Designed> {
  return await opened(options, async (study, inputs, progress) => {
    using folder = openOutput(options, study, inputs.trails);
    const before = filesBefore(folder.path);
    const designed = await designStudy(study, inputs, progress);
    const records = designRecords(study, designed);
    writeDesign(folder, study, designed, records);
    folder.commit(before.filter((name) => name.startsWith("samples/")));
    return { study, trails: inputs.trails, records, designed };
  });
}

/** Freezes protocol, inputs and design. A study registered before and unchanged keeps its record. */
export async function registerStudy(options: StepOptions, registrant: Registrant): Promise<Registered> {
  return await opened(options, async (study, inputs, progress) => {
    const designed = await designStudy(study, inputs, progress);
    return register({ study, inputs, designed, registrant, hasFindings: hasFindings(options, study) });
  });
}

/** Appends an amendment to the registration. */
export async function amendStudy(options: StepOptions, registrant: Registrant): Promise<RegistrationRecord> {
  return await opened(options, async (study, inputs, progress) => {
    const designed = await designStudy(study, inputs, progress);
    return amend({ study, inputs, designed, registrant, hasFindings: hasFindings(options, study) });
  });
}

const hasFindings = (options: StepOptions, study: Study): boolean =>
  existsSync(join(outFolder(options, study), FINDINGS));

/**
 * Opens the outcomes and estimates everything declared; writes `findings.json`.
 * @throws Faults  refusals (exit 3) for a study that is not registered, or was altered since, unless `exploratory`.
 */
export async function estimate(
  options: StepOptions & { readonly exploratory: boolean; readonly when: string },
): Promise<Estimated> {
  return await opened(options, async (study, inputs, progress) => {
    using folder = openOutput(options, study, inputs.trails);
    const records = options.exploratory ? [] : intactRecords(study, inputs);
    const designed = await designStudy(study, inputs, progress);
    const last = records.at(-1);
    if (last !== undefined) refuseIfChanged(study, inputs.trails, designRecords(study, designed), last);
    const publication = await estimateOpen(options, study, inputs, designed, records, progress);
    const before = filesBefore(folder.path).filter((name) => name.startsWith("tables/"));
    folder.write(FINDINGS, printPublication(publication));
    // A report of the findings before would stand beside these and say something else.
    folder.commit([...before, REPORT]);
    return { study, trails: inputs.trails, publication, files: [join(folder.path, FINDINGS)] };
  });
}

/** Every step in order: check, design, register (once), estimate, report. */
export async function run(
  options: StepOptions & { readonly exploratory: boolean; readonly registrant: Registrant },
): Promise<Estimated> {
  return await opened(options, async (study, inputs, progress) => {
    using folder = openOutput(options, study, inputs.trails);
    const before = filesBefore(folder.path);
    refuseWithoutApproval(study, "estimate");
    if (!options.exploratory && readRecords(study.folder).length > 0) intactRecords(study, inputs);
    const designed = await designStudy(study, inputs, progress);
    if (!options.exploratory)
      register({ study, inputs, designed, registrant: options.registrant, hasFindings: hasFindings(options, study) });
    const records = options.exploratory ? [] : readRecords(study.folder);
    const when = options.registrant.when;
    const publication = await estimateOpen(
      { exploratory: options.exploratory, when },
      study,
      inputs,
      designed,
      records,
      progress,
    );
    writeDesign(folder, study, designed, designRecords(study, designed));
    folder.write(FINDINGS, printPublication(publication));
    const done = progress.begin("writing the report");
    const files = writeReport(folder, publication, records);
    folder.commit(before);
    done(`${files.length} files`);
    return {
      study,
      trails: inputs.trails,
      publication,
      files: [...files, FINDINGS].map((name) => join(folder.path, name)),
    };
  });
}

/** Writes `report.html` and each table as CSV from `findings.json`: nothing is computed again. */
export async function report(
  options: StepOptions,
): Promise<{ readonly publication: Publication; readonly files: readonly string[] }> {
  const study = readStudy(studyFile(options.study));
  const publication = readPublication(outFolder(options, study));
  const records = publication.standing.registered ? recordsOf(study, publication) : [];
  using folder = OutputFolder.open(outFolder(options, study));
  const files = writeReport(folder, publication, records);
  folder.commit();
  return { publication, files: files.map((name) => join(folder.path, name)) };
}

/** The records a publication speaks of. @throws Faults  when it says another thing than they do. */
function recordsOf(study: Study, { standing }: Publication): readonly RegistrationRecord[] {
  const records = readRecords(study.folder);
  const record = records.find(({ number }) => number === standing.registration?.number);
  if (record !== undefined && record.meaning.whole === standing.registration?.meaning) return records;
  throw new Faults(FINDINGS, [
    fault(
      "findings-not-registered",
      `${FINDINGS} says it was made under record ${standing.registration?.number}, and registration/ holds no such record of this digest.`,
      "Make the findings again: `assay estimate`.",
      "refusal",
    ),
  ]);
}

const fault = (code: string, message: string, suggestion: string, severity: Fault["severity"] = "fault"): Fault => ({
  code,
  severity,
  message,
  suggestion,
});

/** The records of a study whose protocol and inputs are as registered. @throws Faults  refusals. */
function intactRecords(study: Study, inputs: Inputs): readonly RegistrationRecord[] {
  const records = readRecords(study.folder);
  const last = records.at(-1);
  if (last === undefined) {
    throw new Faults("study.yaml", [
      fault(
        "not-registered",
        "This study is not registered, so its outcomes stay sealed.",
        "Register it first (`assay register`), or run it with --exploratory, which stamps every page.",
        "refusal",
      ),
    ]);
  }
  refuseIfChanged(study, inputs.trails, last.design, last);
  return records;
}

async function estimateOpen(
  options: { readonly exploratory: boolean; readonly when: string },
  study: Study,
  inputs: Inputs,
  designed: DesignedStudy,
  records: readonly RegistrationRecord[],
  progress: Progress,
): Promise<Publication> {
  refuseWithoutApproval(study, "estimate");
  logOpening(study.folder, {
    when: options.when,
    outcomes: [...study.outcomes.keys()],
    exploratory: options.exploratory,
  });
  const estimated = await estimateStudy(study, inputs, designed, progress);
  const asRegistered = await estimateAsRegistered(study, inputs, records, progress);
  return compose({
    study,
    trails: inputs.trails,
    designed,
    estimated,
    standing: standingOf(options.exploratory, records),
    data: await dataSections(study, inputs, designed, estimated.units),
    ...(asRegistered !== undefined && { asRegistered }),
  });
}

/** The first registration's own results, when the study was amended after outcomes had been opened. */
async function estimateAsRegistered(
  study: Study,
  inputs: Inputs,
  records: readonly RegistrationRecord[],
  progress: Progress,
): Promise<AsRegistered | undefined> {
  if (!records.some((record) => record.kind === "amendment" && record.outcomesSeen)) return undefined;
  const first = readStudyText(records[0]!.protocol, study.file);
  if (first.meaning.sections.sources !== study.meaning.sections.sources) {
    return { state: "not made", reason: "the amendment changed which files are read, or how" };
  }
  const view = inputs.seenBy(first);
  const designed = await designStudy(first, view, progress);
  return { state: "made", study: first, designed, estimated: await estimateStudy(first, view, designed, progress) };
}

function standingOf(exploratory: boolean, records: readonly RegistrationRecord[]): Standing {
  const first = records[0];
  const last = records.at(-1);
  return {
    registered: last !== undefined,
    exploratory,
    ...(last !== undefined && { registration: { number: last.number, meaning: last.meaning.whole } }),
    retrospective: first?.outcomesSeen === true,
    amendments: records
      .filter((record) => record.kind === "amendment")
      .map((record) => ({
        number: record.number,
        reason: record.statement.reason,
        changes: record.changes,
        outcomesSeen: record.outcomesSeen,
      })),
  };
}
