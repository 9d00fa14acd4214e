import type { Place } from "./problem.ts";

/** A figure somebody stated, with the day and the paper it comes from. A later one stands beside it, never over it. */
export interface StatedValue {
  readonly value: number;
  /** Days since 1970 of the paper it stands in. */
  readonly stated?: number;
  /** Contract, agreement, paragraph: whatever a colleague would look it up in. */
  readonly source: string;
  readonly because?: string;
  readonly place?: Place;
}

/** What a target counts. `statement`: words without a number, kept and never judged. */
export type TargetMeasure = "schools" | "participants" | "priorityAreaPercent" | "statement";

/** One target with every value it was ever given. */
export interface DeclaredTarget {
  readonly id: string;
  readonly group: "geography" | "school" | "participant";
  readonly what: string;
  readonly measure: TargetMeasure;
  /** Only these cohorts, projects or role levels; all of them when left out. */
  readonly cohorts?: readonly string[];
  readonly projects?: readonly string[];
  readonly roles?: readonly string[];
  readonly values: readonly StatedValue[];
}

/** Shares of a national population, typed in from a publication. */
export interface StatedShares {
  /** Which breakdown: `role`, `phase`, `region`, … */
  readonly by: string;
  /** Of whom: schools or participants. */
  readonly of: "schools" | "participants";
  readonly source: string;
  readonly percent: Readonly<Record<string, number>>;
}

/** A count somebody else arrived at. */
export interface StatedCount {
  readonly id: string;
  readonly source: string;
  /** What it covers, in words: `cohorts 1 and 2`. */
  readonly scope?: string;
  /** The same as the return can tell it; it is then held against that part of the return. */
  readonly cohorts?: readonly string[];
  readonly projects?: readonly string[];
  /** Days since 1970 of the day it was taken. */
  readonly snapshot?: number;
  readonly schools?: number;
  readonly participants?: number;
  /** Counts it was added up from, where it was. */
  readonly parts: readonly { readonly scope: string; readonly schools?: number; readonly participants?: number }[];
}

/** What a return is held against: targets, national shares and other people's counts. */
export interface ReturnYardsticks {
  readonly programme: string;
  /** First day of the programme and day the return describes, in days since 1970. */
  readonly from?: number;
  readonly snapshot?: number;
  /** What the return covers, in words. */
  readonly scope?: string;
  readonly targets: readonly DeclaredTarget[];
  readonly national: readonly StatedShares[];
  readonly counts: readonly StatedCount[];
}
