import type { ColumnDeclaration, WrittenTable } from "#domain";
import { checkReturn, type ReadReturn } from "../checkReturn.ts";
import { RETURN_FILES, type ReturnFile } from "../returnFields.ts";

const column = (name: string, type: ColumnDeclaration["type"], more: Partial<ColumnDeclaration> = {}) => ({
  name,
  from: name,
  type,
  codes: {},
  ...more,
});

/** The participants file with columns typed for these tests; the registry's own are held to the words elsewhere. */
export const PARTICIPANTS: ReturnFile = {
  ...RETURN_FILES.participants!,
  columns: [
    column("mi_row", "text"),
    column("project", "category"),
    column("provider", "category"),
    column("trn", "text"),
    column("surname", "text"),
    column("forename", "text"),
    column("birth_date", "text"),
    column("urn", "urn", { identifies: "school" }),
    column("role_text", "text"),
    column("recruited", "date"),
    column("start_date", "date"),
    column("end_date", "date"),
    column("withdrawn", "truth"),
  ],
};

export const SCHOOLS: ReturnFile = {
  ...RETURN_FILES.schools!,
  columns: [
    column("urn", "urn", { identifies: "school" }),
    column("project", "category"),
    column("cohort", "text"),
    column("agreed", "date"),
    column("withdrawn", "truth"),
  ],
};

/** Cells of a sound row; a test says what it changes. */
const PERSON: Readonly<Record<string, string>> = {
  mi_row: "1",
  project: "Lead Well",
  provider: "Harbour Learning Trust",
  trn: "1234501",
  surname: "Merriweather",
  forename: "Odette",
  birth_date: "1984-05-23",
  urn: "137654",
  role_text: "Head of science",
  recruited: "2018-09-14",
  start_date: "2018-10-02",
  end_date: "",
  withdrawn: "no",
};

const PLACE: Readonly<Record<string, string>> = {
  urn: "137654",
  project: "Lead Well",
  cohort: "1",
  agreed: "2018-06-29",
  withdrawn: "no",
};

type Cells = Readonly<Record<string, string>>;

/** Rows as written under the headers of a template, one for each set of changed cells. */
export function written(template: ReturnFile, rows: readonly Cells[]): WrittenTable {
  const sound = template.file === SCHOOLS.file ? PLACE : PERSON;
  const names = template.columns.map(({ from }) => from);
  return {
    file: template.file,
    headers: names,
    rows: rows.map((changed, i) => ({
      line: i + 2,
      cells: names.map(
        (name) => ({ ...sound, ...(template === PARTICIPANTS && { mi_row: String(i + 1) }), ...changed })[name] || null,
      ),
    })),
    placeWord: "line",
    faults: [],
    sha256: "0".repeat(64),
  };
}

/** 28 February 2020. */
export const AS_AT = 18_320;

/** Checks people, and schools where some are given, on 28 February 2020. */
export function checked(
  people: readonly Cells[] | WrittenTable,
  places?: readonly Cells[],
  context: { readonly from?: number; readonly register?: ReadonlySet<string> } = {},
): ReadReturn {
  const table = "rows" in people ? people : written(PARTICIPANTS, people);
  return checkReturn(
    { table, template: PARTICIPANTS, key: ["mi_row"] },
    places && { table: written(SCHOOLS, places), template: SCHOOLS, key: ["urn", "project"] },
    { asAt: AS_AT, ...context },
  );
}

/** `fault recruited 2 date-form` for every remark. */
export const said = ({ remarks }: ReadReturn): readonly string[] =>
  remarks.map(({ kind, column: name, line, code }) => `${kind} ${name} ${line} ${code}`);
