import { SOURCE_TYPES } from "#domain";
import * as z from "zod";
import { columnsNamed, date, expression, keyed, type Later, listOf, mapping, named, number, oneOf, quantity, text, truth, whole, year } from "./kinds.ts";

/** Keys the grammar has and this edition does not carry out, by the mapping they stand in. */
const leaveOut = (keys: string, how = "Leave it out for now."): Later => Object.fromEntries(keys.split(" ").map((key) => [key, how]));

const like = { like: text("the sibling it is copied from").optional() };
const columnNames = (says: string) => listOf(says, text("a column"));
const STATES = ["missing", "suppressed", "notApplicable", "notAvailable"] as const;
const codes = keyed("the publisher's symbols and what they mean", oneOf("what the symbol means", STATES));

const sourceColumn = mapping(
  "a column",
  {
    from: text("the header of the file").optional(),
    type: text("what its values are"),
    unit: text("the unit of its numbers").optional(),
    written: text("how its years or dates are written").optional(),
    levels: listOf("its levels in order", text("a level")).optional(),
    ordered: truth("whether its levels have an order").optional(),
    reference: text("the level a model compares with").optional(),
    codes: codes.optional(),
    range: mapping("smallest and largest value", {
      min: z.union([z.number(), z.string()]).optional(),
      max: z.union([z.number(), z.string()]).optional(),
    }).optional(),
    measured: text("when it was measured: a year, a date or `row year`").optional(),
    stable: truth("whether it cannot change").optional(),
    identifies: oneOf("what it identifies", ["person", "school", "area"]).optional(),
    label: text("its name in reports").optional(),
  },
  leaveOut("sealed", "Leave it out, and name the column in `alsoSealed` of an outcome."),
);

const seriesBreak = mapping("a change of definition", {
  columns: columnNames("the columns that changed"),
  from: year("the first year measured the new way"),
  what: text("what changed"),
  kind: oneOf("how much it matters", ["level", "note"]),
});

const sourceKeys = {
  format: oneOf("how the file is written", ["csv", "parquet", "jsonl", "xlsx"], ["sav", "dta"]).optional(),
  encoding: oneOf("the encoding of its text", ["utf-8", "windows-1252"]).optional(),
  delimiter: text("what separates its fields").optional(),
  sheet: text("the sheet to read").optional(),
  range: text("the cells to read").optional(),
  key: columnNames("the columns that together name one row").optional(),
  columns: columnsNamed("the columns that exist for this study", z.union([text("what its values are"), sourceColumn])),
  codes: codes.optional(),
  snapshot: date("the day the file describes").optional(),
  attribution: text("whom to credit").optional(),
  licence: text("under which licence").optional(),
  breaks: listOf("changes of definition between years", seriesBreak).optional(),
};

/** A described file of the registry: a source without `file`. */
export const registrySchema = mapping("a described file", sourceKeys, leaveOut("fingerprint arrives"));

const source = mapping(
  "a source",
  {
    ...like,
    use: text("the described file it starts from").optional(),
    file: text("which file it is"),
    ...sourceKeys,
    where: expression("which rows are kept").optional(),
    expect: mapping("what the provider says of the file", { rows: whole("how many rows the file has").optional() }).optional(),
    confirm: listOf("notes printed until signed off", text("a note")).optional(),
  },
  {
    ...leaveOut("files", "Name one file as `file`, with all years in it."),
    ...leaveOut("programme", "Export the snapshot and name it as `file`."),
    ...leaveOut("survey arrives legalBasis deleteBy"),
  },
);

