import { printDate } from "#domain";
import { ABSENT, type ParquetColumn, ParquetWriter, type WholeArray } from "#table";
import { inventedSchoolName } from "../inventedNames.ts";
import { FIRST_CENSUS } from "./calendar.ts";
import { DISTRICT_PREFIX, FIRST_AUTHORITY } from "./censusRows.ts";
import { csvText } from "./csvText.ts";
import { PHASES, REGIONS, SECONDARY } from "./publishedShares.ts";
import { SCHOOL_TYPES, type SchoolHistory } from "./schoolHistory.ts";
import type { Sites } from "./schools.ts";

/** Columns of `assay/workforce-schools@1`, in their order. */
const SCHOOL_COLUMNS: readonly ParquetColumn[] = [
  { name: "urn", as: "whole", bits: 32 },
  { name: "year", as: "whole", bits: 16 },
  { name: "phase", as: "levels", levels: PHASES, bits: 16 },
  { name: "school_type", as: "levels", levels: SCHOOL_TYPES, bits: 16 },
  { name: "region", as: "levels", levels: REGIONS.map(({ name }) => name), bits: 16 },
  { name: "la_code", as: "numbered", prefix: "", digits: 3, bits: 16 },
  { name: "lad_code", as: "numbered", prefix: DISTRICT_PREFIX, digits: 6, bits: 16 },
  { name: "aea_category", as: "whole", bits: 16 },
  { name: "ofsted_grade", as: "whole", bits: 16 },
  { name: "inspected_date", as: "date", bits: 32 },
  { name: "fsm_pct", as: "tenths", bits: 16 },
  { name: "attainment_pct", as: "tenths", bits: 16 },
  { name: "imd_decile", as: "whole", bits: 16 },
  { name: "nor", as: "whole", bits: 16 },
];

/** Writes a row for each school and year in which it was open, under the number it had that year. Returns how many. */
export async function writeSchoolYears(path: string, sites: Sites, history: SchoolHistory): Promise<number> {
  using writer = await ParquetWriter.open(SCHOOL_COLUMNS);
  const arrays: WholeArray[] = SCHOOL_COLUMNS.map(({ bits }) =>
    bits === 16 ? new Int16Array(sites.count) : new Int32Array(sites.count),
  );
  let rows = 0;
  for (const [census, year] of history.years.entries()) {
    let row = 0;
    for (let s = 0; s < sites.count; s++) {
      if (year.urn[s] === 0) continue;
      const values = [
        year.urn[s],
        FIRST_CENSUS + census,
        sites.phase[s],
        year.type[s],
        sites.region[s],
        FIRST_AUTHORITY + sites.authority[s],
        sites.district[s] + 1,
        sites.areaCategory[s],
        year.grade[s] === 0 ? ABSENT[16] : year.grade[s],
        year.inspected[s],
        year.fsmTenths[s],
        year.attainmentTenths[s],
        year.deprivation[s],
        year.pupils[s],
      ];
      for (const [c, value] of values.entries()) arrays[c][row] = value;
      row++;
    }
    await writer.append(arrays, row);
    rows += row;
  }
  await writer.write(path);
  return rows;
}

const LINKS_HEADER = ["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"];

/**
 * Which school number follows which, under the header of the published file of links, each link from both of its ends. A
 * closure without a successor has no line, as in that file.
 */
export function schoolLinksCsv(sites: Sites, history: SchoolHistory): string {
  const rows: (string | number)[][] = [];
  for (const { site, urn, successorUrn, date, kind } of history.links) {
    if (successorUrn === 0) continue;
    const ending = kind === "merged" ? " - merged" : "";
    const into = kind === "merged" ? history.mergesInto[site] : site;
    const name = (s: number, isAfter: boolean) =>
      inventedSchoolName(
        s,
        isAfter && kind === "converted" ? "Academy" : sites.phase[s] === SECONDARY ? "High School" : "School",
      );
    const established = printDate(date);
    rows.push([urn, successorUrn, name(into, true), `Successor${ending}`, established]);
    rows.push([successorUrn, urn, name(site, false), `Predecessor${ending}`, established]);
  }
  rows.sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]));
  return csvText(LINKS_HEADER, rows);
}
