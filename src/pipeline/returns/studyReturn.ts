import type { SafeExhibit } from "#disclosure";
import { academicYearOf, printAcademicYear, type ReturnYardsticks } from "#domain";
import { type AnalysisRows, countReturn } from "#programme";
import type { Frame } from "#table";
import { participantsOf, schoolEntriesOf, traitsOf } from "./frames.ts";
import { roleReader } from "./openReturn.ts";
import { safeReturnExhibits } from "./safeExhibits.ts";

/** The tables of a study that hold a return, and what it is held against. */
export interface StudyReturn {
  /** Rows as the return has them, one for each recruitment: not only those that were linked. */
  readonly participants: Frame;
  readonly schools?: Frame;
  /** Schools by year, and how the source is called in print. */
  readonly register?: { readonly frame: Frame; readonly source: string };
  readonly yardsticks?: ReturnYardsticks;
  /** Rows of the return (`mi_row`) that were linked, had a baseline and were analysed. */
  readonly analysis?: AnalysisRows;
  /** Sorts job titles that the table has no `role_level` for; the shipped dictionary unless given. */
  readonly roleOf?: (title: string) => string | undefined;
  /** Day the return describes, in days since 1970. */
  readonly asAt: number;
  readonly minimum: number;
  readonly schoolMinimum?: number;
  /** Ids of the sources read. */
  readonly sources: readonly string[];
}

/** The same tables as `assay mi report` makes, from the tables of a study. */
export function studyReturnExhibits(given: StudyReturn): readonly SafeExhibit[] {
  const { participants, schools, register, yardsticks, analysis, asAt, minimum, sources } = given;
  const people = participantsOf(participants, given.roleOf ?? roleReader());
  const traits = register && traitsOf(register.frame, academicYearOf(asAt));
  return safeReturnExhibits({
    counted: countReturn(people, schools && schoolEntriesOf(schools)),
    asAt,
    minimum,
    schoolMinimum: given.schoolMinimum ?? minimum,
    sources,
    ...(traits !== undefined && {
      register: {
        schools: traits.schools,
        known: traits.known,
        source: `${register!.source}${traits.year === undefined ? "" : `, ${printAcademicYear(traits.year)}`}`,
      },
    }),
    ...(yardsticks !== undefined && { yardsticks }),
    ...(analysis !== undefined && { analysis }),
  });
}