const derivedColumn = z.union([
  expression("how it is made"),
  mapping("a column with an expression", {
    expression: expression("how it is made"),
    reference: text("the level a model compares with").optional(),
    label: text("its name in reports").optional(),
  }),
  mapping("a recoded column", {
    recode: text("the column to recode"),
    to: keyed("which value becomes which", text("a value")),
    others: text("what every other value becomes").optional(),
    levels: listOf("its levels in order", text("a level")).optional(),
    reference: text("the level a model compares with").optional(),
  }),
  mapping("a banded column", {
    bands: text("the column to cut"),
    cuts: listOf("where to cut", number("a cut point")),
    closed: oneOf("which end belongs to a band", ["left", "right"]),
    names: listOf("the names of the bands", text("a name")),
    reference: text("the level a model compares with").optional(),
  }),
  mapping(
    "a column of quantiles",
    {
      quantiles: text("the column to cut"),
      groups: whole("how many groups", 2).optional(),
      within: columnNames("within which groups").optional(),
      names: listOf("the names of the groups", text("a name")).optional(),
      reference: text("the level a model compares with").optional(),
    },
    leaveOut("of over year", "Leave it out: the groups are cut over the unit itself, year by year."),
  ),
  mapping("a summary", {
    summary: oneOf("what is counted", ["share", "count", "mean", "sum", "min", "max", "mode"]),
    of: text("the source whose rows are summarised"),
    on: columnNames("the columns that bring rows together"),
    value: expression("what is summarised").optional(),
    where: expression("which rows count").optional(),
    atLeast: whole("how many rows are needed", 1).optional(),
    reference: text("the level a model compares with").optional(),
  }),
  mapping(
    "a standardised column",
    {
      standardise: text("the column to standardise"),
      by: oneOf("over which population", ["unit"], ["source", "sample"]).optional(),
      within: columnNames("within which groups").optional(),
      mean: number("the mean").optional(),
      sd: number("the standard deviation").optional(),
    },
  ),
]);

/** Derived columns the grammar has and this edition does not: told by their first key. */
export const LATER_COLUMNS: readonly string[] = ["substitute", "score", "rule"];

const unit = mapping(
  "a unit",
  {
    ...like,
    is: oneOf("what it counts", ["school", "teacher", "pupil", "person", "area", "alliance"]),
    from: text("the source its rows come from"),
    where: expression("which rows are kept").optional(),
    identity: text("the column that follows it"),
    year: text("the column of its year").optional(),
    member: columnsNamed("what it sits in", text("a column")).optional(),
    join: listOf(
      "the sources joined to it",
      mapping(
        "a join",
        {
          source: text("the source to join"),
          on: columnNames("the columns that bring rows together"),
          columns: columnNames("the columns to bring").optional(),
          prefix: text("what their names begin with").optional(),
          missing: oneOf("what happens to rows without a partner", ["keep", "drop"]).optional(),
        },
        leaveOut("unit linkage", "Join a source, by columns that both have."),
      ),
    ).optional(),
    columns: columnsNamed("the columns derived for it", derivedColumn).optional(),
  },
  leaveOut("repair", "Leave it out: a missing year stays missing."),
);

const covariate = z.union([
  text("a column, or a column at a moment"),
  mapping("a covariate", {
    column: text("a column, or a column at a moment"),
    baseline: oneOf("whether the baseline verdict is read on it", ["required"]).optional(),
    label: text("its name in reports").optional(),
  }),
]);
export const covariates = (says: string) => listOf(says, covariate);

const LATER_METHODS = ["optimal", "fullMatching", "subclasses", "coarsenedExact", "overlapWeights", "mahalanobis"];

const specification = mapping("a specification", {
  ...like,
  method: oneOf("how comparison units are found", ["nearest", "entropy", "inverseProbability", "none"], LATER_METHODS).optional(),
  neighbours: whole("how many neighbours each treated unit has", 1).optional(),
  caliper: z.union([z.literal("none"), quantity("how far a neighbour may be", (size) => `\`${size} sd\`, \`${size} logit\` or \`${size} probability\``)]).optional(),
  replacement: truth("whether a comparison unit may serve twice").optional(),
  order: oneOf("who chooses first", ["largest", "smallest", "data", "random"]).optional(),
  commonSupport: oneOf("who must lie within the range of the others", ["treated", "control", "both", "none"]).optional(),
  add: covariates("covariates added to those of `match`").optional(),
  without: listOf("covariates of `match` left out", text("a covariate")).optional(),
  covariates: covariates("its own covariates").optional(),
  exact: columnNames("columns that must agree").optional(),
});

const choose = z.union([
  mapping("a choice", { use: text("the specification to use") }),
  mapping(
    "a rule of choice",
    {
      by: oneOf("by what specifications are compared", ["medianAbsoluteBias"]),
      over: covariates("the key covariates all are scored on").optional(),
      require: expression("what a specification must meet").optional(),
    },
    leaveOut("ties", "Leave it out: ties go to the lowest maximum, the highest effective n, then file order (D-20)."),
  ),
]);

