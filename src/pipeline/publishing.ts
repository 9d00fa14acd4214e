import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Faults } from "#domain";
import type { Study } from "#protocol";
import { type Publication, writeCsv, writeHtml } from "#report";
import { type DesignRecord, sampleFile } from "./designRecord.ts";
import type { DesignedStudy } from "./designStudy.ts";
import type { OutputFolder } from "./outputFolder.ts";
import type { RegistrationRecord } from "./registration/index.ts";

/** The publication's name on disk, and that of the design. */
export const FINDINGS = "findings.json";
export const REPORT = "report.html";
const DESIGN = "design.json";

/** Stages the design and, where the inputs are public, the matched sample of each comparison. */
export function writeDesign(
  folder: OutputFolder,
  study: Study,
  designed: DesignedStudy,
  records: readonly DesignRecord[],
): void {
  folder.write(
    DESIGN,
    `${JSON.stringify({ format: "assay-design/1", meaning: study.meaning.whole, comparisons: records }, null, 1)}\n`,
  );
  if (study.disclosure.minimum > 0) return;
  for (const [id, sample] of designed.samples) folder.write(`samples/${id}.csv`, sampleFile(study, sample));
}

/** Stages the page and a CSV file for each table; returns their names. */
export function writeReport(
  folder: OutputFolder,
  publication: Publication,
  records: readonly RegistrationRecord[],
): readonly string[] {
  const statement = records[0]?.statement;
  const html = writeHtml(
    publication,
    statement === undefined ? {} : { on: statement.when.slice(0, 10), by: statement.who },
  );
  folder.write(REPORT, html);
  for (const exhibit of publication.exhibits) folder.write(`tables/${exhibit.id}.csv`, writeCsv(exhibit));
  return [REPORT, ...publication.exhibits.map((exhibit) => `tables/${exhibit.id}.csv`)];
}

/** The publication of an output folder. @throws Faults  `no-findings`, `findings-unreadable`. */
export function readPublication(folder: string): Publication {
  const path = join(folder, FINDINGS);
  if (!existsSync(path)) {
    throw unreadable(
      path,
      "no-findings",
      "is not there",
      "Run `assay estimate` (or `assay run`) first, or name its folder with --out.",
    );
  }
  try {
    const publication = JSON.parse(readFileSync(path, "utf8")) as Publication;
    const lists = [
      publication.exhibits,
      publication.sections,
      publication.findings,
      publication.choices,
      publication.sources,
    ];
    if (publication.format === "assay-findings/1" && lists.every(Array.isArray)) return publication;
  } catch {
    // Said below.
  }
  throw unreadable(
    path,
    "findings-unreadable",
    "is not a findings file of this edition",
    "Make it again: `assay estimate`.",
  );
}

const unreadable = (path: string, code: string, what: string, suggestion: string): Faults =>
  new Faults(path, [{ code, severity: "fault", message: `${path} ${what}.`, suggestion }]);

/** Canonical text: the same publication always gives the same bytes. */
export const printPublication = (publication: Publication): string => `${JSON.stringify(publication, null, 1)}\n`;

/** Files a run before wrote and this one may not write again: one table for each exhibit, one sample for each comparison. */
export function filesBefore(folder: string): readonly string[] {
  const tables = idsIn(join(folder, FINDINGS), "exhibits", "id").map((id) => `tables/${id}.csv`);
  const samples = idsIn(join(folder, DESIGN), "comparisons", "comparison").map((id) => `samples/${id}.csv`);
  return [...tables, ...samples];
}

/** Names in a list of a file Assay wrote; none where the file is not there, is something else, or names a path. */
function idsIn(file: string, list: string, key: string): readonly string[] {
  try {
    const entries =
      (JSON.parse(readFileSync(file, "utf8")) as Record<string, readonly Record<string, unknown>[]>)[list] ?? [];
    return entries.map((entry) => String(entry[key])).filter((id) => /^[\w-]+$/.test(id));
  } catch {
    return [];
  }
}
