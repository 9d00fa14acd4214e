import type { SafeExhibit } from "#disclosure";
import type { EstimandBlock, Finding } from "#findings";

/** Everything a report shows, as data: the content of `findings.json`. Holds no clock, no path and no secret. */
export interface Publication {
  readonly format: "assay-findings/1";
  readonly program: {
    readonly name: "Assay";
    readonly version: string;
    readonly commit?: string;
    readonly grammar: 1;
    readonly defaults: 1;
  };
  readonly study: {
    readonly title: string;
    readonly question: string;
    readonly programme?: string;
    readonly evaluator?: string;
    readonly funder?: string;
    readonly seed: number;
    readonly context: readonly string[];
  };
  readonly standing: Standing;
  /** First lines of the report and of the command: what must be read before any number. */
  readonly firstLines: readonly string[];
  readonly findings: readonly Finding[];
  readonly estimands: readonly EstimandBlock[];
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly suggestion?: string }[];
  readonly sections: readonly Section[];
  readonly exhibits: readonly SafeExhibit[];
  /** Every effect as plain numbers, for analysts. */
  readonly results: readonly Result[];
  readonly choices: readonly PrintedChoice[];
  readonly sources: readonly PrintedSource[];
  /** The protocol as read. */
  readonly protocol: string;
}

export interface Standing {
  readonly registered: boolean;
  readonly exploratory: boolean;
  /** Digest of the resolved protocol that was registered, and the number of its last record. */
  readonly registration?: { readonly number: number; readonly meaning: string };
  /** Outcomes had been opened before registration. */
  readonly retrospective: boolean;
  readonly amendments: readonly PrintedAmendment[];
}

export interface PrintedAmendment {
  readonly number: number;
  readonly reason: string;
  readonly changes: readonly string[];
  readonly outcomesSeen: boolean;
}

/** A run of exhibits under one heading. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly text: readonly string[];
  /** Ids of exhibits, in order. */
  readonly exhibits: readonly string[];
  /** Shown closed, to be opened by those who look for it. */
  readonly isFolded: boolean;
}

/** One reading of one effect, full precision; a number that could not be had is left out and `reason` says why. */
export interface Result {
  readonly analysis: string;
  readonly comparison: string;
  readonly specification: string;
  readonly outcome: string;
  readonly horizon: string;
  readonly reading: string;
  readonly isDeclared: boolean;
  readonly role: string;
  readonly changed?: string | undefined;
  readonly treated?: number | undefined;
  readonly comparisonUnits?: number | undefined;
  readonly estimate?: number | undefined;
  /** Of a logistic model, in percent. */
  readonly treatedRate?: number | undefined;
  readonly comparisonRate?: number | undefined;
  readonly oddsRatio?: number | undefined;
  readonly oddsRatioLow?: number | undefined;
  readonly oddsRatioHigh?: number | undefined;
  readonly se?: number | undefined;
  readonly df?: number | undefined;
  readonly p?: number | undefined;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  readonly seWithoutClusters?: number | undefined;
  readonly treatedClusters?: number | undefined;
  readonly effectiveTreatedClusters?: number | undefined;
  readonly bootstrapP?: number | undefined;
  readonly reason?: string | undefined;
}

export type ChoiceBy = "declared" | "default" | "registry" | "inherited" | "preset" | "rule";

export interface PrintedChoice {
  readonly path: string;
  readonly value: string;
  /** `declared`, `default D-19`, `registry assay/…`, … */
  readonly origin: string;
  /** Who made the choice. */
  readonly by: ChoiceBy;
  readonly line?: number;
  readonly because?: string;
}

export interface PrintedSource {
  readonly id: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: string;
  readonly registry?: string;
  readonly attribution?: string;
  readonly licence?: string;
  readonly breaks: readonly string[];
  readonly confirm: readonly string[];
}