const match = mapping(
  "`match`",
  {
    covariates: covariates("what units are matched on"),
    exact: columnNames("columns that must agree").optional(),
    score: mapping("the score", {
      model: oneOf("the model of the score", ["logistic"]).optional(),
      quadratic: columnNames("covariates that also enter squared").optional(),
      interactions: listOf("pairs of covariates that also enter as a product", z.array(text("a covariate")).length(2)).optional(),
      separated: oneOf("what happens to units without a counterpart", ["leaveOut", "asFitted"]).optional(),
    }).optional(),
    missing: oneOf("what a missing covariate does", ["multipleImputation", "completeCase", "indicator", "category"]).optional(),
    draws: whole("how many imputations are drawn", 2).optional(),
    allowMissing: keyed("covariates let through, each with its reason", text("the reason")).optional(),
    specifications: named("the specifications tried", specification).optional(),
    choose: choose.optional(),
    balanceOn: covariates("what the balance table shows beside").optional(),
  },
  leaveOut("within", "Leave it out, or match exactly on a column of the school."),
);

const comparison = mapping(
  "a comparison",
  {
    ...like,
    unit: text("what is matched"),
    treated: expression("which units are in the programme"),
    from: text("where the comparison comes from").optional(),
    baselineYear: year("the year before the start, in which covariates are read"),
    timeZero: oneOf("when follow-up starts", ["baseline"]).optional(),
    afterStart: keyed("what is done about events after the start", text("what is done")).optional(),
    pool: expression("who may be a comparison").optional(),
    exclude: named("who is left out of the pool", expression("whom it leaves out")).optional(),
    excludeBoth: named("who is left out of both sides", expression("whom it leaves out")).optional(),
    assignedBy: text("the level at which treatment was decided").optional(),
    assignedOver: text("how treatment was decided").optional(),
    estimand: oneOf("whom the estimate describes", ["treated", "everyone", "untreated", "overlap", "matchedSample"]).optional(),
    unitWeight: oneOf("whether schools or pupils are weighted", ["school", "pupil"]).optional(),
    match: match.optional(),
    baselineOf: named("what outcomes are compared with", expression("the value before the start")).optional(),
    preTrends: mapping("earlier years", {
      outcomes: listOf("which outcomes", text("an outcome")),
      years: listOf("which years", year("a year")),
    }).optional(),
  },
  {
    ...leaveOut("preset", "Leave it out, and write the settings of the preset beside each other."),
    ...leaveOut("restrictTo specificationFrom stages"),
  },
);

const outcome = mapping(
  "an outcome",
  {
    ...like,
    unit: text("whose outcome it is"),
    column: text("the column that holds it").optional(),
    expression: expression("how it is made").optional(),
    history: keyed("wide columns that hold earlier years", text("a column")).optional(),
    label: text("its name in reports").optional(),
    measure: text("the unit of the result"),
    better: oneOf("which direction is better", ["higher", "lower", "neither"]),
    priority: oneOf("how important it is", ["primary", "secondary", "other"]).optional(),
    status: oneOf("whether it is still measured", ["dropped"]).optional(),
    smallestImportant: quantity("the smallest change that matters", (size) => `\`${size}\` with the unit of \`measure\`, for example \`${size} points\``).optional(),
    alsoSealed: columnNames("columns sealed with it").optional(),
    acceptBreak: text("why a change of definition is accepted").optional(),
  },
  {
    ...leaveOut("horizons", "Leave it out, and write `horizons` in the analysis."),
    ...leaveOut("standardise", "Leave it out: effects in standard deviations stand beside (`show: [effectSize]`)."),
    ...leaveOut("rule span"),
  },
);

const LATER_SHOW = ["marginalEffect", "oddsRatio", "rates", "varianceShare", "coefficients"];
const LATER_MODELS = ["logistic", "mixedLinear", "mixedLogistic"];

