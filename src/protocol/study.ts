import type { AcademicYear, Choice, Fault, Horizon, Place, SourceDeclaration, YearName } from "#domain";
import type { Expression } from "#expression";
import type { LinkageDeclaration } from "./linkageDeclaration.ts";

/**
 * A study as resolved: registry entries copied in, `like` unfolded, defaults filled in, expressions parsed and checked.
 * Everything after `protocol` works from this and from nothing else. Maps keep the order of the file.
 */
export interface Study {
  /** Absolute path of the folder that holds `study.yaml`. */
  readonly folder: string;
  /** Absolute path of the file read. */
  readonly file: string;
  /** The text as read, printed in full in the report's appendix. */
  readonly text: string;
  readonly about: StudyCard;
  /** Inputs that are invented where they are not there yet. */
  readonly simulation?: SimulationDeclaration;
  readonly sources: ReadonlyMap<string, StudySource>;
  readonly linkage: ReadonlyMap<string, LinkageDeclaration>;
  readonly units: ReadonlyMap<string, UnitDeclaration>;
  readonly comparisons: ReadonlyMap<string, ComparisonDeclaration>;
  readonly outcomes: ReadonlyMap<string, OutcomeDeclaration>;
  readonly analyses: ReadonlyMap<string, AnalysisDeclaration>;
  readonly sensitivity: ReadonlyMap<string, SensitivityDeclaration>;
  readonly disclosure: DisclosureDeclaration;
  readonly report: ReportDeclaration;
  /** Every resolved setting and who made it, in the order of the sections. */
  readonly choices: readonly Choice[];
  /** Warnings of reading (severity `warning`), to be printed in the report. */
  readonly warnings: readonly Fault[];
  /** SHA-256 of the resolved protocol without prose: whole, and one per section, so a refusal can name the section. */
  readonly meaning: { readonly whole: string; readonly sections: Readonly<Record<string, string>> };
  /** The canonical resolved protocol behind `meaning`, by section: what a refusal compares key by key. */
  readonly resolved: Readonly<Record<string, unknown>>;
}

/** Options of `assay simulate workforce`, by which the files under `workforce` in the data are made once. */
export interface SimulationDeclaration {
  readonly workforce: {
    readonly seed: number;
    readonly teachers?: number;
    readonly schools?: number;
    readonly programmeSchools?: number;
    readonly hiddenSelection?: number;
    readonly retentionEffect?: number;
    readonly progressionEffect?: number;
    readonly schoolEffect?: number;
  };
}

export interface StudyCard {
  readonly title: string;
  readonly question: string;
  readonly programme?: string;
  readonly evaluator?: string;
  readonly funder?: string;
  /** Days since 1970. */
  readonly period?: { readonly from: number; readonly to: number };
  readonly seed: number;
  readonly yearName: YearName;
  readonly context: readonly ContextEvent[];
  readonly caveats: readonly { readonly text: string; readonly on: readonly string[] }[];
  readonly registeredWith: readonly { readonly where: string; readonly reference: string; readonly date: string }[];
  readonly approvals: readonly Approval[];
  readonly changes: readonly DesignChange[];
  readonly contacts?: readonly string[];
  readonly timeline?: readonly { readonly date: string; readonly what: string }[];
  readonly requests?: readonly DataRequest[];
  /** What is kept for later cohorts, until when and what for. */
  readonly archive?: { readonly sets?: readonly string[]; readonly until?: string; readonly followUp?: string };
}

export interface DataRequest {
  readonly source: string;
  readonly asked?: string;
  readonly received?: string;
  readonly years?: readonly string[];
}

export interface ContextEvent {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly years: readonly AcademicYear[];
}

export interface Approval {
  readonly what: string;
  readonly by: string;
  readonly date?: string;
  readonly reference?: string;
  readonly needed: "register" | "estimate" | "release";
}

export interface DesignChange {
  readonly date: string;
  readonly what: string;
  readonly was: string;
  readonly now: string;
  readonly reason: string;
  readonly outcomesSeen: boolean;
}

/** A file as delivered, with the rows the study keeps of it. */
export interface StudySource extends SourceDeclaration {
  readonly where?: Expression;
  readonly place: Place;
}

export interface UnitDeclaration {
  readonly id: string;
  /** The noun used in sentences, and the disclosure unit. */
  readonly is: "school" | "teacher" | "pupil" | "person" | "area" | "alliance";
  /** Source id. */
  readonly from: string;
  readonly where?: Expression;
  readonly identity: string;
  /**
   * The column of numbers behind an identity that linkage makes: schools that merge share an identity, and of their
   * records in a year the one that carries on counts.
   */
  readonly number?: string;
  /** With a year column the table is a panel and `at` works. */
  readonly year?: string;
  readonly member: Readonly<Record<string, string>>;
  readonly join: readonly JoinDeclaration[];
  readonly repair?: RepairDeclaration;
  /** Derived columns in the order of the file; dependency order is found by `linkage`. */
  readonly columns: readonly DerivedColumn[];
  readonly place: Place;
}

