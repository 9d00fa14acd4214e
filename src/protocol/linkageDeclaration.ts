import type { AcademicYear, Place } from "#domain";
import type { Expression } from "#expression";

/** How the same school or person is followed across sources. */
export type LinkageDeclaration = SchoolsLinkage | PeopleLinkage;

/** One identity for each school through its changes of number, in every source that names schools. */
export interface SchoolsLinkage {
  readonly id: string;
  readonly kind: "schools";
  /** Source of predecessors and successors. */
  readonly chain: string;
  readonly identity: string;
  /** The sources that gain the identity → their column of numbers. */
  readonly columns: Readonly<Record<string, string>>;
  readonly place: Place;
}

/** The people of a return, found in a census. */
export interface PeopleLinkage {
  readonly id: string;
  readonly kind: "people";
  readonly from: string;
  readonly to: string;
  readonly identity: string;
  readonly steps: readonly LinkageStep[];
  /** The column of `to` that says which year a row is of; left out where it has none. */
  readonly yearColumn?: string;
  readonly inYear?: LinkYear;
  readonly oneToOne: boolean;
  readonly decisions: CompanionFile;
  /** Columns of `from` that name one of its rows in decisions. */
  readonly rowKey: readonly string[];
  readonly usable?: Expression;
  /** The unit over whose columns `usable` speaks; rows of `to` when left out. */
  readonly usableOf?: string;
  readonly reportBy: readonly ReportedGroup[];
  readonly roles?: { readonly column: string; readonly dictionary?: CompanionFile };
  readonly place: Place;
}

/** A column match rates are shown by: of the return itself, or of a source that has it for the school of the row. */
export interface ReportedGroup {
  readonly column: string;
  /** Source that has `urn` and the column; the return itself when left out. */
  readonly source?: string;
  /** Its column of years. */
  readonly yearColumn?: string;
}

/** A column compared by a step, and the rule it is normalised by. */
export interface ComparedColumnDeclaration {
  readonly column: string;
  readonly as: "name" | "date" | "number" | "text";
}

export type LinkageStep =
  | { readonly how: "exact"; readonly columns: readonly ComparedColumnDeclaration[] }
  | {
      readonly how: "probabilistic";
      readonly compare: readonly ComparedColumnDeclaration[];
      readonly blocks: readonly (readonly ComparedColumnDeclaration[])[];
      readonly accept: number;
      readonly review: number;
    };

/** In which year a link must exist: one for all, or each row's own by its date of recruitment. */
export type LinkYear =
  | { readonly how: "year"; readonly year: AcademicYear }
  | {
      readonly how: "recruitment";
      /** Date column of `from`. */
      readonly column: string;
      readonly rule: "firstCensusInPost" | "censusBefore" | "yearOfRecruitment";
    };

/** A reviewed list beside the study: part of what is registered. */
export interface CompanionFile {
  /** As the study writes it, below its folder. */
  readonly file: string;
  /** Its text; undefined where it is not there yet. */
  readonly content?: string;
  /** Of its bytes; of nothing where it is not there. */
  readonly sha256: string;
}
