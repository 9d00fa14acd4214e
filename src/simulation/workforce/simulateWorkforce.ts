import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Faults, printDate } from "#domain";
import { ParquetWriter } from "#table";
import { CENSUS_COLUMNS } from "./censusRows.ts";
import { csvText } from "./csvText.ts";
import { inventWorkforce, type Workforce } from "./inventWorkforce.ts";
import { MANAGEMENT_COLUMNS, managementReturn } from "./managementReturn.ts";
import { settle, type WorkforceOptions } from "./options.ts";
import { schoolLinksCsv, writeSchoolYears } from "./schoolFiles.ts";
import { tellTruth, type WorkforceTruth } from "./truth.ts";

/** The files of a simulated workforce. The truth is written last: a folder without it is not finished. */
export const WORKFORCE_FILES = [
  "census.parquet",
  "school_years.parquet",
  "school_links.csv",
  "mi_participants.csv",
  "mi_schools.csv",
  "truth_links.csv",
  "truth.json",
] as const;

/**
 * Invents a national workforce and writes it into a folder, which is made when missing. The same options give the same bytes.
 * Files of an earlier simulation are replaced; files that were not simulated, or changed since, never. The truth holds the
 * digest of every other file.
 *
 * @throws Faults  `option-out-of-range` for each option that cannot be used, before anything is touched;
 *                 `files-not-simulated`; `folder-in-use`; `cannot-write`.
 */
export async function simulateWorkforce(options: WorkforceOptions, folder: string): Promise<WorkforceTruth> {
  settle(options);
  const part = (name: string) => join(folder, `${name}.part`);
  try {
    mkdirSync(folder, { recursive: true });
    using _own = holdFolder(folder);
    refuseOthersFiles(folder);
    for (const name of WORKFORCE_FILES) rmSync(part(name), { force: true });

    using census = await ParquetWriter.open(CENSUS_COLUMNS);
    const workforce = await inventWorkforce(options, ({ columns, rows }) => census.append(columns, rows));
    await census.write(part("census.parquet"));
    const schoolRows = await writeSchoolYears(part("school_years.parquet"), workforce.sites, workforce.history);
    const returned = managementReturn(workforce);
    const truth = tellTruth(workforce, returned, schoolRows);
    writeFileSync(part("school_links.csv"), schoolLinksCsv(workforce.sites, workforce.history));
    writeFileSync(
      part("mi_participants.csv"),
      csvText(
        MANAGEMENT_COLUMNS,
        returned.map(({ row }) => MANAGEMENT_COLUMNS.map((name) => row[name])),
      ),
    );
    writeFileSync(part("mi_schools.csv"), managementSchools(workforce));
    writeFileSync(
      part("truth_links.csv"),
      csvText(
        ["mi_row", "person_id", "other_person_id", "faults"],
        returned.map(({ link }) => [link.mi_row, link.person_id, link.other_person_id, link.faults.join("; ")]),
      ),
    );
    const files = Object.fromEntries(BESIDE_TRUTH.map((name) => [name, digestOf(part(name))]));
    writeFileSync(part(TRUTH), `${JSON.stringify({ ...truth, files }, null, 2)}\n`, { flush: true });
    for (const name of WORKFORCE_FILES) renameSync(part(name), join(folder, name));
    return truth;
  } catch (error) {
    if (error instanceof Faults) throw error;
    for (const name of WORKFORCE_FILES) if (existsSync(part(name))) rmSync(part(name), { force: true });
    throw isOfFileSystem(error) ? cannotWrite(folder, error) : error;
  }
}

const TRUTH = "truth.json";
const BESIDE_TRUTH = WORKFORCE_FILES.filter((name) => name !== TRUTH);

const digestOf = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/**
 * Files of the folder that were not simulated, or were changed since: they are somebody's own. None where a simulation was
 * cut off, whose parts still lie there.
 */
export function othersFiles(folder: string): readonly string[] {
  if (WORKFORCE_FILES.some((name) => existsSync(join(folder, `${name}.part`)))) return [];
  const there = BESIDE_TRUTH.filter((name) => existsSync(join(folder, name)));
  const made = existsSync(join(folder, TRUTH))
    ? ((JSON.parse(readFileSync(join(folder, TRUTH), "utf8")) as { files?: Record<string, string> }).files ?? {})
    : {};
  return there.filter((name) => made[name] !== digestOf(join(folder, name)));
}

/** @throws Faults  `files-not-simulated`: files are never written over that nobody can be sure were invented. */
function refuseOthersFiles(folder: string): void {
  const others = othersFiles(folder);
  if (others.length === 0) return;
  throw new Faults(folder, [
    {
      code: "files-not-simulated",
      severity: "fault",
      message: `${folder} holds ${others.join(", ")}, which ${others.length === 1 ? "was" : "were"} not simulated, or changed since. Nothing was written over.`,
      suggestion: "Move them elsewhere, or simulate into a folder of its own.",
    },
  ]);
}

const LOCK = ".simulating";

/** One simulation at a time writes into a folder. @throws Faults  `folder-in-use`. */
function holdFolder(folder: string): Disposable {
  const path = join(folder, LOCK);
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (tries > 2 || isAlive(Number(readFileSync(path, "utf8")))) {
        throw new Faults(folder, [
          {
            code: "folder-in-use",
            severity: "fault",
            message: `Another simulation is writing into ${folder}. Nothing was changed.`,
            suggestion: `Wait for it. If none is going on, remove ${path}.`,
          },
        ]);
      }
      // It was killed.
      rmSync(path, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function managementSchools({ schools }: Workforce): string {
  return csvText(
    ["urn", "project", "cohort", "agreed", "withdrawn"],
    schools.map(({ urn, project, spring, agreed, withdrawn }) => [
      urn,
      project,
      spring - 2017,
      printDate(agreed),
      withdrawn ? "yes" : "no",
    ]),
  );
}

/** The engine's own trouble with a disk has no code, but says so. */
function isOfFileSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && ("syscall" in error || error.message.startsWith("IO Error"));
}

function cannotWrite(folder: string, error: NodeJS.ErrnoException): Faults {
  return new Faults(folder, [
    {
      code: "cannot-write",
      severity: "fault",
      message: `${folder} cannot be written: ${error.message}.`,
      suggestion: "Choose another folder, or make room.",
    },
  ]);
}
