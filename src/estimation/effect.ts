import type { Horizon } from "#domain";
import type { AnalysisDeclaration, Contrast, Errors, OutcomeDeclaration } from "#protocol";
import type { Interval } from "#stats";
import type { YearlyDetail } from "./yearly/estimateYearly.ts";

/** A number that could be found, or the reason why not: it can never be read as zero. */
export type Estimable<T> =
  | ({ readonly state: "estimated" } & T)
  | { readonly state: "not estimable"; readonly reason: string };

/** How many units and clusters stand behind an effect. */
export interface EffectBase {
  readonly treated: number;
  readonly comparison: number;
  readonly effectiveComparison: number;
  readonly treatedClusters: number;
  readonly comparisonClusters: number;
  /** (Σn)²/Σn² over treated clusters. */
  readonly effectiveTreatedClusters: number;
  /** Matched units whose outcome is missing in the year, by arm: outcome attrition. */
  readonly lostTreated: number;
  readonly lostComparison: number;
  /** Matched units that have the outcome but lack a baseline value, covariate or weight the reading needs, by arm. */
  readonly incompleteTreated: number;
  readonly incompleteComparison: number;
}

/** One reading (ANCOVA, change or difference) of the effect on one outcome at one horizon. */
export interface Effect {
  readonly contrast: Contrast;
  /** The one fixed as primary at registration; the other stands beside it as the bracket. */
  readonly isDeclared: boolean;
  readonly base: EffectBase;
  readonly point: Estimable<Interval>;
  /** The estimate is always known when the model could be fitted, also where its interval is not estimable. */
  readonly estimate: number;
  readonly errors: Errors;
  /** Interval without clusters (HC2), for comparison only. */
  readonly unclustered: Interval | undefined;
  /** Restricted wild cluster bootstrap, when treated clusters or df are few; by the level with the fewest clusters. */
  readonly wild:
    | Estimable<{ readonly p: number; readonly low: number; readonly high: number; readonly draws: number }>
    | undefined;
  /** (t(.8, df) + t(1 − α/2, df)) × SE with α of the analysis: the smallest effect it could have detected. */
  readonly detectable: number | undefined;
  /** How many imputations were pooled; 1 without imputation. */
  readonly imputations: number;
  /** Of a logistic model: what lies behind the difference of two rates. */
  readonly rates?: RatesBehind;
}

/** The two rates of a marginal effect in percent, and the odds ratio of the same model with the same covariance. */
export interface RatesBehind {
  /** Mean predicted rate of the rows of the estimand with the programme, and without it. */
  readonly treated: number;
  readonly comparison: number;
  readonly oddsRatio: Estimable<{
    readonly ratio: number;
    readonly low: number;
    readonly high: number;
    readonly p: number;
  }>;
  /** How the interval of the odds ratio was found. */
  readonly oddsRatioInterval: "wald" | "profile";
}

/** Means behind an effect, in the outcome's unit. */
export interface RawMeans {
  readonly treatedBefore: number;
  readonly treatedAfter: number;
  readonly comparisonBefore: number;
  readonly comparisonAfter: number;
}

/** The effect in school standard deviations, with the denominator named; never comparable with pupil effect sizes. */
export interface StandardisedEffect {
  readonly denominator: string;
  readonly sd: number;
  readonly estimate: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** Effect on the change in within-year z-scores: guards against a change in the spread between schools. */
  readonly withinYear: Estimable<Interval>;
}

/** One treated cluster seen by itself, or left out. */
export interface ClusterEffect {
  readonly cluster: string;
  readonly treated: number;
  /** Mean over its treated units of own change minus the mean change of their comparison units. */
  readonly difference: number | undefined;
  /** The declared reading of the effect without this cluster. */
  readonly without: Estimable<Interval>;
  readonly withoutBase: EffectBase;
}

export interface SubgroupEffect {
  readonly id: string;
  readonly where: string;
  readonly treated: number;
  readonly comparison: number;
  readonly inside: Estimable<Interval>;
  readonly outside: Estimable<Interval>;
  /** Effect inside minus outside. */
  readonly interaction: Estimable<Interval>;
  /** Holm over the declared subgroups. */
  readonly adjustedP: number | undefined;
}

export type Role = "primary" | "secondary" | "exploratory";

/** Everything estimated for one outcome at one horizon of an analysis. */
export interface OutcomeEffect {
  readonly analysis: string;
  readonly comparison: string;
  readonly specification: string;
  readonly outcome: string;
  readonly horizon: Horizon;
  readonly isPrimaryHorizon: boolean;
  readonly role: Role;
  /** Declared reading first, the other end of the bracket after it. */
  readonly readings: readonly Effect[];
  readonly adjustedP: number | undefined;
  readonly adjustment: "none" | "Holm" | "Benjamini-Hochberg" | "exploratory";
  readonly means: RawMeans;
  readonly standardised: StandardisedEffect | undefined;
  /** At the primary horizon; empty at the others. */
  readonly byCluster: readonly ClusterEffect[];
  /** Mean of the cluster differences with t(clusters − 1). */
  readonly clusterMeans: Estimable<Interval> | undefined;
  readonly subgroups: readonly SubgroupEffect[];
  /** Of a declared reading that is clearly not 0. */
  readonly hiddenBias: HiddenBias | undefined;
  /** Of a difference in differences: yearly rates and the other readings, the same at every horizon of an outcome. */
  readonly yearly?: YearlyDetail;
  /** Matched units that started too late for the horizon to lie within the data, by arm: they take no part. */
  readonly outOfReach?: { readonly treated: number; readonly comparison: number };
  /** Keys of units behind it, for tracing: up to five of each arm. */
  readonly rowKeys: readonly string[];
}

/** Primary is an outcome the protocol puts first, at the horizon it puts first. */
export function roleOf({ priority }: OutcomeDeclaration, { primaryHorizon }: AnalysisDeclaration, at: Horizon): Role {
  if (priority === "other") return "exploratory";
  return priority === "primary" && at === primaryHorizon ? "primary" : "secondary";
}

/** How strong an unobserved confounder would have to be (Cinelli and Hazlett 2020). */
export interface HiddenBias {
  /** Share of the variance left over, of treatment and outcome alike, that would bring the estimate to 0. */
  readonly robustnessValue: number;
  /** The same to bring the interval to touch 0; 0 when it already does. */
  readonly robustnessValueSignificance: number;
}