export const analysisSchema = mapping(
  "an analysis",
  {
    ...like,
    comparison: text("which comparison it uses"),
    outcomes: listOf("which outcomes it is about", text("an outcome")),
    horizons: listOf("in which years the outcome is read", year("a year")),
    primaryHorizon: year("the year that decides").optional(),
    where: expression("which units it is about").optional(),
    model: oneOf("the model", ["linear"], LATER_MODELS).optional(),
    contrast: oneOf("what is compared", ["difference", "change", "adjustedForBaseline"], ["differenceInDifferences"]).optional(),
    adjustFor: z.union([z.enum(["matchingCovariates", "none"]), covariates("what the model adjusts for")]).optional(),
    weights: text("how units are weighted").optional(),
    clusters: z.union([text("by what errors are clustered"), columnNames("by what errors are clustered")]).optional(),
    errors: oneOf("how standard errors are found", ["CR0", "CR1", "CR1S", "CR2", "HC2", "model"]).optional(),
    fewClusters: oneOf("what stands beside when clusters are few", ["wildBootstrap", "none"], ["randomisationInference"]).optional(),
    bootstrapDraws: whole("how many bootstrap draws are made", 99).optional(),
    intervals: mapping("intervals", { level: quantity("the level", () => "`95%`").optional() }, leaveOut("oddsRatio reference")).optional(),
    show: listOf("what is shown beside", oneOf("what is shown", ["effectSize", "rawMeans"], LATER_SHOW)).optional(),
    subgroups: named(
      "for whom the effect is looked at separately",
      mapping("a subgroup", { where: expression("who belongs to it"), minimum: whole("the smallest number shown", 1).optional() }),
    ).optional(),
    subgroupsBy: oneOf("how subgroups are estimated", ["split", "interaction"]).optional(),
    minimumTreated: whole("the smallest number of treated reported", 1).optional(),
  },
  {
    ...leaveOut("exposures", "Leave it out, and name a `comparison`."),
    ...leaveOut("missing", "Leave it out: what a missing covariate does is set in `match`."),
    ...leaveOut("preset", "Leave it out, and write the settings of the preset beside each other."),
    ...leaveOut("rowsOf carriedBy commonSample relativeYears groups random yearEffects familywise onTreatment dosage"),
  },
);

const VARY_WORDS = ["withoutWeights", "eachSpecification", "completeCase", "multipleImputation", "rawIdentity", "hiddenBias"] as const;
const LATER_VARY = ["randomEffects", "withoutRepair", "population", "nonParallel"];

const sensitivity = mapping("a sensitivity", {
  ...like,
  of: text("which analysis it varies"),
  vary: z.union([
    oneOf("what is changed", VARY_WORDS, LATER_VARY),
    mapping(
      "what is changed",
      {
        comparison: text("another comparison").optional(),
        set: keyed("keys of the analysis and their other values", z.unknown()).optional(),
        leaveOneOut: text("the member left out in turn").optional(),
        where: expression("which units are kept").optional(),
        placebo: mapping("a placebo", {
          from: year("the earlier year"),
          to: year("the later year"),
          outcome: text("another outcome").optional(),
        }).optional(),
      },
      leaveOut("preset population nonParallel commonSample replaceColumn poolTest"),
    ),
  ]),
});

const dated = { from: date("when it began"), to: date("when it ended") };

const study = mapping("the study", {
  title: text("what it is called"),
  question: text("what it asks"),
  programme: text("which programme it is about").optional(),
  evaluator: text("who evaluates").optional(),
  funder: text("who pays").optional(),
  contacts: z.union([text("whom to ask"), listOf("whom to ask", text("a person"))]).optional(),
  period: mapping("when the programme ran", dated).optional(),
  seed: whole("the seed of every random number").optional(),
  yearName: oneOf("how years are printed", ["slash", "start", "end"]).optional(),
  registeredWith: listOf("where it is registered", mapping("an entry", { where: text("where"), reference: text("its reference"), date: text("when") })).optional(),
  approvals: listOf(
    "its approvals",
    mapping("an approval", {
      what: text("what was approved"),
      by: text("who approved"),
      date: text("when").optional(),
      reference: text("its reference").optional(),
      needed: oneOf("for which step it is needed", ["register", "estimate", "release"]),
    }),
  ).optional(),
  changes: listOf(
    "how its design changed",
    mapping("a change", {
      date: text("when"),
      what: text("what changed"),
      was: text("what it was"),
      now: text("what it is now"),
      reason: text("why"),
      outcomesSeen: truth("whether outcomes had been seen"),
    }),
  ).optional(),
  context: listOf("what else happened", mapping("an event", { what: text("what happened"), ...dated, years: listOf("the years it touches", year("a year")).optional() })).optional(),
  caveats: listOf(
    "what must stand beside results",
    mapping("a caveat", { text: text("the sentence"), on: z.union([text("beside which results"), listOf("beside which results", text("a name"))]) }),
  ).optional(),
  timeline: listOf("its dates", mapping("a date", { date: text("when"), what: text("what") })).optional(),
  requests: listOf(
    "its data requests",
    mapping("a request", { source: text("which source"), asked: text("when asked").optional(), received: text("when received").optional(), years: listOf("which years", text("a year")).optional() }),
  ).optional(),
  archive: mapping("what is kept", { sets: z.union([text("which sets"), listOf("which sets", text("a set"))]).optional(), until: text("until when").optional(), followUp: text("what for").optional() }).optional(),
});