/**
 * A year without a row is filled when a later row of the same identity says that its role had begun by then. Filled rows
 * are flagged `repaired`; they follow people and are nobody's baseline row.
 */
export interface RepairDeclaration {
  readonly rule: "roleStartGap";
  /** Date column: when the role of the row began. */
  readonly roleStart: string;
  readonly fixed: readonly string[];
  readonly countDown: readonly string[];
  /** How many years in a row may be filled; any number when left out. */
  readonly limit?: number;
  readonly place: Place;
}

export interface JoinDeclaration {
  readonly source: string;
  readonly on: readonly string[];
  readonly columns: readonly string[];
  readonly prefix: string;
  /** What happens to a unit row without a partner. */
  readonly missing: "keep" | "drop";
  readonly place: Place;
}

export type DerivedColumn = { readonly name: string; readonly place: Place; readonly reference?: string } & (
  | { readonly how: "expression"; readonly expression: Expression }
  | {
      readonly how: "recode";
      readonly column: string;
      readonly to: Readonly<Record<string, string>>;
      /** The value of levels not listed; left out when all are listed. */
      readonly others?: string;
      readonly levels: readonly string[];
    }
  | {
      readonly how: "bands";
      readonly column: string;
      readonly cuts: readonly number[];
      readonly closed: "left" | "right";
      readonly names: readonly string[];
    }
  | {
      readonly how: "summary";
      readonly statistic: "share" | "count" | "mean" | "sum" | "min" | "max" | "mode";
      /** Source id whose rows are summarised. */
      readonly of: string;
      readonly on: readonly string[];
      readonly value?: Expression;
      readonly where?: Expression;
      readonly atLeast: number;
    }
  | {
      readonly how: "quantiles";
      readonly column: string;
      readonly groups: number;
      /** Source id over whose rows the groups are cut; the unit's own rows when left out. */
      readonly of?: string;
      readonly within: readonly string[];
      readonly names: readonly string[];
    }
  | {
      readonly how: "roleLevel";
      readonly post: string;
      readonly tlr?: string;
      /** Smallest payment that makes a middle leader. */
      readonly tlrAtLeast: number;
      readonly middle: readonly string[];
      readonly senior: readonly string[];
      readonly others: string;
    }
  | {
      readonly how: "challengingSchool";
      readonly grade: string;
      /** The column of the school somebody is in, which tells when they came to it. */
      readonly school: string;
      readonly grades: readonly string[];
      /** `yearOfMove`: the grade in the year somebody came to the school they are in. */
      readonly gradeYear: "yearOfMove" | "row";
      readonly sameSchoolCounts: boolean;
      readonly unknownGrade: boolean;
    }
  | {
      readonly how: "rateBefore";
      /** An outcome by rule, such as `retained.profession`. */
      readonly outcome: string;
      /** Unit whose rows are counted. */
      readonly of: string;
      /** −1 for the yearly interval that ends at the year of the row. */
      readonly interval: number;
    }
  | {
      readonly how: "standardise";
      readonly column: string;
      readonly within: readonly string[];
      /** Numbers given; otherwise the unit's own mean and SD. */
      readonly mean?: number;
      readonly sd?: number;
    }
);

/** A covariate: a column of the unit read at a moment, by default at baseline. */
export interface Covariate {
  /** As printed and as key of the balance table, for example `progress8 at baseline`. */
  readonly name: string;
  readonly expression: Expression;
  /** For a category: the level a model compares with. */
  readonly reference?: string;
  /** The WWC baseline verdict is read on it. */
  readonly baselineRequired: boolean;
  readonly label?: string;
  readonly place: Place;
}

export type Estimand = "treated" | "everyone" | "untreated" | "overlap" | "matchedSample";
export type MissingCovariates = "multipleImputation" | "completeCase" | "indicator" | "category";

/**
 * How each unit's own time zero is found, where units start in different years. A comparison unit enters once in every
 * year in which a treated unit does, and is matched within it.
 */
export interface StartRule {
  /**
   * `firstCensusInPost`: the first census on or after recruitment at which the unit is there; covariates come from the
   * census before. `censusBefore`: the last census up to recruitment. `yearOfRecruitment`: the census of the academic year
   * of recruitment. Under the last two covariates come from time zero itself.
   */
  readonly rule: "firstCensusInPost" | "censusBefore" | "yearOfRecruitment";
  /** Of several dates: the earliest, or the most frequent year (the earliest of those that tie). */
  readonly pick: "firstRecruitment" | "modalRecruitment";
  /** The column of dates, of the unit or of a source that carries the unit's identity. */
  readonly column: string;
  readonly source?: string;
  readonly where?: Expression;
  readonly place: Place;
}

