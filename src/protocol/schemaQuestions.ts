import * as z from "zod";
import {
  columnNames,
  expression,
  horizon,
  keyed,
  leaveOut,
  like,
  listOf,
  mapping,
  named,
  oneOf,
  quantity,
  text,
  truth,
  whole,
  year,
} from "./kinds.ts";
import { covariates } from "./schemaDesign.ts";

/** What retention and progression can be looked at within. */
const WITHIN = ["profession", "school", "localAuthority", "district", "challengingSchool"] as const;
const PRIORITIES = ["primary", "secondary", "other"] as const;

/** What is looked at after the start. */
export const outcome = mapping(
  "an outcome",
  {
    ...like,
    unit: text("whose outcome it is"),
    column: text("the column that holds it").optional(),
    expression: expression("how it is made").optional(),
    rule: oneOf("the named rule that makes it", ["retention", "progression"]).optional(),
    within: listOf("within what somebody stays or rises", oneOf("a part of the rule", WITHIN)).optional(),
    columns: keyed("the columns that say where somebody is", text("a column")).optional(),
    present: text("what being there means").optional(),
    role: text("the column of the role").optional(),
    ladder: listOf("the roles from the lowest up", text("a role")).optional(),
    topLeftOut: truth("whether those who cannot rise are left out").optional(),
    localNeedsRetention: truth("whether a rise within a school needs staying there").optional(),
    horizons: listOf("when it is read", horizon("a horizon")).optional(),
    span: oneOf("from when", ["sinceStart"], ["eachYear"]).optional(),
    history: keyed("wide columns that hold earlier years", text("a column")).optional(),
    label: text("its name in reports").optional(),
    measure: text("in which unit the result is told"),
    better: oneOf("which direction is better", ["higher", "lower", "neither"]),
    priority: z
      .union([
        oneOf("how important it is", PRIORITIES),
        keyed("how important each part is", oneOf("how important it is", PRIORITIES)),
      ])
      .optional(),
    status: oneOf("whether it is still measured", ["dropped"]).optional(),
    smallestImportant: quantity(
      "the smallest change that matters",
      (size) => `\`${size}\` with the unit of \`measure\`, for example \`${size} points\``,
    ).optional(),
    alsoSealed: columnNames("columns sealed with it").optional(),
    acceptBreak: text("why a change of definition is accepted").optional(),
  },
  {
    ...leaveOut("standardise", "Leave it out: effects in standard deviations stand beside (`show: [effectSize]`)."),
  },
);

const LATER_SHOW = ["varianceShare", "coefficients"];
const LATER_MODELS = ["mixedLinear"];

/** A question put to the data. */
export const analysisSchema = mapping(
  "an analysis",
  {
    ...like,
    comparison: text("which comparison it uses"),
    outcomes: listOf("which outcomes it is about", text("an outcome")),
    horizons: listOf("when the outcome is read", horizon("a horizon")).optional(),
    primaryHorizon: horizon("the horizon that decides").optional(),
    rowsOf: text("whose rows are analysed: those of another unit that sits in the matched one").optional(),
    carriedBy: text("the column by which rows belong to matched units").optional(),
    relativeYears: mapping("years before and after", {
      before: listOf("years before baseline", whole("a year before", -20)),
      after: listOf("years after the start", whole("a year after", 1)),
    }).optional(),
    span: oneOf("over which interval the outcome runs", ["sinceStart", "eachYear"]).optional(),
    groups: listOf("what random effects are of", text("a member")).optional(),
    random: oneOf("which intercepts vary", ["schoolAndYear", "school"]).optional(),
    yearEffects: truth("whether each calendar year has a level of its own").optional(),
    where: expression("which units it is about").optional(),
    model: oneOf("the model", ["linear", "logistic", "mixedLogistic"], LATER_MODELS).optional(),
    contrast: oneOf("what is compared", [
      "difference",
      "change",
      "adjustedForBaseline",
      "differenceInDifferences",
    ]).optional(),
    adjustFor: z.union([z.enum(["matchingCovariates", "none"]), covariates("what the model adjusts for")]).optional(),
    weights: text("how units are weighted").optional(),
    clusters: z.union([text("by what errors are clustered"), columnNames("by what errors are clustered")]).optional(),
    errors: oneOf("how standard errors are found", ["CR0", "CR1", "CR1S", "CR2", "HC2", "model"]).optional(),
    fewClusters: oneOf(
      "what stands beside when clusters are few",
      ["wildBootstrap", "none"],
      ["randomisationInference"],
    ).optional(),
    bootstrapDraws: whole("how many bootstrap draws are made", 99).optional(),
    intervals: mapping(
      "intervals",
      { level: quantity("the level", () => "`95%`").optional() },
      leaveOut(
        "oddsRatio reference",
        "Leave it out: Wald on the log-odds scale, with the covariance of the marginal effect (D-29).",
      ),
    ).optional(),
    show: listOf(
      "what is shown beside",
      oneOf("what is shown", ["effectSize", "rawMeans", "rates", "marginalEffect", "oddsRatio"], LATER_SHOW),
    ).optional(),
    subgroups: named(
      "for whom the effect is looked at separately",
      mapping("a subgroup", {
        where: expression("who belongs to it"),
        minimum: whole("the smallest number shown", 1).optional(),
      }),
    ).optional(),
    subgroupsBy: oneOf("how subgroups are estimated", ["interaction"], ["split"]).optional(),
    minimumTreated: whole("the smallest number of treated reported", 1).optional(),
  },
  {
    ...leaveOut("exposures", "Leave it out, and name a `comparison`."),
    ...leaveOut("missing", "Leave it out: what a missing covariate does is set in `match`."),
    ...leaveOut("preset", "Leave it out, and write the settings of the preset beside each other."),
    ...leaveOut("commonSample familywise onTreatment dosage"),
  },
);

const VARY_WORDS = [
  "withoutWeights",
  "eachSpecification",
  "completeCase",
  "multipleImputation",
  "rawIdentity",
  "hiddenBias",
  "withoutRepair",
  "nonParallel",
] as const;
const LATER_VARY = ["randomEffects", "population"];

/** An analysis with one thing changed. */
export const sensitivity = mapping("a sensitivity", {
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
        preset: oneOf(
          "a named bundle of somebody's practice",
          ["seed-000"],
          ["seed-001", "stata", "psmatch2"],
        ).optional(),
        replaceColumn: keyed("which column stands in for which", text("a column")).optional(),
        where: expression("which units are kept").optional(),
        placebo: mapping("a placebo", {
          from: year("the earlier year"),
          to: year("the later year"),
          outcome: text("another outcome").optional(),
        }).optional(),
      },
      leaveOut("population commonSample poolTest"),
    ),
  ]),
});
