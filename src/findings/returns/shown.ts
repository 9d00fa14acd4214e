import { printDate, type ReturnYardsticks } from "#domain";
import type { AnalysisRows, CountedReturn, SchoolTraits } from "#programme";
import type { ExhibitAbout } from "../exhibit.ts";

/** A national register of schools, as far as tables of a return need it. */
export interface RegisterShown {
  /** Schools open in the year compared with: the national population. */
  readonly schools: readonly SchoolTraits[];
  /** Those and schools that closed before, as they last were: a school of the return may be one. */
  readonly known: ReadonlyMap<string, SchoolTraits>;
  /** As printed: `school-years, 2017/18`. */
  readonly source: string;
}

/** A management information return with what it is held against. */
export interface ReturnShown {
  readonly counted: CountedReturn;
  readonly register?: RegisterShown;
  readonly yardsticks?: ReturnYardsticks;
  /** Whom a study analysed, where there is one. */
  readonly analysis?: AnalysisRows;
  /** Day the return describes, in days since 1970. */
  readonly asAt: number;
  /** The smallest number of people, and of schools, that sentences may say: those of the disclosure rules. */
  readonly minimum: number;
  readonly schoolMinimum: number;
  /** Names of the files or sources read. */
  readonly sources: readonly string[];
}

/** What is the same in the trail of every table of a return. */
export function aboutReturn(
  shown: ReturnShown,
  about: { readonly definition: string; readonly base: string; readonly filters?: readonly string[] },
): ExhibitAbout {
  return {
    filters: [],
    ...about,
    set: "management information return",
    date: printDate(shown.asAt),
    model: "none: counts",
    sources: shown.sources,
  };
}
