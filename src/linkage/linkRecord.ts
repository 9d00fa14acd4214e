import type { FieldWeights } from "./people/matchWeights.ts";

/** What one linkage did: counts, rates with their definitions, what somebody must decide, what was odd. */
export type LinkRecord = SchoolsRecord | PeopleRecord;

export interface SchoolsRecord {
  readonly kind: "schools";
  readonly linkage: string;
  readonly identity: string;
  /** Numbers followed into another number. */
  readonly followed: number;
  /** Numbers that share an identity because their schools were merged. */
  readonly merged: number;
  /** For each source: how many different numbers it has, how many identities they make, rows that changed. */
  readonly sources: readonly {
    readonly source: string;
    readonly numbers: number;
    readonly identities: number;
    readonly rowsChanged: number;
  }[];
  readonly warnings: readonly string[];
}

export interface PeopleRecord {
  readonly kind: "people";
  readonly linkage: string;
  readonly from: string;
  readonly to: string;
  readonly identity: string;
  readonly rows: number;
  /** Rows linked by each way of finding a link, in order; the last is no link. */
  readonly steps: readonly { readonly name: string; readonly rows: number }[];
  /** Stepwise, over people of the return. */
  readonly rates: MatchRate;
  readonly groups: readonly { readonly column: string; readonly rates: readonly MatchRate[] }[];
  /** What each count means, in words. */
  readonly definitions: Readonly<Record<"named" | "linked" | "inYear" | "usable", string>>;
  readonly falseMatches: FalseMatches;
  /** Left out where there is no probabilistic step. */
  readonly weights?: {
    readonly fields: readonly FieldWeights[];
    readonly present: number;
    readonly rounds: number;
    readonly converged: boolean;
  };
  readonly review: readonly ReviewEntry[];
  readonly decisions: { readonly file: string; readonly same: number; readonly different: number };
  /** Why rows have no link, with how many. */
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
  readonly roles?: RoleRecord;
  readonly warnings: readonly string[];
}

export type FalseMatches =
  | { readonly state: "estimated"; readonly rate: number; readonly links: number }
  | { readonly state: "not estimable"; readonly reason: string };

/** One line of the funnel: `group` is the level, or "all". */
export interface MatchRate {
  readonly group: string;
  readonly named: number;
  readonly linked: number;
  readonly inYear: number;
  readonly usable: number;
}

/** A pair that awaits a decision, with what both sides say. */
export interface ReviewEntry {
  /** `key=identity`: what `assay link decide` takes. */
  readonly pair: string;
  readonly row: Readonly<Record<string, string>>;
  readonly identity: string;
  readonly probability: number | undefined;
  readonly why: string;
  readonly fields: readonly { readonly column: string; readonly from: string; readonly to: string }[];
}

export interface RoleRecord {
  readonly column: string;
  /** Every text, how often it occurs, its level, and the rule that made it. */
  readonly texts: readonly {
    readonly text: string;
    readonly rows: number;
    readonly level: string;
    readonly rule?: string;
  }[];
  readonly unmapped: readonly { readonly text: string; readonly rows: number }[];
}

/** 316 of 358 as `88%`; nothing where the base is empty. */
export const rateInWords = (part: number, base: number): string =>
  base === 0 ? "no rate: nobody was named" : `${((100 * part) / base).toFixed(1).replace(/\.0$/, "")}%`;
