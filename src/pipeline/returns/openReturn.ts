import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import {
  academicYearOf,
  Faults,
  printAcademicYear,
  type ReturnYardsticks,
  ROLE_LEVELS,
  type RoleRule,
  readRoleRules,
  roleLevel,
} from "#domain";
import type { RegisterShown } from "#findings";
import {
  checkReturn,
  type Participant,
  RETURN_FILES,
  type ReadReturn,
  type ReturnFile,
  type ReturnTable,
  sheetName,
} from "#programme";
import { describedSource, readTargets } from "#protocol";
import { openSource, readWritten } from "#sources";
import { roleDictionary } from "#standards";
import { traitsOf } from "./frames.ts";

/** Which files a return is in, and what it is held against. */
export interface ReturnOptions {
  /** The participants file: CSV, or a workbook made from the template. */
  readonly participants: string;
  readonly schools?: string;
  /** School-years file with the columns of `assay/workforce-schools@1`. */
  readonly register?: string;
  readonly targets?: string;
  /** A dictionary of job titles that comes before the shipped one. */
  readonly roles?: string;
  /** Day the return describes and first day of the programme, in days since 1970; the targets file may say them too. */
  readonly asAt?: number;
  readonly from?: number;
  readonly today: number;
}

export interface OpenedReturn {
  readonly read: ReadReturn;
  readonly asAt: number;
  readonly register?: RegisterShown;
  readonly yardsticks?: ReturnYardsticks;
  readonly sources: readonly { readonly file: string; readonly sha256: string }[];
}

/** Columns of a register that tables of a return read. */
const TRAITS = ["urn", "year", "phase", "region", "aea_category", "imd_decile", "ofsted_grade"];
const REGISTER = "assay/workforce-schools@1";

/** A file of the return with its columns as the registry describes them. */
export function returnFile(which: keyof typeof RETURN_FILES): ReturnFile & { readonly key: readonly string[] } {
  const file = RETURN_FILES[which]!;
  const { columns, key } = describedSource(file.edition, file.file);
  return { ...file, columns, key };
}

/**
 * Reads a return and everything it is held against.
 * @throws Faults  a file is missing or cannot be read at all; what is wrong inside the return comes back as remarks.
 */
export async function openReturn(options: ReturnOptions): Promise<OpenedReturn> {
  const yardsticks = options.targets === undefined ? undefined : readTargets(options.targets);
  const asAt = options.asAt ?? yardsticks?.snapshot ?? options.today;
  const from = options.from ?? yardsticks?.from;
  const register = options.register === undefined ? undefined : await openRegister(options.register, asAt);
  const people = await readTable(options.participants, "participants");
  const places = options.schools === undefined ? undefined : await readTable(options.schools, "schools");
  const read = checkReturn(people, places, {
    asAt,
    ...(from !== undefined && { from }),
    ...(register !== undefined && { register: new Set(register.shown.known.keys()) }),
  });
  const levelOf = roleReader(options.roles);
  const participants = read.participants.map((person): Participant => {
    const level = person.roleLevel ?? (person.roleText === undefined ? undefined : levelOf(person.roleText));
    return level === undefined ? person : { ...person, roleLevel: level };
  });
  return {
    read: { ...read, participants },
    asAt,
    ...(register !== undefined && { register: register.shown }),
    ...(yardsticks !== undefined && { yardsticks }),
    sources: [
      ...[people, ...(places === undefined ? [] : [places])].map(({ table: { file, sha256 } }) => ({ file, sha256 })),
      ...(register === undefined ? [] : [{ file: register.file, sha256: register.sha256 }]),
    ],
  };
}

async function readTable(path: string, which: keyof typeof RETURN_FILES): Promise<ReturnTable> {
  const template = returnFile(which);
  const table = await readWritten(basename(path), { folder: dirname(resolve(path)), sheet: sheetName(template) });
  return { table, template, key: template.key };
}

async function openRegister(path: string, asAt: number) {
  const declared = describedSource(REGISTER, basename(path));
  const columns = declared.columns.filter(({ name }) => TRAITS.includes(name));
  await using source = await openSource({ ...declared, columns }, { dataFolder: dirname(resolve(path)) });
  const { frame, trail } = await source.view();
  const { year, schools, known } = traitsOf(frame, academicYearOf(asAt));
  if (schools.length === 0) {
    throw new Faults(path, [
      {
        code: "register-too-late",
        severity: "fault",
        message: `${basename(path)} has no school in ${printAcademicYear(academicYearOf(asAt))} or before.`,
        suggestion:
          "Check the day of the return (--at, or `snapshot` in the targets file), or give an earlier register.",
      },
    ]);
  }
  const shown = {
    schools,
    known,
    source: `${basename(path)}${year === undefined ? "" : `, ${printAcademicYear(year)}`}`,
  };
  return { shown, file: trail.file, sha256: trail.sha256 };
}

/** Sorts job titles into levels; undefined where no rule speaks of a title. */
export function roleReader(own?: string): (title: string) => string | undefined {
  const shipped = rulesOf(roleDictionary().text, roleDictionary().id);
  const dictionaries = own === undefined ? [shipped] : [rulesOf(readOwn(own), own), shipped];
  const known = new Map<string, string>();
  return (title) => {
    const level = known.get(title) ?? roleLevel(title, dictionaries).level;
    known.set(title, level);
    return level === ROLE_LEVELS.at(-1) ? undefined : level;
  };
}

function readOwn(path: string): string {
  if (existsSync(path)) return readFileSync(path, "utf8");
  const message = `There is no file ${path}.`;
  throw new Faults(path, [
    { code: "file-missing", severity: "fault", message, suggestion: "Check the path after --roles." },
  ]);
}

function rulesOf(text: string, name: string): readonly RoleRule[] {
  const { rules, faults } = readRoleRules(text, name);
  if (faults.length > 0) throw new Faults(name, faults);
  return rules;
}
