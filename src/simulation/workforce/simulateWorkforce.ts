import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
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
 * Files that stand there are replaced; while that is going on the folder has no `truth.json`.
 *
 * @throws Faults  `option-out-of-range` for each option that cannot be used, before anything is touched; `cannot-write`.
 */
export async function simulateWorkforce(options: WorkforceOptions, folder: string): Promise<WorkforceTruth> {
  settle(options);
  const part = (name: string) => join(folder, `${name}.part`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const name of WORKFORCE_FILES) rmSync(part(name), { force: true });
    rmSync(join(folder, "truth.json"), { force: true });

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
    writeFileSync(part("truth.json"), `${JSON.stringify(truth, null, 2)}\n`, { flush: true });
    for (const name of WORKFORCE_FILES) renameSync(part(name), join(folder, name));
    return truth;
  } catch (error) {
    for (const name of WORKFORCE_FILES) if (existsSync(part(name))) rmSync(part(name), { force: true });
    throw isOfFileSystem(error) ? cannotWrite(folder, error) : error;
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

function isOfFileSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
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
