import * as z from "zod";
import {
  columnNames,
  expression,
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

const covariate = z.union([
  text("a column, or a column at a moment"),
  mapping("a covariate", {
    column: text("which column it is"),
    baseline: oneOf("whether the baseline verdict is read on it", ["required"]).optional(),
    label: text("its name in reports").optional(),
  }),
]);
/** Columns read at baseline. */
export const covariates = (says: string) => listOf(says, covariate);

/** Published designs use up to ten; a number without bound is a slip, and would take hours. */
const MOST_NEIGHBOURS = 100;
const LATER_METHODS = ["optimal", "fullMatching", "subclasses", "coarsenedExact", "overlapWeights", "mahalanobis"];

const specification = mapping("a specification", {
  ...like,
  method: oneOf(
    "how comparison units are found",
    ["nearest", "entropy", "inverseProbability", "none"],
    LATER_METHODS,
  ).optional(),
  neighbours: whole("how many neighbours each treated unit has", 1, MOST_NEIGHBOURS).optional(),
  caliper: z
    .union([
      z.literal("none"),
      quantity("how far a neighbour may be", (size) => `\`${size} sd\`, \`${size} logit\` or \`${size} probability\``),
    ])
    .optional(),
  replacement: truth("whether a comparison unit may serve twice").optional(),
  order: oneOf("who chooses first", ["largest", "smallest", "data", "random"]).optional(),
  commonSupport: oneOf("who must lie within the range of the others", [
    "treated",
    "control",
    "both",
    "none",
  ]).optional(),
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
      interactions: listOf(
        "pairs of covariates that also enter as a product",
        z.array(text("a covariate")).length(2),
      ).optional(),
      separated: oneOf("what happens to units without a counterpart", ["leaveOut", "asFitted"]).optional(),
    }).optional(),
    missing: oneOf("what a missing covariate does", [
      "multipleImputation",
      "completeCase",
      "indicator",
      "category",
    ]).optional(),
    draws: whole("how many imputations are drawn", 2).optional(),
    allowMissing: keyed("covariates let through, each with its reason", text("the reason")).optional(),
    specifications: named("the specifications tried", specification).optional(),
    choose: choose.optional(),
    balanceOn: covariates("what the balance table shows beside").optional(),
  },
  leaveOut("within", "Leave it out, or match exactly on a column of the school."),
);

/** Who is compared with whom. */
export const comparison = mapping(
  "a comparison",
  {
    ...like,
    unit: text("what is matched"),
    treated: expression("which units are in the programme"),
    from: text("where the comparison comes from").optional(),
    baselineYear: z.union([
      year("in which year covariates are read, the last before the start"),
      mapping("a rule for the baseline year", {
        rule: oneOf("which date of recruitment counts", ["firstRecruitment", "modalRecruitment"]),
        from: text("the column of the date of recruitment, or `source.column`"),
        where: expression("which rows of that source count").optional(),
        ties: oneOf("which year counts when several are as frequent", ["earliest"]).optional(),
        comparison: oneOf("in which years a comparison unit may enter", ["sampleYear"]).optional(),
      }),
    ]),
    timeZero: z
      .union([
        oneOf("when follow-up starts", ["baseline"]),
        mapping("a rule for time zero", {
          rule: oneOf("when follow-up starts", ["firstCensusInPost", "censusBefore", "yearOfRecruitment"]),
          from: text("the column of the date of recruitment").optional(),
        }),
      ])
      .optional(),
    afterStart: keyed("what is done about events after the start", text("what is done")).optional(),
    pool: expression("who may be a comparison").optional(),
    exclude: named("who is left out of the pool", expression("whom it leaves out")).optional(),
    excludeBoth: named("who is left out of both sides", expression("whom it leaves out")).optional(),
    assignedBy: text("the level at which treatment was decided").optional(),
    assignedOver: text("how treatment was decided").optional(),
    estimand: oneOf(
      "whom the estimate describes",
      ["treated", "matchedSample"],
      ["everyone", "untreated", "overlap"],
    ).optional(),
    unitWeight: oneOf("whether schools or pupils are weighted", ["school"], ["pupil"]).optional(),
    match: match.optional(),
    baselineOf: named("what outcomes are compared with", expression("the value before the start")).optional(),
    preTrends: mapping("earlier years", {
      outcomes: listOf("which outcomes", text("an outcome")),
      years: listOf("which years", year("a year")),
    }).optional(),
    restrictTo: expression("who stays in the sample by what happened afterwards").optional(),
    specificationFrom: text("the comparison whose matching specification it takes over").optional(),
    stages: keyed(
      "the stages of the flow before matching",
      z.union([text("a condition"), whole("a count")]),
    ).optional(),
  },
  {
    ...leaveOut("preset", "Leave it out here, and vary it: `sensitivity: { of: …, vary: { preset: seed-000 } }`."),
    ...leaveOut("stages", "Leave it out: the flow and the linkage tables count every stage by themselves."),
  },
);
