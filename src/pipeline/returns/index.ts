import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SafeExhibit } from "#disclosure";
import { Faults, printDate } from "#domain";
import type { ReturnShown } from "#findings";
import {
  countReturn,
  counted as inWords,
  type ReadReturn,
  type Remark,
  ReturnFaults,
  returnSheets,
  returnTemplate,
} from "#programme";
import { writeCsv, writeReturnHtml } from "#report";
import { writeSheets } from "#sources";
import { OutputFolder } from "../outputFolder.ts";
import { writeFile } from "../writing.ts";
import { openReturn, type ReturnOptions, returnFile } from "./openReturn.ts";
import { safeReturnExhibits } from "./safeExhibits.ts";

export { participantsOf, schoolEntriesOf, traitsOf } from "./frames.ts";
export { type ReturnOptions, roleReader } from "./openReturn.ts";
export { safeReturnExhibits } from "./safeExhibits.ts";
export { type StudyReturn, studyReturnExhibits } from "./studyReturn.ts";

/** Writes the template of the return into a folder. @throws Faults  `file-in-the-way`: a return somebody filled in. */
export async function writeReturnTemplate(out: string): Promise<readonly string[]> {
  const files = [returnFile("participants"), returnFile("schools")];
  const folder = resolve(out);
  const texts = returnTemplate(files);
  const filled = texts.filter(({ name, content }) => {
    const path = join(folder, name);
    return name.endsWith(".csv") && existsSync(path) && readFileSync(path, "utf8") !== content;
  });
  const workbook = join(folder, "mi_return.xlsx");
  const inTheWay = [...filled.map(({ name }) => name), ...(existsSync(workbook) ? ["mi_return.xlsx"] : [])];
  if (inTheWay.length > 0) {
    throw new Faults(
      folder,
      inTheWay.map((name) => ({
        code: "file-in-the-way",
        severity: "fault",
        message: `${join(folder, name)} is there already and may be filled in.`,
        suggestion: "Choose another folder with --out.",
      })),
    );
  }
  for (const { name, content } of texts) writeFile(join(folder, name), content);
  writeFile(workbook, await writeSheets(returnSheets(files)));
  return [...texts.map(({ name }) => join(folder, name)), workbook];
}

/** What a check of a return found. */
export interface CheckedReturn extends ReadReturn {
  readonly asAt: number;
  readonly isUsable: boolean;
}

/** Reads a return and says everything that is wrong with it; changes nothing. */
export async function checkReturnFiles(options: ReturnOptions): Promise<CheckedReturn> {
  const { read, asAt } = await openReturn(options);
  return { ...read, asAt, isUsable: !read.remarks.some(({ kind }) => kind === "fault") };
}

/** How small a number of people, and of schools, may be shown. */
export interface ReturnMinimum {
  readonly minimum: number;
  readonly schoolMinimum: number;
}

export interface ReportedReturn {
  readonly title: string;
  readonly lines: readonly string[];
  readonly exhibits: readonly SafeExhibit[];
  readonly remarks: readonly Remark[];
  /** Job titles no rule sorts, each once. */
  readonly unsortedTitles: readonly string[];
  readonly files: readonly string[];
}

/** Faults that leave nothing to count: a template that is not this one, a file without rows. */
const NOT_COUNTABLE = new Set(["not-the-template", "column-missing", "column-repeated", "no-rows"]);

/**
 * Makes the tables of a return, and writes them where a folder is given. A fault in a cell leaves its value out and is
 * counted on the first lines; a return of another template is refused.
 */
export async function reportReturn(
  options: ReturnOptions & ReturnMinimum & { readonly out?: string },
): Promise<ReportedReturn> {
  const { read, asAt, register, yardsticks, sources } = await openReturn(options);
  const broken = read.remarks.filter(({ code }) => NOT_COUNTABLE.has(code));
  if (broken.length > 0) throw new ReturnFaults(options.participants, broken);
  const counted = countReturn(read.participants, read.schools);
  const shown: ReturnShown = {
    counted,
    asAt,
    minimum: options.minimum,
    schoolMinimum: options.schoolMinimum,
    sources: sources.map(({ file }) => file),
    ...(register !== undefined && { register }),
    ...(yardsticks !== undefined && { yardsticks }),
  };
  const exhibits = safeReturnExhibits(shown);
  const unsortedTitles = [
    ...new Set(read.participants.flatMap((one) => (one.roleLevel === undefined ? (one.roleText ?? []) : []))),
  ];
  const title = `${yardsticks?.programme ?? "Programme"}: who took part`;
  const lines = firstLines(read.remarks, asAt, unsortedTitles.length);
  const files = options.out === undefined ? [] : write(options.out, { title, lines, exhibits, sources });
  return { title, lines, exhibits, remarks: read.remarks, unsortedTitles, files };
}

function firstLines(remarks: readonly Remark[], asAt: number, unsorted: number): readonly string[] {
  const [faults, queries] = (["fault", "query"] as const).map(
    (kind) => remarks.filter((remark) => remark.kind === kind).length,
  );
  return [
    `The return describes ${printDate(asAt)}.`,
    ...(faults === 0
      ? []
      : [
          `${inWords(faults!, "fault", "faults")} in the return: those cells count as not known; assay mi check lists them.`,
        ]),
    ...(queries === 0 ? [] : [`${inWords(queries!, "query is", "queries are")} open with the provider.`]),
    ...(unsorted === 0
      ? []
      : [
          `${inWords(unsorted, "job title", "job titles")} could not be sorted into a role level; they count as not known.`,
        ]),
  ];
}

function write(
  out: string,
  page: {
    readonly title: string;
    readonly lines: readonly string[];
    readonly exhibits: readonly SafeExhibit[];
    readonly sources: readonly { readonly file: string; readonly sha256: string }[];
  },
): readonly string[] {
  using folder = OutputFolder.open(resolve(out));
  folder.write("mi-report.html", writeReturnHtml(page));
  for (const exhibit of page.exhibits) folder.write(`tables/${exhibit.id}.csv`, writeCsv(exhibit));
  folder.commit();
  return ["mi-report.html", ...page.exhibits.map(({ id }) => `tables/${id}.csv`)].map((name) =>
    join(folder.path, name),
  );
}