export interface ComparisonDeclaration {
  readonly id: string;
  readonly unit: string;
  readonly treated: Expression;
  readonly from: "matching" | "everyone";
  /** The one year in which covariates are read; `NO_BASELINE` where `start` gives each unit its own. */
  readonly baselineYear: AcademicYear;
  readonly start?: StartRule;
  /** Who stays in the sample by what happened after time zero: a preset, never primary. */
  readonly restrictTo?: Expression;
  /** The comparison whose chosen specification this one takes over. */
  readonly specificationFrom?: string;
  readonly afterStart: Readonly<Record<string, string>>;
  /** Rows of the pool kept. */
  readonly pool?: Expression;
  /** Leaves units out of the pool, each reason counted separately. */
  readonly exclude: readonly { readonly id: string; readonly expression: Expression }[];
  /** Leaves units out of both arms. */
  readonly excludeBoth: readonly { readonly id: string; readonly expression: Expression }[];
  /** The level at which treatment was decided; the unit itself when left out. */
  readonly assignedBy?: string;
  readonly assignedOver?: string;
  readonly estimand: Estimand;
  readonly unitWeight: "school" | "pupil";
  readonly match: MatchDeclaration;
  /**
   * Outcome id → the value it is compared with in change scores and ANCOVA, for example the mean of several earlier
   * years. Key `baselineOf` of a comparison; an outcome not named is compared with its own value at baseline.
   */
  readonly baselineOf: Readonly<Record<string, Expression>>;
  readonly preTrends?: { readonly outcomes: readonly string[]; readonly years: readonly AcademicYear[] };
  readonly place: Place;
}

export interface MatchDeclaration {
  readonly covariates: readonly Covariate[];
  readonly exact: readonly string[];
  readonly score: {
    readonly quadratic: readonly string[];
    readonly interactions: readonly (readonly [string, string])[];
    readonly separated: "leaveOut" | "asFitted";
  };
  readonly missing: MissingCovariates;
  /** How many imputations are drawn under `multipleImputation`. */
  readonly draws: number;
  /** Covariates let through although their missingness differs by arm → the reason, printed. */
  readonly allowMissing: Readonly<Record<string, string>>;
  readonly specifications: readonly MatchSpecification[];
  readonly choose: ChooseRule;
  /** What the balance table shows beyond the covariates. */
  readonly balanceOn: readonly Covariate[];
  readonly place: Place;
}

export interface MatchSpecification {
  readonly id: string;
  readonly method: "nearest" | "entropy" | "inverseProbability" | "none";
  readonly neighbours: number;
  readonly caliper?: { readonly size: number; readonly unit: "sd" | "logit" | "probability" };
  readonly replacement: boolean;
  readonly order: "largest" | "smallest" | "data" | "random";
  readonly commonSupport: "treated" | "control" | "both" | "none";
  readonly covariates: readonly Covariate[];
  readonly exact: readonly string[];
  readonly place: Place;
}

export type ChooseRule =
  | { readonly use: string; readonly because?: string }
  | {
      readonly by: "medianAbsoluteBias";
      /** The one list of key covariates all candidates are scored on. */
      readonly over: readonly Covariate[];
      /** Over `treated_kept` (percent), `max_percent_bias`, `effective_n`. Left out: the default D-20 rule. */
      readonly require?: Expression;
    };

/** Within what somebody stays or rises. */
export type Within = "profession" | "school" | "localAuthority" | "district" | "challengingSchool";

/** The parts of workforce outcomes, each named after the declared outcome: `retained.school`. */
export type OutcomeRule =
  | {
      readonly rule: "retention";
      readonly within: Within;
      /** The column that says where somebody is; none for the profession, whose members have a row. */
      readonly column?: string;
      /** For a challenging school: the column of the school itself, since staying in one's school counts. */
      readonly sameSchool?: string;
    }
  | {
      readonly rule: "progression";
      readonly within: Within;
      readonly role: string;
      readonly ladder: readonly string[];
      /** Whether those on the highest step are left out. */
      readonly topLeftOut: boolean;
      /** Where a rise within a school or area needs staying there: how staying is told. */
      readonly staying?: Extract<OutcomeRule, { readonly rule: "retention" }>;
    };

