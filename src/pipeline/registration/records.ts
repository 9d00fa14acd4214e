import { createHash } from "node:crypto";
import { existsSync, linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Faults } from "#domain";
import type { Study } from "#protocol";
import type { PrintedChoice } from "#report";
import type { SourceTrail } from "#sources";
import type { DesignRecord } from "../designRecord.ts";
import type { Program } from "../program.ts";
import { makeFolder, writing } from "../writing.ts";

/** One record of a registration: the first, or an amendment after it. Each holds the hash of the one before. */
export interface RegistrationRecord {
  readonly format: "assay-registration/1";
  readonly number: number;
  readonly kind: "registration" | "amendment";
  readonly meaning: Study["meaning"];
  readonly resolved: Study["resolved"];
  /** SHA-256 of study.yaml as it lay on disk, which may drift by comments and layout, and its text. */
  readonly bytes: { readonly "study.yaml": string };
  readonly protocol: string;
  readonly inputs: readonly {
    readonly source: string;
    readonly file: string;
    readonly sha256: string;
    readonly bytes: number;
  }[];
  readonly design: readonly DesignRecord[];
  readonly choices: readonly PrintedChoice[];
  readonly program: Program & { readonly seed: number };
  readonly statement: Statement;
  readonly approvals: Study["about"]["approvals"];
  /** For an amendment: what changed, as sentences, and whether an outcome had been opened by then. */
  readonly changes: readonly string[];
  readonly outcomesSeen: boolean;
  /** SHA-256 of the record before, as it lies on disk. */
  readonly previous: string | null;
}

export interface Statement {
  readonly who: string;
  readonly role: string;
  /** UTC. */
  readonly when: string;
  readonly reason: string;
  readonly outcomes: Readonly<Record<string, "held but unopened" | "already seen">>;
}

const sha256 = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");
const FILE = /^(\d{4})-(registration|amendment)\.json$/;

export const registrationFolder = (studyFolder: string): string => join(studyFolder, "registration");

/**
 * Every record of a study in order, after checking that none was removed, added or rewritten.
 * @throws Faults  `registration-broken` (a refusal) when the chain does not hold.
 */
export function readRecords(studyFolder: string): readonly RegistrationRecord[] {
  const folder = registrationFolder(studyFolder);
  if (!existsSync(folder)) return [];
  const names = recordFiles(folder);
  const records: RegistrationRecord[] = [];
  let previous: string | null = null;
  for (const [i, name] of names.entries()) {
    const text = readFileSync(join(folder, name), "utf8");
    const record = parseRecord(text, name);
    if (record.previous !== previous || record.number !== i + 1 || Number(FILE.exec(name)![1]) !== i + 1) {
      throw broken(`${name} does not continue the record before it: a record was removed, added or rewritten.`);
    }
    if (sha256(record.protocol) !== record.bytes["study.yaml"]) {
      throw broken(`${name} holds a protocol that is not the one it was made from.`);
    }
    records.push(record);
    previous = sha256(text);
  }
  return records;
}

function parseRecord(text: string, name: string): RegistrationRecord {
  try {
    const record = JSON.parse(text) as RegistrationRecord;
    if (record.format === "assay-registration/1") return record;
  } catch {
    // Said below, with the name of the file.
  }
  throw broken(`${name} cannot be read as a registration record.`);
}

/** The registration is not as it was left. */
export function broken(
  message: string,
  suggestion = "Put the registration folder back as it was; a registration is only ever appended to.",
): Faults {
  return new Faults("registration", [{ code: "registration-broken", severity: "refusal", message, suggestion }]);
}

/**
 * Appends a record. It is never written over one that is there: two people registering at once cannot both succeed. A
 * copy of the protocol is laid beside it for people to read; the record holds the text itself.
 * @throws Faults  `registration-broken` when somebody else was faster; `cannot-write`.
 */
export function appendRecord(
  study: Study,
  record: Omit<RegistrationRecord, "format" | "previous" | "bytes" | "protocol">,
): RegistrationRecord {
  const folder = registrationFolder(study.folder);
  return writing(folder, () => {
    makeFolder(folder);
    const before = recordFiles(folder).at(-1);
    const whole: RegistrationRecord = {
      format: "assay-registration/1",
      ...record,
      bytes: { "study.yaml": sha256(study.text) },
      protocol: study.text,
      previous: before === undefined ? null : sha256(readFileSync(join(folder, before))),
    };
    const number = String(record.number).padStart(4, "0");
    const fileName = `${number}-${record.kind}.json`;
    const half = join(folder, `.${fileName}.${process.pid}`);
    writeFileSync(half, `${JSON.stringify(whole, null, 1)}\n`, { flush: true });
    try {
      // A link is made whole or not at all, and never over a file that is there.
      linkSync(half, join(folder, fileName));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw broken(
        `Record ${record.number} was made by someone else at the same moment; theirs was kept.`,
        "Look at it, and run the command again if something is still to be said.",
      );
    } finally {
      rmSync(half);
    }
    writeFileSync(join(folder, `${number}-study.yaml`), study.text, { flush: true });
    return JSON.parse(JSON.stringify(whole)) as RegistrationRecord;
  });
}

/** SHA-256 of each record as it lies on disk, in order. */
export function recordHashes(studyFolder: string): readonly string[] {
  const folder = registrationFolder(studyFolder);
  return existsSync(folder) ? recordFiles(folder).map((name) => sha256(readFileSync(join(folder, name)))) : [];
}

const recordFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => FILE.test(name))
    .sort((a, b) => (a < b ? -1 : 1));

/** Inputs as a record keeps them. */
export const inputsOf = (trails: readonly SourceTrail[]): RegistrationRecord["inputs"] =>
  trails.map(({ source, file, sha256: digest, bytes }) => ({ source, file, sha256: digest, bytes }));