/** The whole of a study file, as this edition of the program carries it out. */
export const protocolSchema = mapping(
  "a study",
  {
    assay: whole("which edition of the grammar it follows", 1),
    study,
    sources: named("the files as delivered", source),
    units: named("who or what the study counts", unit),
    design: mapping("the design", { comparisons: named("who is compared with whom", comparison) }, leaveOut("allocations compliance")),
    outcomes: named("the outcomes", outcome),
    analyses: named("the analyses", analysisSchema),
    sensitivity: named("the analyses with one thing changed", sensitivity).optional(),
    disclosure: mapping(
      "disclosure",
      {
        ruleSet: text("which rules hold").optional(),
        minimum: whole("the smallest count printed").optional(),
        namesAllowed: columnNames("columns whose values may be named").optional(),
      },
      leaveOut("secondary round against release"),
    ).optional(),
    report: mapping(
      "the report",
      {
        skeleton: oneOf("its shape", ["eef", "programme", "brief"]).optional(),
        formats: listOf("how it is written", oneOf("a format", ["html"], ["docx", "pdf"])).optional(),
        language: oneOf("its language", ["en"], ["cy"]).optional(),
      },
      leaveOut("template prose tables charts leaveOut stars decimals recommendations glossary"),
    ).optional(),
  },
  {
    ...leaveOut("include", "Leave it out, and write the entries into this file."),
    ...leaveOut("linkage", "Leave it out; a source that already follows schools through changes of number needs none."),
    ...leaveOut("security", "Leave it out: no rating of strength is printed."),
    ...leaveOut("theoryOfChange surveys fieldwork cost"),
  },
);

export type ProtocolText = z.output<typeof protocolSchema>;
export type SourceText = NonNullable<ProtocolText["sources"]>[string];
export type UnitText = ProtocolText["units"][string];
export type ComparisonText = ProtocolText["design"]["comparisons"][string];
export type MatchText = NonNullable<ComparisonText["match"]>;
export type SpecificationText = NonNullable<MatchText["specifications"]>[string];
export type OutcomeText = ProtocolText["outcomes"][string];
export type AnalysisText = ProtocolText["analyses"][string];
export type SensitivityText = NonNullable<ProtocolText["sensitivity"]>[string];
export type CovariateText = MatchText["covariates"][number];

/** Every type a column can be declared with. `money GBP` names its currency. */
export const TYPE_WORDS: readonly string[] = SOURCE_TYPES;

/**
 * The schema of `study.yaml` as JSON Schema, for editors. An entry that starts from a sibling (`like`) or a described
 * file (`use`) may leave its required keys to it.
 */
export function studySchema(): Record<string, unknown> {
  return relaxed(z.toJSONSchema(protocolSchema, { io: "input" })) as Record<string, unknown>;
}

function relaxed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(relaxed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, relaxed(value)]));
  const properties = (copy.properties ?? {}) as Record<string, unknown>;
  const borrowed = ["like", "use"].filter((key) => key in properties && "required" in copy);
  if (borrowed.length === 0) return copy;
  const { required, ...rest } = copy;
  return { ...rest, anyOf: [{ required }, ...borrowed.map((key) => ({ required: [key] }))] };
}