export interface OutcomeDeclaration {
  readonly id: string;
  readonly unit: string;
  readonly label: string;
  /** The column whose value at a moment is the outcome; absent for a measure that stopped before the programme. */
  readonly column?: string;
  /** Or an expression with moments of its own. */
  readonly expression?: Expression;
  /** Or a named rule. */
  readonly rule?: OutcomeRule;
  /** What being there means, in words: what somebody lacks who counts as having left. */
  readonly present?: string;
  /** When it is read unless an analysis says otherwise. */
  readonly horizons: readonly Horizon[];
  /** Wide columns that hold earlier years. */
  readonly history: ReadonlyMap<AcademicYear, string>;
  readonly measure: string;
  readonly better: "higher" | "lower" | "neither";
  readonly priority: "primary" | "secondary" | "other";
  readonly status?: "dropped";
  /** In units of `measure`. */
  readonly smallestImportant?: number;
  readonly alsoSealed: readonly string[];
  readonly place: Place;
}

export type Contrast = "difference" | "change" | "adjustedForBaseline" | "differenceInDifferences";
export type Errors = "CR0" | "CR1" | "CR1S" | "CR2" | "HC2" | "model";

export interface AnalysisDeclaration {
  readonly id: string;
  readonly comparison: string;
  readonly outcomes: readonly string[];
  readonly horizons: readonly Horizon[];
  readonly primaryHorizon: Horizon;
  readonly where?: Expression;
  readonly model: "linear" | "logistic" | "mixedLogistic";
  /** Difference in differences: the rows of another unit that sits in the matched one, by year from the start. */
  readonly difference?: YearlyDifference;
  /** Whether each calendar or baseline year has a level of its own in the model. */
  readonly yearEffects: boolean;
  readonly contrast: Contrast;
  readonly adjustFor: "matchingCovariates" | "none" | readonly Covariate[];
  /** `column`: the matching weight times that column at baseline, for example pupils (key `weights: ks2_pupils`). */
  readonly weights: "matching" | "none" | { readonly column: string };
  /** Columns; more than one is multi-way. `set` is the matched set. */
  readonly clusters: readonly string[];
  readonly errors: Errors;
  readonly fewClusters: "wildBootstrap" | "none";
  readonly bootstrapDraws: number;
  /** 0.95 */
  readonly level: number;
  readonly show: readonly string[];
  /** `minimum` as `minimumTreated`. */
  readonly subgroups: readonly { readonly id: string; readonly where: Expression; readonly minimum: number }[];
  readonly subgroupsBy: "split" | "interaction";
  /** The smallest number of treated units reported; 0 where the rule is 6 treated clusters instead (D-33). */
  readonly minimumTreated: number;
  readonly place: Place;
}

/** What a difference in differences over years runs on. */
export interface YearlyDifference {
  /** Unit whose rows are analysed. */
  readonly rowsOf: string;
  /** Column of those rows that names the matched unit they belong to. */
  readonly carriedBy: string;
  /** Years before baseline, −1 being the interval that ends there; ascending. */
  readonly before: readonly number[];
  /** Years after, 1 being the interval that starts at time zero. */
  readonly after: readonly number[];
  readonly random: "schoolAndYear" | "school";
}

export interface SensitivityDeclaration {
  readonly id: string;
  /** Analysis id. */
  readonly of: string;
  readonly because?: string;
  readonly vary: Vary;
  readonly place: Place;
}

/** The one thing a sensitivity changes. */
export type Vary =
  | { readonly what: "comparison"; readonly comparison: string }
  /** The analysis with keys replaced, already resolved. */
  | { readonly what: "set"; readonly analysis: AnalysisDeclaration; readonly changed: Readonly<Record<string, string>> }
  | { readonly what: "eachSpecification" }
  | { readonly what: "withoutWeights" }
  | { readonly what: "completeCase" }
  | { readonly what: "multipleImputation" }
  | { readonly what: "rawIdentity" }
  | { readonly what: "withoutRepair" }
  | { readonly what: "nonParallel" }
  | { readonly what: "preset"; readonly preset: "seed-000" }
  | { readonly what: "replaceColumn"; readonly columns: Readonly<Record<string, string>> }
  | { readonly what: "leaveOneOut"; readonly member: string }
  | { readonly what: "hiddenBias" }
  | { readonly what: "where"; readonly expression: Expression }
  | {
      readonly what: "placebo";
      readonly from: AcademicYear;
      readonly to: AcademicYear;
      readonly outcome?: string;
    };

export interface DisclosureDeclaration {
  readonly ruleSet: string;
  /** Counts below this are not printed. 0 where the inputs are already public at unit level. */
  readonly minimum: number;
  readonly namesAllowed: readonly string[];
}

export interface ReportDeclaration {
  readonly skeleton: "eef" | "programme" | "brief";
  readonly formats: readonly "html"[];
  readonly language: "en";
}
